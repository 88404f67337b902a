import ControlLoop
import Domain

/// A folder of another tool, whose files strangers may have written: no link in it is followed.
struct ImportFolder {
    let path: String
    private let content: UntrustedFolder

    /// Manifests, parameters and logs are small.
    private static let largest = 64 << 20

    init(_ path: String) {
        self.path = path
        content = UntrustedFolder(path: path)
    }

    /// The bytes of a plain file; `nil` where there is none.
    func bytes(_ file: String) -> [UInt8]? {
        guard case .bytes(let bytes) = content.content(of: file, atMost: Self.largest) else { return nil }
        return bytes
    }

    func text(_ file: String) -> String? { bytes(file).map { String(decoding: $0, as: UTF8.self) } }

    /// The plain files in a folder and those below it, by their paths in it, in order.
    func files(in folder: String) -> [String] {
        guard !LocalFile.isLink("\(path)/\(folder)"), LocalFile.isFolder("\(path)/\(folder)") else { return [] }
        var files: [String] = []
        try? UntrustedFolder(path: "\(path)/\(folder)").walk { file, _ in files.append(file) }
        return files.sorted()
    }

    /// Where a file or folder of it lies; `nil` where there is none, or it is a link or behind one.
    func place(of file: String) -> String? {
        var place = path
        let parts = file.pathParts(keepingEmpty: true)
        for part in parts {
            guard !part.isEmpty, part != ".", part != ".." else { return nil }
            place += "/\(part)"
            guard !LocalFile.isLink(place) else { return nil }
        }
        return LocalFile.exists(place) ? place : nil
    }
}
