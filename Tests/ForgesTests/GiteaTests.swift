import Domain
import TestSupport
import Testing

@testable import Forges

struct GiteaTests {
    @Test func `what the forge calls stale or dismissed does not count`() async throws {
        try await withForge("gitea", config: ["page": 2]) { stage in
            _ = try await stage.client().show(stage.presentation(), using: stage.tools)
            let head = JSON.string(try stage.head.description)
            let said: [JSON] = [
                ["person": "anna", "state": "APPROVED", "commit": head],
                ["person": "bert", "state": "APPROVED", "commit": head, "stale": true],
                ["person": "cleo", "state": "APPROVED", "commit": head, "dismissed": true],
                ["person": "dora", "state": "REQUEST_CHANGES", "commit": head],
                ["person": "emil", "state": "REQUEST_CHANGES", "commit": head, "dismissed": true],
                ["person": "finn", "state": "PENDING", "commit": head],
                ["person": "gina", "state": "REQUEST_REVIEW", "commit": head],
            ]
            for review in said { try await stage.control("reviews", review) }
            let request = try await stage.client().look(for: ForgeStage.query, using: stage.tools).first
            #expect(try request?.approvals(of: stage.head).map(\.person) == ["anna"])
            #expect(request?.objections.map(\.person) == ["dora"])
        }
    }

    @Test func `a pull request whose branch the forge lost is told as such`() async throws {
        try await withForge("gitea") { stage in
            _ = try await stage.client().show(stage.presentation(), using: stage.tools)
            try await stage.control("config", ["lost": true])
            let found = try await stage.client().look(for: ForgeStage.query, using: stage.tools)
            #expect(found.map(\.head) == [.zero] && found[0].gap?.contains("cannot find the branch") == true)
        }
    }

    @Test func `the merge has the names that all versions read`() async throws {
        try await withForge("gitea") { stage in
            _ = try await stage.client().show(stage.presentation(.merge(title: "T", message: "M")), using: stage.tools)
            let merge = try await stage.log().first { $0["path"]?.string?.hasSuffix("/merge") == true }
            let body = try JSON(parsing: try #require(merge?["body"]?.string))
            #expect(body["Do"] == "merge" && body["do"] == nil)
            #expect(try body["head_commit_id"]?.string == stage.head.description)
        }
    }

    @Test func `a request of the same branch as one that is over gets a page of its own`() async throws {
        try await withForge("gitea") { stage in
            let client = try stage.client()
            let first = try #require(try await client.show(stage.presentation(), using: stage.tools))
            let old = try stage.head
            try await stage.control("close", ["number": .int(first.number)])
            // Of the one that is over, the forge tells the head of the branch as it is now.
            let new = try stage.push("version: 3\n")
            let second = try #require(try await stage.client().show(stage.presentation(), using: stage.tools))
            #expect(second.number != first.number && second.state == .open && second.head == new)
            let query = PullRequestQuery(into: "main", reviewed: [], numbers: [first.number])
            let seen = try await stage.client().look(for: query, using: stage.tools)
            #expect(seen.first { $0.number == first.number }?.head == old)
        }
    }
}
