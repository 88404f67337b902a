public import Foundation

/// A bare origin and a clone of it to work in, side by side in a folder that vanishes.
public struct TemporaryRepository: Sendable {
    public let folder: URL

    /// The path of the bare repository that people push to.
    public var origin: String { folder.appending(path: "origin.git").path(percentEncoded: false) }
    /// The path of the clone.
    public var work: String { folder.appending(path: "work").path(percentEncoded: false) }

    /// Makes the two, with one commit on `main` of `files` (of nothing where there are none) that is pushed.
    public init(in folder: URL, files: [String: String] = [:]) throws {
        self.folder = folder
        try TestSupport.git("init", "--quiet", "--bare", origin)
        try TestSupport.git("clone", "--quiet", origin, work)
        try commit(files, message: "first")
    }

    /// Those that are in `folder` already.
    public init(at folder: URL) { self.folder = folder }

    /// Runs git in the clone.
    @discardableResult
    public func git(_ arguments: String..., input: String = "", environment: [String: String] = [:]) throws -> String {
        try TestSupport.git(arguments, in: work, input: input, environment: environment)
    }

    /// Writes, removes and commits files on the current branch of the clone; returns the commit's id.
    @discardableResult
    public func commit(
        _ files: [String: String], removing gone: [String] = [], message: String = "change", push: Bool = true
    ) throws -> String {
        for (path, text) in files { try write(text, to: path) }
        for path in gone { try FileManager.default.removeItem(atPath: "\(work)/\(path)") }
        try git("add", "--all")
        try git("commit", "--quiet", "--allow-empty", "-m", message)
        if push { try git("push", "--quiet", "origin", "HEAD") }
        return try git("rev-parse", "HEAD")
    }

    /// Writes and commits one file, and pushes.
    @discardableResult
    public func commitFile(_ path: String, _ text: String, message: String? = nil) throws -> String {
        try commit([path: text], message: message ?? "change \(path)")
    }

    /// Writes a file of the clone without committing it.
    public func write(_ text: String, to path: String) throws {
        let file = URL(filePath: "\(work)/\(path)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }
}

/// Lends a bare origin and a clone with one commit of `files` on `main`.
public func withTemporaryRepository<Result>(
    files: [String: String] = [:], isolation: isolated (any Actor)? = #isolation,
    _ body: (TemporaryRepository) async throws -> Result
) async throws -> Result {
    try await withTemporaryFolder { folder in
        try await body(TemporaryRepository(in: folder, files: files))
    }
}
