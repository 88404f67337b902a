import Domain
import Foundation
import TestSupport

/// Sets of files with names that try Git's sort order, written by git itself.
struct RandomTrees {
    typealias Files = [String: TreeEntry]

    static let names = [
        "a", "a.b", "a-b", "a0", "A", "ab", "b", "ä", "日本", "c d", "q\"x", "t\tx", "n\nx", "-x", "~", "%",
    ]
    static let modes: [FileMode] = [.file, .file, .file, .executable, .symlink, .submodule]

    let repository: TemporaryRepository
    let blobs: [ObjectID]
    var random: Seeded

    init(_ repository: TemporaryRepository, seed: UInt64) throws {
        self.repository = repository
        random = Seeded(state: seed)
        blobs = try (0..<6).map { number in
            try objectID(repository.git("hash-object", "-w", "--stdin", input: "blob \(number)\n"))
        }
    }

    mutating func files(_ count: Int) -> Files {
        var files: Files = [:]
        for _ in 0..<count { set(&files) }
        return files
    }

    /// Some files more, some less, some other.
    mutating func changed(_ files: Files) -> Files {
        var files = files
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            if Bool.random(using: &random), let gone = files.keys.sorted().randomElement(using: &random) {
                files[gone] = nil
            } else {
                set(&files)
            }
        }
        return files
    }

    private mutating func set(_ files: inout Files) {
        let depth = Int.random(in: 1...4, using: &random)
        let path = (0..<depth).map { _ in Self.names.randomElement(using: &random) ?? "a" }
        let name = path.joined(separator: "/")
        // Nothing may stand both as a file and as a folder.
        for length in 1..<max(2, depth) { files[path.prefix(length).joined(separator: "/")] = nil }
        for other in files.keys where other.hasPrefix(name + "/") { files[other] = nil }
        files[name] = TreeEntry(
            name: path.last ?? "", id: blobs.randomElement(using: &random) ?? .zero,
            mode: Self.modes.randomElement(using: &random) ?? .file)
    }

    /// The tree of these files as git writes it.
    func write(_ files: Files) throws -> ObjectID {
        let index = ["GIT_INDEX_FILE": repository.folder.appending(path: "index-\(files.hashValue)").path()]
        let lines = files.map { "\(String($1.mode.rawValue, radix: 8)) \($1.id)\t\($0)\0" }.joined()
        try repository.git("read-tree", "--empty", environment: index)
        try repository.git("update-index", "-z", "--index-info", input: lines, environment: index)
        return try objectID(repository.git("write-tree", "--missing-ok", environment: index))
    }

    /// What `git diff-tree` says, in its order.
    func differences(_ old: ObjectID, _ new: ObjectID) throws -> [Change] {
        let output = try repository.git("diff-tree", "-r", "--raw", "-z", "--no-renames", "\(old)", "\(new)")
        let fields = output.split(separator: "\0", omittingEmptySubsequences: true).map(String.init)
        return stride(from: 0, to: fields.count - 1, by: 2).map { index in
            let words = fields[index].dropFirst().split(separator: " ")
            let path = fields[index + 1]
            return Change(
                path: path, old: entry(path, words[0], words[2]), new: entry(path, words[1], words[3]))
        }
    }

    private func entry(_ path: String, _ mode: Substring, _ id: Substring) -> TreeEntry? {
        guard let number = UInt16(mode, radix: 8), let mode = FileMode(rawValue: number), let id = ObjectID(String(id))
        else { return nil }
        return TreeEntry(name: String(path.split(separator: "/").last ?? ""), id: id, mode: mode)
    }
}
