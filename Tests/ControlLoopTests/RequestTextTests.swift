import ControlLoop
import Domain
import TestSupport
import Testing

/// Texts of others in requests: names, paths and reasons look like nothing else, and fill no record.
struct RequestTextTests {
    @Test func `thousands of tags and an endless name leave a record that can be read, and a short one`() async throws {
        var dev = EnvironmentText.dev
        dev.gate = false
        try await withStage([dev, Stage.requested], gate: "  approvals: {count: 1}") { stage in
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            let origin = stage.repository.origin
            try stage.pull()
            let tree = try stage.onSide {
                try stage.repository.commit(
                    ["environments/production/tumor.yaml": stage.pinned(version)], message: "please", push: false)
                try stage.repository.git("push", "--quiet", "origin", "HEAD:refs/heads/side")
                return try stage.repository.git("rev-parse", "HEAD^{tree}")
            }
            let author = String(repeating: "A", count: 300_000) + " \u{1B}[31m <eve@example.com> 1772445600 +0000"
            let text = "tree \(tree)\nparent \(try stage.tip())\nauthor \(author)\ncommitter \(author)\n\nplease\n"
            let head = try git("hash-object", "-t", "commit", "-w", "--stdin", in: origin, input: text)
            try git("update-ref", "refs/heads/promote/production/tumor", head, in: origin)
            let tags = (0..<3000).map {
                "create refs/tags/approve/production/tumor/\(String(repeating: "a", count: 150))\($0) \(head)\n"
            }
            try git("update-ref", "--stdin", in: origin, input: tags.joined())
            try await stage.settle()
            let status = try stage.request()
            #expect(status.state == .open && status.head.description == head)
            #expect(status.author.count == 201 && !status.author.contains("\u{1B}"))
            let reason = try #require(status.blockers.first { $0.kind == .approval }?.reason)
            #expect(reason.hasSuffix(" more do not count") && reason.utf8.count < 4000, "\(reason)")
            let record = try stage.tip("refs/martlet/requests")
            stage.restart()
            try await stage.settle()
            #expect(try stage.tip("refs/martlet/requests") == record)
            let size = try git("cat-file", "-s", "refs/martlet/requests:production/tumor.json", in: origin)
            #expect(try #require(Int(size)) < 10_000)
        }
    }

    @Test func `a path with line ends and control characters stays on one line of the log, the record and the notes`()
        async throws
    {
        try await withRequests { stage in
            try stage.push(score: 0.9)
            let path = "environments/production/a\n→ Promote tumor 0000000 to production\n\u{1B}[31m→ production"
            let head = try stage.propose([path: "x"], message: "please")
            try await stage.settle()
            let status = try stage.request()
            #expect(status.state == .refused)
            #expect(status.reason.hasPrefix("it adds environments/production/a → Promote"), "\(status.reason)")
            let texts = [
                stage.told.joined(), try stage.note(on: head), try stage.message("refs/martlet/requests"),
                status.reason,
            ]
            for text in texts { #expect(!text.contains("\n→") && !text.contains("\u{1B}"), "\(text)") }
            let verdict = try await Controller(stage.surroundings, branch: "main").explain(merging: head)
            #expect(verdict.objections.allSatisfy { !$0.contains("\n") && !$0.contains("\u{1B}") })
            let unit = Unit(environment: "production", model: "tumor")
            _ = try await stage.another().closeByHand(unit, reason: "no\n→ Promote tumor\u{1B}[0m")
            #expect(try stage.request().reason == "no → Promote tumor [0m")
        }
    }

    @Test func `a name with control characters reaches no commit of Martlet's`() async throws {
        try await withRequests(gate: "") { stage in
            try stage.answer("dev", "* inconclusive\n")
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            let plain = try stage.proposePin(version)
            let text = try git("cat-file", "commit", "\(plain)", in: stage.repository.origin)
            let head = try git(
                "hash-object", "-t", "commit", "-w", "--stdin", in: stage.repository.origin,
                input: text.replacing("author Ada", with: "author Ev\u{1B}[31mil") + "\n")
            try git("update-ref", "refs/heads/promote/production/tumor", head, in: stage.repository.origin)
            try await stage.settle()
            try stage.answer("dev", "")
            try await stage.wait(.seconds(5))
            #expect(try stage.pin("production") == version)
            let message = try stage.message()
            #expect(message.contains("proposed by Ev [31mil <"), "\(message)")
        }
    }
}
