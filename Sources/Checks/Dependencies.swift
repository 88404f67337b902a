public import Domain

/// O1: what the model depends on is pinned, every change of it is named, and somebody is there to be told.
public struct Dependencies: Check {
    public static let id = "monitor.dependencies"
    public static let summary =
        "Data, environment and artifact are pinned; changes since the running version are named."
    public static let looksAt: Set<CheckInput> = [.deployed]

    let locks: [String]
    let acknowledged: Bool

    public init(_ fields: Fields) throws(FieldErrors) {
        locks = fields.value(
            "locks",
            default: [
                "requirements.txt", "requirements.lock", "conda-lock.yml", "uv.lock", "poetry.lock", "Dockerfile",
            ],
            "files of the model's folder that pin its environment")
        acknowledged = fields.value(
            "acknowledged", default: false,
            "whether a changed dependency fails unless CHANGES.md in the model's folder names it")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        try await Outcome.from {
            var findings = pins(subject)
            if subject.manifest.owners.isEmpty {
                findings.append(Finding(.fail, "model.yaml names no owners: nobody would be told of a change"))
            }
            for path in locks {
                guard let content = try await subject.tools.file(subject.version, path) else { continue }
                let text = String(decoding: try ByteSource(content).all(atMost: 16 << 20), as: UTF8.self)
                findings += Self.floating(text, path)
            }
            let changes = try await changes(subject)
            if acknowledged, !changes.isEmpty {
                let notes = try await subject.tools.file(subject.version, "CHANGES.md")
                let text =
                    try notes.map { String(decoding: try ByteSource($0).all(atMost: 1 << 20), as: UTF8.self) } ?? ""
                findings += changes.filter { !text.contains($0) }.map {
                    Finding(
                        .fail,
                        "\($0) changed since \(subject.deployed?.version.title ?? ""), and CHANGES.md does not name it")
                }
            } else if !changes.isEmpty {
                findings.append(
                    Finding(.warn, "changed since \(subject.deployed?.version.title ?? ""): \(changes.listed())"))
            }
            return Outcome(
                findings, otherwise: "everything it depends on is pinned and unchanged",
                measurements: ["changes": .array(changes.map(JSON.string))])
        }
    }

    private func pins(_ subject: Subject) -> [Finding] {
        let names = subject.manifest.training.data + [subject.manifest.evaluation?.data].compactMap { $0 }
        return names.unique.compactMap { name in
            guard let dataset = subject.datasets[name] else {
                return Finding(.inconclusive, "dataset '\(name)' has no data/\(name).yaml")
            }
            guard dataset.pointer.uri != nil, dataset.pointer.sha256 == nil else { return nil }
            return Finding(.fail, "dataset '\(name)' has an address without sha256: what it leads to can change")
        }
    }

    /// Lines of a lock file that leave a version open.
    static func floating(_ text: String, _ path: String) -> [Finding] {
        let isDocker = path.hasSuffix("Dockerfile"), isPython = path.hasPrefix("requirements")
        return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { number, line in
            let line = String(line).trimmed
            let open: Bool
            if isDocker {
                let words = line.split(separator: " ")
                guard words.count > 1, words[0].uppercased() == "FROM" else { return nil }
                let image = words[1]
                open = !image.contains("@sha256:") && (image.hasSuffix(":latest") || !image.contains(":"))
            } else {
                guard isPython, let first = line.first, first.isLetter else { return nil }
                open = !line.contains("==") && !line.contains("@ ")
            }
            return open
                ? Finding(.fail, "\(path): '\(line.prefix(80))' pins no version", file: path, line: number + 1) : nil
        }
    }

    /// Datasets, lock files and the schema that differ from the version that runs now.
    private func changes(_ subject: Subject) async throws -> [String] {
        guard let deployed = subject.deployed else { return [] }
        let names = Set(subject.version.data.keys).union(deployed.version.data.keys).sorted()
        var changed = names.filter { subject.version.data[$0] != deployed.version.data[$0] }
        for path in locks {
            let before = try await deployed.tools.file(deployed.version, path)
            if try await subject.tools.file(subject.version, path) != before { changed.append(path) }
        }
        if subject.schema != deployed.schema { changed.append(subject.manifest.schema ?? "schema.yaml") }
        return changed
    }
}
