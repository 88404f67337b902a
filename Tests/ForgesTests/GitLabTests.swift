import Domain
import TestSupport
import Testing

@testable import Forges

struct GitLabTests {
    private func approvals(_ config: [String: JSON], pushAfter: Bool) async throws -> [String] {
        var found: [String] = []
        try await withForge("gitlab", config: config) { stage in
            _ = try await stage.client().show(stage.picture(), using: stage.tools)
            try await stage.control("reviews", ["person": "anna", "state": "approved"])
            if pushAfter { _ = try stage.push("version: 3\n") }
            let request = try await stage.client().look(for: ForgeStage.query, using: stage.tools).first
            found = try #require(request).approvals(of: stage.head).map(\.person)
        }
        return found
    }

    @Test func `an approval counts if it was given after the head came`() async throws {
        #expect(try await approvals([:], pushAfter: false) == ["anna"])
        #expect(try await approvals([:], pushAfter: true) == [])
    }

    @Test func `an approval without a time counts only where the project takes approvals back at every push`()
        async throws
    {
        #expect(try await approvals(["times": false], pushAfter: false) == [])
        #expect(try await approvals(["times": false, "resets": true], pushAfter: false) == ["anna"])
        #expect(try await approvals(["times": false, "resets": true, "undecided": 99], pushAfter: false) == [])
    }

    @Test func `a token that may not see the project's settings costs the approvals, not the requests`() async throws {
        #expect(try await approvals(["times": false, "secretive": true], pushAfter: false) == [])
    }

    @Test func `new words for a state that GitLab has already are no failure`() async throws {
        try await withForge("gitlab") { stage in
            for words in ["soak since one", "soak since two"] {
                let statuses: [RequestPicture.Status] = [
                    .init("martlet/x", .pending, words), .init("martlet", .pending, words),
                ]
                _ = try await stage.client().show(stage.picture(statuses: statuses), using: stage.tools)
            }
            let done: [RequestPicture.Status] = [.init("martlet/x", .success, "open")]
            _ = try await stage.client().show(stage.picture(statuses: done), using: stage.tools)
            #expect(try await stage.state("statuses").map { $0["state"] } == ["pending", "pending", "success"])
        }
    }

    /// "Pipelines must succeed" looks at the pipeline of the merge request, which one of the branch is not.
    @Test func `a status goes into the pipeline that the merge request waits for`() async throws {
        try await withForge("gitlab") { stage in
            _ = try await stage.client().show(stage.picture(), using: stage.tools)
            #expect(try await stage.state("statuses").map { $0["pipeline"] } == [.null])
            try await stage.control("config", ["pipeline": 7])
            let done: [RequestPicture.Status] = [.init("martlet/production", .success, "open")]
            _ = try await stage.client().show(stage.picture(statuses: done), using: stage.tools)
            #expect(try await stage.state("statuses").map { $0["pipeline"] } == [.null, 7])
            _ = try await stage.client().show(stage.picture(statuses: done), using: stage.tools)
            #expect(try await stage.state("statuses").count == 2)
        }
    }

    @Test func `that somebody may not merge says nothing of the token`() async throws {
        try await withForge("gitlab") { stage in
            _ = try await stage.client().show(stage.picture(), using: stage.tools)
            try await stage.control(
                "faults", [["path": "/1/merge", "status": 401, "body": "{\"message\": \"401 Unauthorized\"}"]])
            let error = await #expect(throws: ForgeFailure.self) {
                try await stage.client().show(
                    stage.picture(.merge(title: "Promote", message: "")), using: stage.tools)
            }
            #expect(error?.reason == .unmergeable, "\(error!)")
        }
    }

    @Test func `who asks for changes objects`() async throws {
        try await withForge("gitlab") { stage in
            _ = try await stage.client().show(stage.picture(), using: stage.tools)
            try await stage.control("reviews", ["person": "cleo", "state": "requested_changes"])
            let request = try await stage.client().look(for: ForgeStage.query, using: stage.tools).first
            #expect(try request?.objections.map(\.person) == ["cleo"] && request?.approvals(of: stage.head) == [])
        }
    }

    @Test func `pages come by a header of GitLab's own, too`() async throws {
        try await withForge("gitlab", config: ["page": 1, "no_link": true]) { stage in
            _ = try await stage.client().show(stage.picture(), using: stage.tools)
            try await stage.control("comments", ["author": "anna", "body": "Nice"])
            try await stage.control("comments", ["author": "anna", "body": "Very nice"])
            _ = try await stage.client().show(stage.picture(title: "Other"), using: stage.tools)
            #expect(try await stage.state("comments").count == 3)
        }
    }

    @Test func `a state that GitLab has already is no failure`() async throws {
        try await withForge("gitlab") { stage in
            let statuses: [RequestPicture.Status] = [.init("martlet/x", .pending, "wait")]
            _ = try await stage.client().show(stage.picture(statuses: statuses), using: stage.tools)
            let order: JSON = [["path": "/repository/commits/", "status": 200, "body": "[]"]]
            try await stage.control("faults", order)
            _ = try await stage.client().show(stage.picture(statuses: statuses), using: stage.tools)
            #expect(try await stage.state("statuses").count == 1)
        }
    }
}
