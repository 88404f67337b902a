import ControlLoop
import Domain
import Git
import Manifests
import TestSupport
import Testing

/// What the server lets in of requests.
struct RequestPushTests {
    @Test func `a request may propose anything, but not lie in its trailers`() async throws {
        try await withRequests { stage in
            let version = try stage.push(score: 0.9)
            let honest = try stage.propose(["gates/g.yaml": "spec: {}\n"])
            #expect(try await objections(stage, "refs/heads/promote/production/tumor", honest) == [])
            let liar = try stage.propose(
                [:], message: "x\n\nMartlet-Action: lift\nMartlet-Environment: dev\nMartlet-Lifts: tumor@\(version)")
            let words = try await objections(stage, "refs/heads/promote/production/tumor", liar)
            #expect(words.count == 1)
            #expect(words.first?.contains("Martlet-Lifts") == true)
            #expect(try await objections(stage, "refs/heads/promote/production/tumor", nil) == [])
        }
    }

    @Test(arguments: [
        "x\r\n\r\nMartlet-Action: hold\r\nMartlet-Environment: dev\r\n",
        "x\n\nMartlet-Approved:\u{200D} bob@example.com 1\n",
        "x\n\nMartlet-Approved: bob@example.com 1\n---\n\nthe end\n", "x\n\nmartlet-approved: bob@example.com 1\n",
    ])
    func `what only Git reads as a trailer comes neither with a request nor onto the branch`(_ message: String)
        async throws
    {
        try await withRequests { stage in
            let tip = try stage.tip(), arguments = ["commit-tree", "\(tip)^{tree}", "-p", "\(tip)"]
            let commit = try id(git(arguments, in: stage.repository.origin, input: message))
            for name in ["promote/production/tumor", "main"] {
                let words = try await objections(stage, "refs/heads/\(name)", commit, from: tip)
                #expect(words.count == 1 && words[0].contains("which Git reads as a trailer"), "\(name): \(words)")
            }
        }
    }

    @Test func `Martlet's own proposals and merges are let in, a merge that names another request is not`() async throws
    {
        try await withRequests { stage in
            try stage.push(score: 0.9)
            try await stage.settle()
            let head = try #require(stage.head())
            #expect(try await objections(stage, "refs/heads/promote/production/tumor", head) == [])
            let before = try stage.tip()
            try await stage.wait(.seconds(3601), step: .seconds(3601))
            let merge = try stage.tip()
            #expect(try await objections(stage, "refs/heads/main", merge, from: before) == [])
            let message = try stage.message().replacing("\(head)", with: "\(before)")
            let forged = try id(
                git(
                    "commit-tree", "\(merge)^{tree}", "-p", "\(before)", "-p", "\(head)", in: stage.repository.origin,
                    input: message))
            let words = try await objections(stage, "refs/heads/main", forged, from: before)
            #expect(words.first?.contains("none of its parents") == true, "\(words)")
        }
    }

    @Test func `names that would be in the way of requests, records or notes are kept out, and may go`() async throws {
        try await withRequests(models: ["tumor", "team/a"]) { stage in
            let tip = try stage.tip()
            let bad = [
                "refs/heads/promote", "refs/heads/promote/production", "refs/heads/promote/production/tumor/x",
                "refs/heads/promote/production/team", "refs/notes/martlet/x", "refs/martlet", "refs/martlet/status/x",
            ]
            for name in bad {
                let words = try await objections(stage, name, tip)
                #expect(words.count == 1 && words[0].hasPrefix("\(name) would be in the way of "), "\(name): \(words)")
                #expect(try await objections(stage, name, nil, from: tip) == [])
            }
            let good = [
                "refs/heads/promote/production/tumor", "refs/heads/promote/production/team/a", "refs/heads/promoted",
                "refs/heads/promote/nowhere", "refs/heads/promote/production/new", "refs/notes/martlet",
                "refs/notes/martlet-other",
            ]
            for name in good { #expect(try await objections(stage, name, tip) == [], "\(name)") }
        }
    }

    private func objections(_ stage: Stage, _ name: String, _ new: ObjectID?, from old: ObjectID? = nil) async throws
        -> [String]
    {
        let surroundings = stage.surroundings
        let validation = Validation(
            language: YAMLManifests(), checks: surroundings.checks, targets: surroundings.targets,
            probes: surroundings.probes, references: { _, _ in [] })
        let pushGuard = PushGuard(language: YAMLManifests(), validation: validation, branch: "main")
        return try await stage.store.read {
            try pushGuard.objections(to: [ReferenceUpdate(name, from: old, to: new)], $0)
        }
    }
}
