import Domain

/// Finds the files that differ between two trees by walking both in Git's order.
///
/// Costs what the folders on changed paths have entries: a folder with the same id on both sides is not opened.
/// libgit2's own comparison opens them all.
struct TreeComparison {
    let reader: GitReader
    private(set) var changes: [Change] = []

    init(reader: GitReader) { self.reader = reader }

    mutating func compare(_ old: ObjectID?, _ new: ObjectID?, below prefix: [UInt8], depth: Int) throws {
        guard old != new else { return }
        guard depth < PathName.deepest else { throw GitReader.tooDeep(prefix) }
        let (before, after) = (try reader.rawTree(old), try reader.rawTree(new))
        var (left, right) = (before.entries[...], after.entries[...])
        while true {
            switch Self.order(left.first, before, right.first, after) {
            case .same(let one, let other):
                try note((before, one), (after, other), prefix, depth)
                left.removeFirst()
                right.removeFirst()
            case .onlyOld(let entry):
                try note((before, entry), nil, prefix, depth)
                left.removeFirst()
            case .onlyNew(let entry):
                try note(nil, (after, entry), prefix, depth)
                right.removeFirst()
            case .end: return
            }
        }
    }

    private typealias Side = (tree: RawTree, entry: RawTree.Entry)

    private mutating func note(_ old: Side?, _ new: Side?, _ prefix: [UInt8], _ depth: Int) throws {
        if let old, let new, old.entry.id == new.entry.id, old.entry.canonical == new.entry.canonical { return }
        guard let side = old ?? new else { return }
        let path = prefix + side.tree.bytes[side.entry.name]
        if side.entry.isTree {
            try compare(old?.entry.id, new?.entry.id, below: path + [UInt8(ascii: "/")], depth: depth + 1)
        } else {
            let change = Change(
                path: String(decoding: path, as: UTF8.self), old: old.map { $0.tree.domain($0.entry) },
                new: new.map { $0.tree.domain($0.entry) })
            changes.append(change)
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
