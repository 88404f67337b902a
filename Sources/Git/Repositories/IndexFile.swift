import Domain

/// The staging area as it is stored, versions 2 to 4 (`gitformat-index`).
///
/// libgit2 hashes the whole file to check it, which for 100,000 files costs more than everything else here.
struct IndexFile {
    struct Entry {
        let mode: UInt32
        let id: ObjectID
        let stage: UInt8
        /// `git add --intent-to-add`: nothing is staged yet.
        let isIntent: Bool
        let name: Range<Int>
    }

    /// What the file says about a folder that has not changed since it was last written as a tree.
    struct Folder {
        /// `nil` where something below it was staged since.
        let tree: (id: ObjectID, files: Int)?
        let folders: [[UInt8]: Folder]
    }

    private(set) var entries: [Entry] = []
    /// The bytes that the entries' names are ranges of.
    private(set) var names: [UInt8] = []
    private(set) var root = Folder(tree: nil, folders: [:])

    static let empty = IndexFile()

    private init() {}

    init(parsing bytes: [UInt8]) throws(GitError) {
        var input = ByteReader(bytes)
        guard input.take(4).elementsEqual("DIRC".utf8), let version = input.number(), (2...4).contains(version),
            let count = input.number(), Int(count) <= bytes.count / 60
        else { throw Self.broken("it starts with no known version") }
        names = version == 4 ? [] : bytes
        entries.reserveCapacity(Int(count))
        var last: Range<Int> = 0..<0
        for _ in 0..<count {
            guard let entry = version == 4 ? packed(&input, after: last) : plain(&input) else {
                throw Self.broken("an entry is cut off")
            }
            last = entry.name
            entries.append(entry)
        }
        try readExtensions(&input, end: bytes.count - 20)
    }

    private func plain(_ input: inout ByteReader) -> Entry? {
        let start = input.position
        guard let fixed = fixedPart(&input) else { return nil }
        guard let end = input.find(0, from: input.position + (fixed.length < 0xfff ? fixed.length : 0xfff)) else {
            return nil
        }
        let name = input.position..<end
        // One to eight NULs bring the entry to a multiple of eight bytes.
        input.position = start + ((end - start) & ~7) + 8
        return fixed.entry(name)
    }

    /// Version 4: the name is what is left of the one before, and the rest.
    private mutating func packed(_ input: inout ByteReader, after last: Range<Int>) -> Entry? {
        guard let fixed = fixedPart(&input), let dropped = input.offset(), dropped <= last.count,
            let end = input.find(0, from: input.position)
        else { return nil }
        let start = names.count
        names += names[last.dropLast(dropped)]
        names += input.bytes[input.position..<end]
        input.position = end + 1
        return fixed.entry(start..<names.count)
    }

    private struct Fixed {
        let mode: UInt32
        let id: ObjectID
        let flags: UInt16
        let more: UInt16

        var length: Int { Int(flags & 0xfff) }

        func entry(_ name: Range<Int>) -> Entry {
            Entry(mode: mode, id: id, stage: UInt8(flags >> 12 & 3), isIntent: more & 0x2000 != 0, name: name)
        }
    }

    private func fixedPart(_ input: inout ByteReader) -> Fixed? {
        input.position += 24
        guard let mode = input.number() else { return nil }
        input.position += 12
        guard let id = input.id(), let flags = input.short() else { return nil }
        guard flags & 0x4000 != 0 else { return Fixed(mode: mode, id: id, flags: flags, more: 0) }
        return input.short().map { Fixed(mode: mode, id: id, flags: flags, more: $0) }
    }

    private mutating func readExtensions(_ input: inout ByteReader, end: Int) throws(GitError) {
        while input.position + 8 <= end {
            let name = input.take(4)
            guard let size = input.number(), Int(size) <= end - input.position else {
                throw Self.broken("an extension is cut off")
            }
            var part = ByteReader(input.bytes, from: input.position, to: input.position + Int(size))
            input.position += Int(size)
            if name.elementsEqual("TREE".utf8) {
                root = Self.folder(&part, depth: 0)?.folder ?? root
            } else if name.elementsEqual("link".utf8) {
                throw GitError(
                    .unsupported, "read the staging area", "it is split over two files",
                    hint: "run: git update-index --no-split-index")
            }
        }
    }

    /// `NAME NUL FILES SP FOLDERS LF ID`, then the folders in it; minus one file means "changed".
    private static func folder(_ input: inout ByteReader, depth: Int) -> (name: [UInt8], folder: Folder)? {
        guard depth < PathName.deepest, let end = input.find(0, from: input.position) else { return nil }
        let name = Array(input.bytes[input.position..<end])
        input.position = end + 1
        guard let files = input.decimal(endedBy: UInt8(ascii: " ")),
            let count = input.decimal(endedBy: UInt8(ascii: "\n")), count >= 0
        else { return nil }
        var tree: (id: ObjectID, files: Int)?
        if files >= 0 {
            guard let id = input.id() else { return nil }
            tree = (id, files)
        }
        var folders: [[UInt8]: Folder] = [:]
        for _ in 0..<count {
            guard let (name, folder) = folder(&input, depth: depth + 1) else { return nil }
            folders[name] = folder
        }
        return (name, Folder(tree: tree, folders: folders))
    }

    private static func broken(_ why: String) -> GitError {
        GitError(.corrupt, "read the staging area", why, hint: "`git status` must work in this clone first")
    }
}
