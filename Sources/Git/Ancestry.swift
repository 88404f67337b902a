import Domain
import Synchronization

/// The commits that were looked at, and how far each lies above its roots. Shared by all handles of a repository.
///
/// Levels are what git calls topological levels: a commit's is one more than the greatest of its parents'. They come from
/// the graph alone, so a clock that was wrong when somebody committed changes no answer.
final class Ancestry: Sendable {
    private struct Node {
        let level: UInt32
        let parents: [ObjectID]
    }

    private let nodes = Mutex<[ObjectID: Node]>([:])

    /// Whether `commit` can be reached from `descendant`.
    ///
    /// The first question reads all history below the two; later ones cost the commits between them, and nothing where
    /// the levels alone say no.
    func reaches(
        _ commit: ObjectID, from descendant: ObjectID, parents: (ObjectID) throws -> [ObjectID]
    ) throws -> Bool {
        try nodes.withLock { nodes in
            let floor = try Self.level(of: commit, &nodes, parents)
            var waiting = try Self.level(of: descendant, &nodes, parents) > floor ? [descendant] : []
            var seen: Set<ObjectID> = []
            while let next = waiting.popLast() {
                for parent in nodes[next]?.parents ?? [] where seen.insert(parent).inserted {
                    if parent == commit { return true }
                    if let node = nodes[parent], node.level > floor { waiting.append(parent) }
                }
            }
            return commit == descendant
        }
    }

    private static func level(
        of commit: ObjectID, _ nodes: inout [ObjectID: Node], _ parents: (ObjectID) throws -> [ObjectID]
    ) throws -> UInt32 {
        if let known = nodes[commit] { return known.level }
        var path = [(id: commit, parents: try parents(commit))]
        while let last = path.last {
            if let unknown = last.parents.first(where: { nodes[$0] == nil }) {
                path.append((unknown, try parents(unknown)))
            } else {
                let highest = last.parents.reduce(0) { max($0, nodes[$1]?.level ?? 0) }
                nodes[last.id] = Node(level: highest + 1, parents: last.parents)
                path.removeLast()
            }
        }
        return nodes[commit]?.level ?? 0
    }
}
