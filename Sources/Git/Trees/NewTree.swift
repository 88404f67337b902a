import Domain

/// Writes the stored form of a changed tree.
enum NewTree {
    struct Entry: Hashable {
        let id: ObjectID
        let mode: FileMode
    }

    /// The bytes of `tree` with some names replaced, added or (`nil`) left out; all other entries byte for byte.
    static func bytes(_ tree: RawTree, replacing replaced: [[UInt8]: Entry?]) -> [UInt8] {
        var fresh = replaced.compactMap { name, entry in entry.map { (name: name, entry: $0) } }
        fresh.sort {
            TreeOrder.compare(
                $0.name[...], isTree: $0.entry.mode == .tree, $1.name[...], isTree: $1.entry.mode == .tree) < 0
        }
        var waiting = fresh[...]
        var bytes: [UInt8] = []
        bytes.reserveCapacity(tree.bytes.count + fresh.count * 64)
        for entry in tree.entries {
            let name = tree.bytes[entry.name]
            if replaced.index(forKey: Array(name)) != nil { continue }
            while let next = waiting.first,
                TreeOrder.compare(next.name[...], isTree: next.entry.mode == .tree, name, isTree: entry.isTree) < 0
            {
                append(next.name, next.entry, to: &bytes)
                waiting.removeFirst()
            }
            bytes += tree.bytes[entry.whole]
        }
        for next in waiting { append(next.name, next.entry, to: &bytes) }
        return bytes
    }

    private static func append(_ name: [UInt8], _ entry: Entry, to bytes: inout [UInt8]) {
        bytes += String(entry.mode.rawValue, radix: 8).utf8
        bytes.append(UInt8(ascii: " "))
        bytes += name
        bytes.append(0)
        entry.id.append(to: &bytes)
    }
}
