import Domain
import Foundation
import Testing

@testable import Forges

/// Answers that real forges gave, recorded by the tests of ogr (MIT); `Recorded/pull-requests.json` says which.
struct RecordedAnswersTests {
    private func answers(_ forge: String) throws -> [ForgeRecord] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Recorded/pull-requests.json")
        let all = try JSON(parsing: Array(Data(contentsOf: file)))
        return try #require(all[forge]?.array).map { ForgeRecord(json: $0["answer"] ?? .null, request: "GET recorded") }
    }

    @Test func `reads what GitHub answered`() throws {
        let found = try answers("github").map { try GitHub.pullRequest($0) }
        #expect(found.map(\.number) == [4, 9, 72])
        #expect(found.map(\.state) == [.closed, .merged, .open])
        #expect(found.map(\.author) == ["nikromen", "lachmanfrantisek", "mfocko"])
        #expect(found[2].branch == "test_source" && found[2].base == "master")
        #expect(found[2].head.description == "7cf6d0cbeca285ecbeb19a0067cb243783b3c768")
    }

    @Test func `reads what Forgejo answered`() throws {
        let found = try answers("forgejo").map { try Gitea.pullRequest($0) }
        #expect(found.map(\.number) == [209, 119, 4])
        #expect(found.map(\.state) == [.open, .merged, .closed])
        #expect(found.map(\.merged?.description) == [nil, "101a42bbbe174d04b465d49caf274dc3b4defeca", nil])
        #expect(found[0].labels == ["test_lb1", "test_lb2"] && found[0].branch == "test-branch1")
    }

    @Test func `reads what GitLab answered, also without the head of what is over`() throws {
        let answers = try answers("gitlab")
        let found = try answers.prefix(2).map { try GitLab.pullRequest($0) }
        #expect(found.map(\.number) == [1149, 3] && found.map(\.state) == [.open, .merged])
        #expect(found[1].merged?.description == "1050fc5e57a5d145ebaadb0e1748fbc1d94e7b4c")
        // GitLab forgot the head of this closed request of a fork.
        let forgotten = try GitLab.pullRequest(answers[2])
        #expect(forgotten.state == .closed && forgotten.head == .zero && forgotten.isFork)
    }
}
