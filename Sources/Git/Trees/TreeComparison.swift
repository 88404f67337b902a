import Domain

/// Finds the files that differ between two trees by walking both in Git's order.
///
/// Costs what the folders on changed paths have bytes: a folder with the same id on both sides is not opened, and what
/// is the same at both ends of a folder is not looked at one by one. libgit2's own comparison opens them all.
struct TreeComparison {
    let reader: GitReader
    private(set) var changes: [Change] = []

    init(reader: GitReader) { self.reader = reader }

    mutating func compare(_ old: ObjectID?, _ new: ObjectID?, below prefix: [UInt8], depth: Int) throws {
        guard old != new else { return }
        guard depth < PathName.deepest else { throw GitReader.tooDeep(prefix) }
        try Self.differences(reader.rawTree(old), reader.rawTree(new)) { old, new in try note(old, new, prefix, depth) }
    }

    private mutating func note(_ old: Side?, _ new: Side?, _ prefix: [UInt8], _ depth: Int) throws {
        guard let side = old ?? new else { return }
        let path = prefix + side.tree.bytes[side.entry.name]
        if side.entry.isTree {
            try compare(old?.entry.id, new?.entry.id, below: path + [UInt8(ascii: "/")], depth: depth + 1)
        } else {
            changes.append(Self.change(path, old, new))
        }
    }

    typealias Side = (tree: RawTree, entry: RawTree.Entry)

    static func change(_ path: [UInt8], _ old: Side?, _ new: Side?) -> Change {
        Change(
            path: String(decoding: path, as: UTF8.self), old: old.map { $0.tree.domain($0.entry) },
            new: new.map { $0.tree.domain($0.entry) })
    }

    /// The entries that differ, in Git's order. A file and a folder of one name are two.
    static func differences(_ before: RawTree, _ after: RawTree, _ note: (Side?, Side?) throws -> Void) rethrows {
        let shared = RawTree.sharedEnds(before, after)
        var left = before.entries.dropFirst(shared.first).dropLast(shared.last)
        var right = after.entries.dropFirst(shared.first).dropLast(shared.last)
        while true {
            switch order(left.first, before, right.first, after) {
            case .same(let one, let other):
                if one.id != other.id || one.canonical != other.canonical { try note((before, one), (after, other)) }
                left.removeFirst()
                right.removeFirst()
            case .onlyOld(let entry):
                try note((before, entry), nil)
                left.removeFirst()
            case .onlyNew(let entry):
                try note(nil, (after, entry))
                right.removeFirst()
            case .end: return
            }
        }
    }

    private enum Step {
        case same(RawTree.Entry, RawTree.Entry)
        case onlyOld(RawTree.Entry)
        case onlyNew(RawTree.Entry)
        case end
    }

    private static func order(
        _ old: RawTree.Entry?, _ before: RawTree, _ new: RawTree.Entry?, _ after: RawTree
    ) -> Step {
        guard let old else { return new.map(Step.onlyNew) ?? .end }
        guard let new else { return .onlyOld(old) }
        let order = TreeOrder.compare(
            before.bytes[old.name], isTree: old.isTree, after.bytes[new.name], isTree: new.isTree)
        return order == 0 ? .same(old, new) : order < 0 ? .onlyOld(old) : .onlyNew(new)
    }
}
