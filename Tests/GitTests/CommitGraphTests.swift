import Domain
import Foundation
import TestSupport
import Testing

@testable import Git

struct CommitGraphTests {
    @Test func `it knows every commit's parents as Git does, of any number of them`() async throws {
        try await withWrittenGraph { bytes, parents in
            let graph = try #require(CommitGraph(bytes))
            for (commit, expected) in parents { #expect(graph.parents(of: commit) == expected) }
            #expect(Set(parents.values.map(\.count)) == [0, 1, 2, 5])
            #expect(graph.parents(of: .zero) == nil)
        }
    }

    @Test func `what is damaged is nothing, or tells of commits that are there, and never crashes`() async throws {
        try await withWrittenGraph { bytes, parents in
            var random = SystemRandomNumberGenerator()
            #expect(CommitGraph([]) == nil && CommitGraph(Array("CGPH".utf8)) == nil)
            for _ in 0..<2000 {
                var bytes = bytes
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                let graph = CommitGraph(Array(bytes.prefix(Int.random(in: 0...bytes.count * 2, using: &random))))
                for commit in parents.keys { _ = graph?.parents(of: commit) }
            }
        }
    }

    @Test func `that of borrowed objects is found, too`() async throws {
        try await withWrittenGraph { _, _ in
        } in: { repository in
            let other = repository.folder.path() + "/other.git"
            try git("clone", "--quiet", "--bare", "--shared", repository.origin, other, in: repository.folder.path())
            #expect(CommitGraph.all(objects: other + "/objects").count == 1)
            #expect(CommitGraph.all(objects: repository.folder.path() + "/nowhere").isEmpty)
        }
    }

    private func withWrittenGraph(
        _ body: ([UInt8], [ObjectID: [ObjectID]]) throws -> Void,
        in look: (TemporaryRepository) throws -> Void = { _ in }
    ) async throws {
        try await withTemporaryRepository { repository in
            var stream = ""
            for number in 1...60 {
                stream +=
                    "commit refs/heads/main\nmark :\(number)\ncommitter A <a@example.com> \(number) +0000\ndata 1\nx\n"
                if number > 1 { stream += "from :\(number - 1)\n" }
                if number == 20 { stream += "merge :3\n" }
                if number == 40 { stream += (1...4).map { "merge :\($0 * 7)\n" }.joined() }
            }
            try git("fast-import", "--quiet", "--force", in: repository.origin, input: stream + "done\n")
            try git("commit-graph", "write", "--reachable", in: repository.origin)
            let lines = try git("rev-list", "--parents", "main", in: repository.origin).split(separator: "\n")
            let ids = lines.map { $0.split(separator: " ").compactMap { ObjectID(String($0)) } }
            let file = URL(filePath: repository.origin + "/objects/info/commit-graph")
            try body(
                Array(try Data(contentsOf: file)),
                Dictionary(uniqueKeysWithValues: ids.map { ($0[0], Array($0.dropFirst())) }))
            try look(repository)
        }
    }
}
