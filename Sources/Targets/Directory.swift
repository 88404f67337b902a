public import Domain

/// A directory that a model server, or anything else, reads.
///
///     target: {kind: directory, path: /srv/models, layout: triton, keep: 3}
///
/// Layouts: `plain` (`MODEL/current/model.onnx`), `triton` (`MODEL/NUMBER/model.onnx` and `config.pbtxt`), `tensorflow-serving`
/// (`MODEL/NUMBER/saved_model.pb`). A version is written beside, verified, synced, and then served by one rename; a reader never sees half.
public struct Directory: Target {
    public static let kind = "directory"
    public static let summary = "writes models into a directory that a model server reads"

    public enum Layout: String, FieldChoice {
        case plain, triton
        case tensorflowServing = "tensorflow-serving"
    }

    public let path: String
    public let layout: Layout
    /// How many versions stay on disk, the one that is served among them.
    public let keep: Int
    /// The file's name, if not by its format (`plain`).
    public let file: String?
    /// More lines for `config.pbtxt` (`triton`).
    public let config: String?
    /// Whether each look reads all bytes. Otherwise only files are read whose size or time of change is new.
    public let alwaysRead: Bool

    public init(_ fields: Fields) throws(FieldErrors) {
        path = try fields.required(
            "path", "the directory, an absolute path; readers of the layout plain open PATH/MODEL/current/FILE")
        layout = fields.value("layout", default: .plain, "how the reader wants it")
        keep = fields.value("keep", default: 3, "how many versions stay on disk")
        file = fields.optional("file", "the model file's name, if not by its format; for the layout plain")
        config = fields.optional("config", "more lines for config.pbtxt; for the layout triton")
        alwaysRead = fields.value(
            "alwaysRead", default: false, "read all bytes at each look, not only those of changed files")
        if let problem = Self.problem(with: path) { fields.complain(about: "path", problem) }
        if keep < 1 { fields.complain(about: "keep", "must be at least 1: the version that is served") }
        if let file, file.isEmpty || file.contains("/") || file.hasPrefix(".") {
            fields.complain(about: "file", "must be a plain file name")
        }
        if file != nil, layout != .plain { fields.complain(about: "file", "is for the layout plain") }
        if config != nil, layout != .triton { fields.complain(about: "config", "is for the layout triton") }
    }

    public func apply(_ release: Release, using tools: Tools) async throws {
        let folder = try ModelFolder(of: release.model, in: self)
        try await OwnThread.run {
            if let artifact = release.artifact {
                try folder.put(artifact, release)
            } else {
                try folder.takeAway(release)
            }
        }
    }

    public func observe(_ release: Release, using tools: Tools) async throws -> Running {
        let folder = try ModelFolder(of: release.model, in: self)
        return try await OwnThread.run { try folder.look(for: release) }
    }

    public var place: String? { "/" + path.pathParts().filter { $0 != "." }.joined(separator: "/") }

    public func location(of model: String, using tools: Tools) async throws -> String? {
        guard let folder = try? ModelFolder(of: model, in: self) else { return nil }
        return try await OwnThread.run { try FileTree.identity(of: folder.folder) }
    }

    public func name(of model: String) -> String { serving.folder(of: model) }

    public func number(of release: Release, using tools: Tools) async throws -> Int? {
        let folder = try ModelFolder(of: release.model, in: self)
        return try await OwnThread.run { folder.number(of: release) }
    }

    var serving: any ServingLayout {
        switch layout {
        case .plain: PlainLayout(file: file)
        case .triton: TritonLayout(config: config)
        case .tensorflowServing: TensorFlowServingLayout()
        }
    }

    private static func problem(with path: String) -> String? {
        if path.hasPrefix("~") { return "'~' is not expanded; write the whole path" }
        guard path.hasPrefix("/") else { return "must be an absolute path, such as /srv/models" }
        let parts = path.pathParts()
        if parts.isEmpty { return "must not be the root directory" }
        if parts.contains("..") || path.utf8.contains(where: { $0 < 0x20 }) { return "must be plain, without '..'" }
        return nil
    }
}
