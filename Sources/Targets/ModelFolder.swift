import Domain
import Glibc

/// What one model has in a directory. Everything here blocks.
struct ModelFolder: Sendable {
    let root: String
    let model: String
    let layout: any ServingLayout
    let keep: Int
    let alwaysRead: Bool

    /// What has not got its name yet begins so; no server reads it.
    static let draftPrefix = ".martlet-new-"

    init(of model: String, in directory: Directory) throws(TargetFailure) {
        let parts = model.pathParts(keepingEmpty: true)
        guard parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") && $0.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F } })
        else { throw TargetFailure("'\(model)' is no name for a model in a directory") }
        root = directory.path.hasSuffix("/") ? String(directory.path.dropLast()) : directory.path
        self.model = model
        layout = directory.serving
        keep = directory.keep
        alwaysRead = directory.alwaysRead
    }

    /// Of the folder, below the root.
    var name: String { layout.folder(of: model) }
    var folder: String { "\(root)/\(name)" }
    var versions: String { layout.versions.isEmpty ? folder : "\(folder)/\(layout.versions)" }

    /// The folders from the root down to the versions.
    var way: [String] {
        var path = root
        var all: [String] = []
        for part in name.pathParts() {
            path += "/" + part
            all.append(path)
        }
        return layout.versions.isEmpty ? all : all + [versions]
    }

    /// What stands in the way: a link here could lead writes, or a reader, anywhere.
    var obstacle: String? {
        for path in way {
            guard let kind = FileTree.kind(of: path) else { return nil }
            if kind != .folder { return "\(path) is \(kind == .link ? "a symbolic link" : "no folder"); move it away" }
        }
        return nil
    }

    /// The wanted version is served from here.
    func path(of version: StoredVersion) -> String { layout.path(of: version.number, in: folder) }

    /// Where the version's files are now, whether it is served or not; `nil` where they are gone.
    func place(of version: StoredVersion) -> String? {
        let resting = "\(versions)/\(layout.resting(version.number))"
        return [path(of: version), resting].first { FileTree.kind(of: $0) == .folder }
    }
}
