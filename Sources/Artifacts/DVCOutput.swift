import Domain

/// Where DVC's pointer to a file lies that has none of its own beside it: in the lock of the stage that writes it, or with the folder
/// that it is part of.
struct DVCOutput {
    /// The file with the pointer, from the repository's root: `dvc.lock` or `FOLDER.dvc`.
    let file: String
    let pointer: DVCPointer
    /// The path in the folder that the pointer stands for; `nil` where it stands for the file itself.
    let inner: String?

    /// Locks that are larger are refused.
    private static let largest = 16 << 20

    /// The nearest pointer above `place`; `nil` where none stands for it.
    static func find(
        _ place: String, of files: RepositoryFiles, _ yaml: ([UInt8]) throws -> ManifestTree
    ) async throws -> DVCOutput? {
        var above = place.pathParts().map(String.init), below: [String] = []
        while let last = above.popLast() {
            below.insert(last, at: 0)
            let folder = above.joined(separator: "/")
            if !above.isEmpty, case .file = try await files.entry(folder + ".dvc"),
                let tree = try await tree(folder + ".dvc", files, yaml)
            {
                let pointer = try DVCPointer(tree, at: folder + ".dvc")
                let inner = below.joined(separator: "/")
                if pointer.isFolder { return DVCOutput(file: folder + ".dvc", pointer: pointer, inner: inner) }
            }
            let lock = (above + ["dvc.lock"]).joined(separator: "/")
            // A lock that cannot be read stands for nothing: it may be of other models.
            if case .file = try await files.entry(lock), let tree = try? await tree(lock, files, yaml),
                let output = try await output(below, in: tree, at: lock, files, yaml)
            {
                return output
            }
        }
        return nil
    }

    /// The output of a stage that is `path` or a folder above it. `path` is relative to the lock's folder.
    private static func output(
        _ path: [String], in lock: ManifestTree, at place: String, _ files: RepositoryFiles,
        _ yaml: ([UInt8]) throws -> ManifestTree
    ) async throws -> DVCOutput? {
        // Before DVC 2 the stages were not under a key of their own.
        let stages = lock.member("stages") as? ManifestTree ?? lock
        guard case .mapping(let members) = stages.content else { return nil }
        var pipeline: ManifestTree??
        for stage in members {
            try Task.checkCancellation()
            for out in stage.value.member("outs")?.items ?? [] {
                guard let text = out.member("path")?.text, path.contains(last(of: text)) else { continue }
                if pipeline == nil {
                    pipeline = .some(try? await tree(String(place.dropLast(4)) + "yaml", files, yaml))
                }
                guard let parts = resolved(text, from: folder(of: stage.name, in: pipeline ?? nil)),
                    path.starts(with: parts)
                else { continue }
                let inner = path.dropFirst(parts.count).joined(separator: "/")
                let pointer = try DVCPointer(output: out, at: "\(place): \(text)")
                guard inner.isEmpty || pointer.isFolder else { continue }
                return DVCOutput(file: place, pointer: pointer, inner: inner.isEmpty ? nil : inner)
            }
        }
        return nil
    }

    private static func last(of path: String) -> String { path.pathParts().last.map(String.init) ?? path }

    /// The folder that a stage's paths are relative to; `nil` where that is not written out.
    private static func folder(of stage: String, in pipeline: ManifestTree?) -> String? {
        // `train@2` is the third of what `foreach` makes of `train`.
        let name = stage.prefix { $0 != "@" }
        let node = pipeline?.member("stages")?.member(String(name))
        let folder = (node?.member("do") ?? node)?.member("wdir")?.text ?? "."
        return folder.contains("$") ? nil : folder
    }

    /// The parts of a path, `.` and `..` followed; `nil` where it leads out.
    private static func resolved(_ path: String, from folder: String?) -> [String]? {
        guard let folder, !path.hasPrefix("/"), !folder.hasPrefix("/") else { return nil }
        var parts: [String] = []
        for part in "\(folder)/\(path)".pathParts() where part != "." {
            if part != ".." { parts.append(String(part)) } else if parts.popLast() == nil { return nil }
        }
        return parts.isEmpty ? nil : parts
    }

    private static func tree(
        _ path: String, _ files: RepositoryFiles, _ yaml: ([UInt8]) throws -> ManifestTree
    ) async throws -> ManifestTree? {
        guard case .file = try await files.entry(path), let content = try await files.blob(path) else { return nil }
        guard case .bytes(let bytes) = content, bytes.count <= largest else {
            throw ArtifactFailure(.unsupported, "\(path) is larger than 16 MiB")
        }
        do { return try yaml(bytes) } catch {
            throw ArtifactFailure(.invalid, "\(path) cannot be read: \(error)")
        }
    }
}
