import Domain
import TestSupport
import Testing

@testable import Forges

struct GitLabTests {
    private func approvals(_ config: [String: JSON], pushAfter: Bool) async throws -> [String] {
        var found: [String] = []
        try await withForge("gitlab", config: config) { stage in
            _ = try await stage.client().show(stage.presentation(), using: stage.tools)
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
                let statuses: [RequestPresentation.Status] = [
                    .init("martlet/x", .pending, words), .init("martlet", .pending, words),
                ]
                _ = try await stage.client().show(stage.presentation(statuses: statuses), using: stage.tools)
            }
            let done: [RequestPresentation.Status] = [.init("martlet/x", .success, "open")]
            _ = try await stage.client().show(stage.presentation(statuses: done), using: stage.tools)
            #expect(try await stage.state("statuses").map { $0["state"] } == ["pending", "pending", "success"])
        }
    }

    private func pipelines(_ stage: ForgeStage) async throws -> [Int?] {
        try await stage.state("statuses").map { $0["pipeline"]?.int }
    }

    /// "Pipelines must succeed" looks at the pipeline of the merge request, which one of the branch is not.
    @Test(arguments: [true, false]) func `a status goes into the pipeline that the merge request waits for`(
        isLookedFor: Bool
    ) async throws {
        try await withForge("gitlab") { stage in
            let client = try stage.client()
            var presentation = try stage.presentation()
            _ = try await client.show(presentation, using: stage.tools)
            // GitLab made one of the branch for it.
            let first = try #require(try await pipelines(stage).first ?? nil)
            try await stage.control("pipelines", ["id": 700, "kind": "head"])
            try await stage.control("pipelines", ["id": 701, "kind": "branch"])
            presentation.statuses = [.init("martlet/production", .success, "open")]
            if isLookedFor {
                presentation.pipeline = try await client.look(for: ForgeStage.query, using: stage.tools).first?.pipeline
                #expect(presentation.pipeline?.number == 700 && presentation.pipeline?.commit == presentation.head)
            }
            for _ in 0..<2 { _ = try await stage.client().show(presentation, using: stage.tools) }
            #expect(try await pipelines(stage) == [first, 700])
        }
    }

    @Test(arguments: [true, false]) func `a pipeline of merged results gets the status on its own commit`(
        isLookedFor: Bool
    ) async throws {
        try await withForge("gitlab") { stage in
            let client = try stage.client()
            var presentation = try stage.presentation()
            _ = try await client.show(presentation, using: stage.tools)
            try await stage.control("pipelines", ["id": 800, "kind": "head"])
            let merge = try await stage.control("pipelines", ["id": 900, "kind": "merge"])["sha"]
            // Those of merge trains merge several.
            if isLookedFor {
                try await stage.control("pipelines", ["id": 950, "kind": "train"])
                presentation.pipeline = try await client.look(for: ForgeStage.query, using: stage.tools).first?.pipeline
                #expect(presentation.pipeline?.number == 900)
            }
            for _ in 0..<2 { _ = try await stage.client().show(presentation, using: stage.tools) }
            let added = try await stage.state("statuses").dropFirst()
            #expect(added.map { $0["sha"] } == [merge] && added.map { $0["pipeline"] } == [900])
            #expect(merge?.string != presentation.head.description)
        }
    }

    @Test func `what the head was before has pipelines that say nothing of it`() async throws {
        try await withForge("gitlab") { stage in
            let client = try stage.client()
            _ = try await client.show(stage.presentation(), using: stage.tools)
            for (number, kind) in [(800, "head"), (900, "merge")] {
                try await stage.control("pipelines", ["id": .int(number), "kind": .string(kind)])
            }
            #expect(try await client.look(for: ForgeStage.query, using: stage.tools).first?.pipeline?.number == 900)
            _ = try stage.push("version: 3\n")
            #expect(try await client.look(for: ForgeStage.query, using: stage.tools).first?.pipeline == nil)
            _ = try await client.show(stage.presentation(), using: stage.tools)
            let shown = try await stage.state("statuses").last
            #expect(try shown?["sha"]?.string == stage.head.description && ![800, 900].contains(shown?["pipeline"]))
        }
    }

    @Test(arguments: [900, 901]) func `a pipeline that takes no status leaves it to the commit`(number: Int)
        async throws
    {
        try await withForge("gitlab", config: ["locked": [900]]) { stage in
            var presentation = try stage.presentation()
            presentation.page = nil
            try await stage.control(
                "requests", ["branch": .string(ForgeStage.branch), "base": "main", "title": "Promote"])
            if number == 900 { try await stage.control("pipelines", ["id": 900, "kind": "head"]) }
            presentation.pipeline = .init(
                number: number, commit: presentation.head, reference: "refs/merge-requests/1/head")
            do {
                _ = try await stage.client().show(presentation, using: stage.tools)
                #expect(number == 901, "one that is gone is no news")
            } catch let failure as ForgeFailure {
                #expect(number == 900 && failure.reason == .forbidden)
            }
            let shown = try await stage.state("statuses")
            #expect(shown.count == 1 && ![900, 901].contains(shown[0]["pipeline"]?.int))
            #expect(shown[0]["sha"]?.string == presentation.head.description)
        }
    }

    @Test func `a project without CI gets its statuses all the same`() async throws {
        try await withForge("gitlab", config: ["no_ci": true]) { stage in
            let client = try stage.client()
            _ = try await client.show(stage.presentation(), using: stage.tools)
            #expect(try await client.look(for: ForgeStage.query, using: stage.tools).first?.pipeline == nil)
            #expect(try await stage.state("statuses").count == 1)
        }
    }

    @Test func `that somebody may not merge says nothing of the token`() async throws {
        try await withForge("gitlab") { stage in
            _ = try await stage.client().show(stage.presentation(), using: stage.tools)
            try await stage.control(
                "faults", [["path": "/1/merge", "status": 401, "body": "{\"message\": \"401 Unauthorized\"}"]])
            let error = await #expect(throws: ForgeFailure.self) {
                try await stage.client().show(
                    stage.presentation(.merge(title: "Promote", message: "")), using: stage.tools)
            }
            #expect(error?.reason == .unmergeable, "\(error!)")
        }
    }

    @Test func `who asks for changes objects`() async throws {
        try await withForge("gitlab") { stage in
            _ = try await stage.client().show(stage.presentation(), using: stage.tools)
            try await stage.control("reviews", ["person": "cleo", "state": "requested_changes"])
            let request = try await stage.client().look(for: ForgeStage.query, using: stage.tools).first
            #expect(try request?.objections.map(\.person) == ["cleo"] && request?.approvals(of: stage.head) == [])
        }
    }

    @Test func `pages come by a header of GitLab's own, too`() async throws {
        try await withForge("gitlab", config: ["page": 1, "no_link": true]) { stage in
            _ = try await stage.client().show(stage.presentation(), using: stage.tools)
            try await stage.control("comments", ["author": "anna", "body": "Nice"])
            try await stage.control("comments", ["author": "anna", "body": "Very nice"])
            _ = try await stage.client().show(stage.presentation(title: "Other"), using: stage.tools)
            #expect(try await stage.state("comments").count == 3)
        }
    }

    @Test func `a state that GitLab has already is no failure`() async throws {
        try await withForge("gitlab") { stage in
            let statuses: [RequestPresentation.Status] = [.init("martlet/x", .pending, "wait")]
            _ = try await stage.client().show(stage.presentation(statuses: statuses), using: stage.tools)
            let order: JSON = [["path": "/repository/commits/", "status": 200, "body": "[]"]]
            try await stage.control("faults", order)
            _ = try await stage.client().show(stage.presentation(statuses: statuses), using: stage.tools)
            #expect(try await stage.state("statuses").count == 1)
        }
    }
}
