import Domain
import Foundation
import Git
import TestSupport
import Testing

struct AncestryTests {
    @Test(arguments: [false, true])
    func `who reaches whom is exact, whatever the clocks say`(isWrittenDown: Bool) async throws {
        try await withTemporaryRepository { repository in
            var random = Seeded(state: 20_261_121)
            let parents = try history(of: 1200, in: repository.origin, &random)
            if isWrittenDown { try git("commit-graph", "write", "--reachable", in: repository.origin) }
            let store = try GitStore(opening: repository.origin)
            let commits = parents.keys.sorted()
            for _ in 0..<300 {
                let one = commits[Int.random(in: commits.indices, using: &random)]
                let other = commits[Int.random(in: commits.indices, using: &random)]
                let expected = ancestors(of: other, parents).contains(one)
                #expect(try await store.read { try $0.reaches(one, from: other) } == expected, "\(one) from \(other)")
            }
        }
    }

    @Test func `many questions about one tip, and about the tips that follow it, are answered as exactly`() async throws
    {
        try await withTemporaryRepository { repository in
            var random = Seeded(state: 20_261_128)
            let parents = try history(of: 3000, in: repository.origin, &random)
            let store = try GitStore(opening: repository.origin)
            let commits = parents.keys.sorted()
            for _ in 0..<5 {
                let tip = commits[Int.random(in: commits.indices, using: &random)]
                let expected = ancestors(of: tip, parents)
                for _ in 0..<100 {
                    let one = commits[Int.random(in: commits.indices, using: &random)]
                    #expect(try await store.read { try $0.reaches(one, from: tip) } == expected.contains(one))
                }
            }
        }
    }

    /// A graph of branches and merges whose dates are made up; returns each commit's parents as git lists them.
    private func history(of count: Int, in repository: String, _ random: inout some RandomNumberGenerator) throws
        -> [ObjectID: [ObjectID]]
    {
        var stream = ""
        for number in 1...count {
            let date = Int.random(in: 1_000_000_000...2_000_000_000, using: &random)
            stream += "commit refs/heads/main\nmark :\(number)\ncommitter A <a@example.com> \(date) +0000\ndata 1\nx\n"
            // Mostly a line, so that far answers need many steps.
            if number > 1 { stream += "from :\(max(1, number - Int.random(in: 1...2, using: &random)))\n" }
            if number > 9, Int.random(in: 0..<8, using: &random) == 0 {
                stream += "merge :\(number - Int.random(in: 3...8, using: &random))\n"
            }
        }
        try git("fast-import", "--quiet", "--force", in: repository, input: stream + "done\n")
        let lines = try git("rev-list", "--parents", "main", in: repository).split(separator: "\n")
        let ids = lines.map { $0.split(separator: " ").compactMap { ObjectID(String($0)) } }
        return Dictionary(uniqueKeysWithValues: ids.map { ($0[0], Array($0.dropFirst())) })
    }

    private func ancestors(of commit: ObjectID, _ parents: [ObjectID: [ObjectID]]) -> Set<ObjectID> {
        var found: Set<ObjectID> = [commit], waiting = [commit]
        while let next = waiting.popLast() {
            for parent in parents[next] ?? [] where found.insert(parent).inserted { waiting.append(parent) }
        }
        return found
    }
}
