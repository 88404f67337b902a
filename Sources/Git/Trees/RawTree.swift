import Domain

/// A tree as it is stored: entries in Git's order, names as bytes.
struct RawTree {
    struct Entry {
        let mode: UInt32
        /// Where the entry, and in it the name, lies in ``RawTree/bytes``.
        let whole: Range<Int>
        let name: Range<Int>
        let id: ObjectID

        var isTree: Bool { mode & 0o170000 == 0o040000 }

        /// The mode as git shows it: older ones such as 100664 are read as the nearest that it writes today.
        var canonical: FileMode {
            switch mode & 0o170000 {
            case 0o100000: mode & 0o100 == 0 ? .file : .executable
            case 0o120000: .symlink
            case 0o040000: .tree
            default: .submodule
            }
        }
    }

    let bytes: [UInt8]
    let entries: [Entry]

    static let empty = RawTree(bytes: [], entries: [])

    func name(_ entry: Entry) -> String { String(decoding: bytes[entry.name], as: UTF8.self) }

    func domain(_ entry: Entry) -> TreeEntry { TreeEntry(name: name(entry), id: entry.id, mode: entry.canonical) }

    /// The entry of this name, in time linear in the size of the tree.
    func entry(named name: some Collection<UInt8>) -> Entry? {
        let name = Array(name)
        return bytes.withUnsafeBufferPointer { bytes in
            entries.first { entry in
                // A loop of its own: most names differ at their ends, and `memcmp` is not worth a call for these.
                guard entry.name.count == name.count else { return false }
                for index in name.indices.reversed() where bytes[entry.name.lowerBound + index] != name[index] {
                    return false
                }
                return true
            }
        }
    }
}

extension RawTree {
    /// Reads the stored form; the error says which entry breaks it.
    init(parsing bytes: [UInt8]) throws(Malformed) {
        var entries: [Entry] = []
        entries.reserveCapacity(bytes.count / 36)
        try bytes.withUnsafeBufferPointer { bytes throws(Malformed) in
            var position = 0
            while position < bytes.count {
                let entry = try Self.entry(at: position, in: bytes)
                entries.append(entry)
                position = entry.whole.upperBound
            }
        }
        self.bytes = bytes
        self.entries = entries
    }

    private static func entry(at start: Int, in bytes: UnsafeBufferPointer<UInt8>) throws(Malformed) -> Entry {
        var position = start
        var mode: UInt32 = 0
        while position < bytes.count, bytes[position] != UInt8(ascii: " ") {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(bytes[position]), position - start < 7 else {
                throw Malformed(reason: "the mode at byte \(start) is no octal number")
            }
            mode = mode << 3 | UInt32(bytes[position] & 7)
            position += 1
        }
        let name = position + 1
        position = name
        while position < bytes.count, bytes[position] != 0 { position += 1 }
        guard position + 21 <= bytes.count, name <= position else {
            throw Malformed(reason: "the entry at byte \(start) is cut off")
        }
        if let fault = PathName.fault(of: UnsafeBufferPointer(rebasing: bytes[name..<position])) {
            throw Malformed(reason: "the name at byte \(start) \(fault)")
        }
        let id = ObjectID(
            raw: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[(position + 1)..<(position + 21)]))
        return Entry(mode: mode, whole: start..<(position + 21), name: name..<position, id: id)
    }

    struct Malformed: Error {
        let reason: String
    }
}
