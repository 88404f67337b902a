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

    private struct Graph {
        var nodes: [ObjectID: Node] = [:]
        /// Who was last asked about from afar.
        var distant: ObjectID?
        /// All that one commit reaches: a branch's tip is asked about again and again.
        var whole: (of: ObjectID, reached: Set<ObjectID>)?
    }

    private static let far = 1000

    private let graph = Mutex(Graph())
    /// What the repository has put down of its graph; looked for when all of history is to be read.
    private let written = Mutex<[CommitGraph]?>(nil)

    /// Whether history has been read, so that every answer is near.
    var hasRead: Bool { graph.withLock { !$0.nodes.isEmpty } }

    /// Whether `commit` can be reached from `descendant`.
    ///
    /// The first question reads all history below the two; later ones cost the commits between them, and nothing where
    /// the levels alone say no, or where `descendant` was asked about before and much lay between.
    func reaches(
        _ commit: ObjectID, from descendant: ObjectID, objects folder: String,
        parents unpacked: (ObjectID) throws -> [ObjectID]
    ) throws -> Bool {
        let written = written.withLock { written in
            if let written { return written }
            let found = CommitGraph.all(objects: folder)
            written = found
            return found
        }
        func parents(_ commit: ObjectID) throws -> [ObjectID] {
            for graph in written { if let found = graph.parents(of: commit) { return found } }
            return try unpacked(commit)
        }
        return try graph.withLock { graph in
            if let whole = graph.whole, whole.of == descendant { return whole.reached.contains(commit) }
            let floor = try Self.level(of: commit, &graph.nodes, parents)
            var waiting = try Self.level(of: descendant, &graph.nodes, parents) > floor ? [descendant] : []
            var seen: Set<ObjectID> = [descendant]
            while let next = waiting.popLast() {
                for parent in graph.nodes[next]?.parents ?? [] where seen.insert(parent).inserted {
                    if let node = graph.nodes[parent], node.level > floor { waiting.append(parent) }
                }
                if seen.contains(commit) { break }
            }
            if seen.count > Self.far { Self.noteDistant(descendant, &graph) }
            return seen.contains(commit)
        }
    }

    /// One distant question may be the only one; from the second on it pays to know all.
    private static func noteDistant(_ descendant: ObjectID, _ graph: inout Graph) {
        guard graph.distant == descendant else { return graph.distant = descendant }
        var reached: Set<ObjectID> = [descendant]
        var waiting = [descendant]
        while let next = waiting.popLast() {
            for parent in graph.nodes[next]?.parents ?? [] where reached.insert(parent).inserted {
                waiting.append(parent)
            }
        }
        graph.whole = (descendant, reached)
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
