import Domain

/// Finds the files that differ between each tree of a series and the next, folder by folder over the whole series.
///
/// A pack stores a folder's versions as differences from each other: read one after the other they cost little, and in
/// turn with those of a hundred other folders a great deal.
struct TreeSeries {
    /// Two versions of a folder at one place of the series.
    private struct Step {
        let index: Int
        let old: ObjectID?
        let new: ObjectID?
    }

    private let reader: GitReader
    /// By place in the series, each in Git's order.
    private(set) var changes: [[Change]]
    /// How many more differences are kept.
    private var room: Int

    /// `nil` where there are too many differences to keep: a few trees in turn can stand for any number of them.
    ///
    /// - Parameter trees: The newest first.
    init?(_ trees: [ObjectID?], below prefix: [UInt8], atMost limit: Int, _ reader: GitReader) throws {
        self.reader = reader
        room = limit
        let steps = trees.indices.dropLast().map { Step(index: $0, old: trees[$0 + 1], new: trees[$0]) }
        changes = steps.map { _ in [] }
        guard try compare(steps, below: prefix, depth: 0) else { return nil }
        for index in changes.indices where changes[index].count > 1 {
            changes[index].sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        }
    }

    private mutating func compare(_ steps: [Step], below prefix: [UInt8], depth: Int) throws -> Bool {
        guard depth < PathName.deepest else { throw GitReader.tooDeep(prefix) }
        var folders: [[UInt8]: [Step]] = [:]
        for step in steps where step.old != step.new {
            guard room >= 0 else { return false }
            try TreeComparison.differences(reader.rawTree(step.old), reader.rawTree(step.new)) { old, new in
                room -= 1
                guard room >= 0, let side = old ?? new else { return }
                let path = prefix + side.tree.bytes[side.entry.name]
                if side.entry.isTree {
                    folders[path + [UInt8(ascii: "/")], default: []].append(
                        Step(index: step.index, old: old?.entry.id, new: new?.entry.id))
                } else {
                    changes[step.index].append(TreeComparison.change(path, old, new))
                }
            }
        }
        for (path, steps) in folders {
            guard try compare(steps, below: path, depth: depth + 1) else { return false }
        }
        return room >= 0
    }
}
