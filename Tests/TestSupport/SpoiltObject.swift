import Foundation

/// An object of a repository whose file a disk has spoilt, and which somebody may bring back.
public struct SpoiltObject {
    public let id: String
    private let file: URL
    private let bytes: Data

    /// - Parameter name: What `git rev-parse` takes, such as `main:models/a`; it must be the object's only copy.
    public init(_ name: String, in repository: String) throws {
        id = try git("rev-parse", name, in: repository)
        file = URL(filePath: "\(repository)/objects/\(id.prefix(2))/\(id.dropFirst(2))")
        bytes = try Data(contentsOf: file)
        try write(Data("garbage".utf8))
    }

    public func restore() throws { try write(bytes) }

    private func write(_ bytes: Data) throws {
        try FileManager.default.removeItem(at: file)
        try bytes.write(to: file)
    }
}
