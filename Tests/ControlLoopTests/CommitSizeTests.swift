import ControlLoop
import Domain
import Git
import TestSupport
import Testing

/// Commits and tags of which a few bytes were pushed, and a great many come out.
struct CommitSizeTests {
    /// Commits of these sizes, each on the one before, as the request.
    private func propose(_ sizes: [Int], _ stage: Stage) throws -> ObjectID {
        let origin = stage.repository.origin
        var head = try stage.tip()
        for size in sizes {
            let message = "x\n\n" + String(repeating: "A", count: size)
            head = try id(git(["commit-tree", "\(head)^{tree}", "-p", "\(head)"], in: origin, input: message))
        }
        try git("update-ref", "refs/heads/promote/production/tumor", "\(head)", in: origin)
        return head
    }

    @Test(arguments: [
        ([2 << 20], "is too large: it has 2097"), ([2 << 20, 1], "is too large: it has 2097"),
        ([70 << 20], "is too large: it has 734"),
        (Array(repeating: 1_000_000, count: 9), "its commits are too large: all together may have 8388608 bytes"),
    ])
    func `a request is refused for them, and stops nothing else`(_ sizes: [Int], words: String) async throws {
        try await withRequests(models: ["tumor", "other"]) { stage in
            let head = try propose(sizes, stage)
            let version = try stage.push("other", score: 0.9)
            try await stage.settle()
            let status = try stage.request()
            #expect(status.state == .refused && status.reason.contains(words), "\(status.reason)")
            #expect(status.head == head)
            #expect(try stage.pin("dev", "other") == version)
            let update = ReferenceUpdate("refs/heads/promote/production/tumor", from: nil, to: head)
            let guardian = PushGuard(
                language: stage.surroundings.language, validation: stage.surroundings.validation, branch: "main")
            let refusal = try await guardian.objections(to: [update], in: stage.store)
            #expect(refusal.count == 1 && refusal[0].contains(words), "\(refusal)")
            var options = Controller.Options()
            options.isDryRun = true
            let judge = Controller(stage.surroundings, branch: "main", options: options)
            let verdict = try await judge.explain(merging: head)
            #expect(verdict.objections.count == 1 && verdict.objections[0].contains(words), "\(verdict.objections)")
        }
    }

    @Test func `the list of requests shows one that cannot be read, and the others`() async throws {
        try await withRequests(models: ["tumor", "other"]) { stage in
            let version = try stage.push("other", score: 0.9)
            _ = try propose([70 << 20], stage)
            try stage.proposePin(version, of: "other")
            let list = try await RequestList.read(stage.store, stage.surroundings.language, branch: "main").requests
            #expect(list.map(\.reason) == ["not judged yet", "its head cannot be read"])
        }
    }

    @Test func `where the branch's own tip is such a one, that is said, and what runs is still known`() async throws {
        try await withStage([.dev]) { stage in
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            let origin = stage.repository.origin, before = try stage.tip()
            let message = String(repeating: "A", count: 70 << 20)
            let huge = try git(["commit-tree", "\(before)^{tree}", "-p", "\(before)"], in: origin, input: message)
            try git("update-ref", "refs/heads/main", huge, in: origin)
            for _ in 0..<2 {
                let error = await #expect(throws: GitError.self) { try await stage.controller.pass() }
                #expect(error?.description.contains("are allowed") == true, "\(String(describing: error))")
            }
            let known = await stage.controller.currentSnapshot
            #expect(known?.revision == before)
            #expect(known?.deployment(of: "tumor", in: "dev")?.value.pin?.revision == version)
            try git("update-ref", "refs/heads/main", "\(before)", in: origin)
            let next = try stage.push(score: 0.95)
            try await stage.settle()
            #expect(try stage.pin("dev") == next)
        }
    }
}
