import Domain

/// Trees that were read a short while ago, up to a few megabytes.
struct TreeMemory {
    private static let room = 50_000

    private var newer: [ObjectID: RawTree] = [:]
    private var older: [ObjectID: RawTree] = [:]
    private var entries = 0

    subscript(id: ObjectID) -> RawTree? { newer[id] ?? older[id] }

    /// Keeps a tree at least until as much again was read.
    mutating func keep(_ tree: RawTree, as id: ObjectID) {
        if entries > Self.room { (older, newer, entries) = (newer, [:], 0) }
        newer[id] = tree
        entries += tree.entries.count + 1
    }
}
