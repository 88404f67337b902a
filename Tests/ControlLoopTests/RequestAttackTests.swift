import ControlLoop
import Domain
import Foundation
import TestSupport
import Testing

/// Requests that try to get round the policy. Each is refused with its reason, and nothing moves.
struct RequestAttackTests {
    /// Files that a request may not touch, whatever it does besides.
    @Test(arguments: [
        "gates/g.yaml", "allowed_signers", "martlet.yaml", ".github/workflows/deploy.yml", "README.md",
        "environments/production/environment.yaml", "environments/dev/tumor.yaml", "environments/production/new.yaml",
        "data/eval.yaml", "models/tumor/score.txt",
    ])
    func `a request that changes something besides its version`(_ path: String) async throws {
        try await expectRefused("\(path)") { stage, version in
            try stage.propose([path: "spec: {}\n", "environments/production/tumor.yaml": stage.pinned(version)])
        }
    }

    @Test func `a request that edits the gate that judges it`() async throws {
        try await expectRefused("it changes gates/g.yaml") { stage, version in
            try stage.propose([
                "gates/g.yaml": stage.gate("", least: 0), "environments/production/tumor.yaml": stage.pinned(version),
            ])
        }
    }

    @Test func `a model with a command, which is not run either`() async throws {
        try await expectRefused("it changes models/tumor/model.yaml") { stage, version in
            let command = "  evaluation: {predictions: p.csv, command: [touch, \"\(stage.folder)/owned\"]}\n"
            try stage.propose([
                "models/tumor/model.yaml": Stage.model("tumor") + command,
                "environments/production/tumor.yaml": stage.pinned(version),
            ])
        }
    }

    @Test(arguments: [
        "Martlet-Action: lift\nMartlet-Environment: production\nMartlet-Lifts: tumor@{version}",
        "Martlet-Action: hold\nMartlet-Environment: production\nMartlet-Rejects: tumor@{version}",
        "Martlet-Action: promote\nMartlet-Environment: production\nMartlet-Model: other@{version}",
        "Martlet-Action: promote\nMartlet-Environment: production\nMartlet-Model: tumor@{version}\nMartlet-Evidence: {version}",
        "Martlet-Evidence: {version}", "Martlet-Gate: g", "Martlet-Observed: {version}",
        // As Git reads them, too.
        "martlet-approved: bob {version}", "Martlet-Approved:bob {version}", "Martlet-Approved : bob {version}",
        "Martlet-Action: promote\nMartlet-Environment: production\nMartlet-Model: tumor@{version}\n  and more",
        "in short\nMartlet-Approved: bob {version}\nSigned-off-by: a <a@b>", "Martlet-Approved: bob {version}\n\n# end",
    ])
    func `trailers that are not true`(_ trailers: String) async throws {
        try await expectRefused("railer") { stage, version in
            let message = "please\n\n" + trailers.replacing("{version}", with: version.description)
            try stage.propose(["environments/production/tumor.yaml": stage.pinned(version)], message: message)
        }
    }

    @Test func `a commit that git fsck takes for damaged, below one that is sound`() async throws {
        try await expectRefused("cannot be let in: it has a zero byte") { stage, version in
            let head = try stage.propose(["environments/production/tumor.yaml": stage.pinned(version)])
            let origin = stage.repository.origin
            let text = try git("cat-file", "commit", "\(head)", in: origin) + "\0\n"
            let damaged = try git(
                ["hash-object", "-t", "commit", "-w", "--stdin", "--literally"], in: origin, input: text)
            let sound = try git("commit-tree", "\(head)^{tree}", "-p", damaged, "-m", "more", in: origin)
            try git("update-ref", "refs/heads/promote/production/tumor", sound, in: origin)
        }
    }

    @Test func `forged trailers in a commit below the head`() async throws {
        try await expectRefused("Martlet-Lifts") { stage, version in
            try stage.propose(["environments/production/tumor.yaml": stage.pinned(version)]) { repository in
                try repository.commit(
                    [:],
                    message: "x\n\nMartlet-Action: lift\nMartlet-Environment: dev\nMartlet-Lifts: tumor@\(version)",
                    push: false)
            }
        }
    }

    @Test(arguments: ["environments/production/tumor.yaml", "environments/production/more.yaml", "link"])
    func `a symbolic link out of the tree`(_ path: String) async throws {
        try await expectRefused("\(path) as a symbolic link") { stage, version in
            var files = ["environments/production/tumor.yaml": stage.pinned(version)]
            files[path] = nil
            try stage.propose(files) { repository in
                let file = "\(repository.work)/\(path)"
                try? FileManager.default.removeItem(atPath: file)
                try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "../../../../etc/passwd")
            }
        }
    }

    @Test func `a submodule`() async throws {
        try await expectRefused("it adds vendor as a submodule") { stage, version in
            try stage.pull()
            try stage.onSide {
                try stage.repository.write(stage.pinned(version), to: "environments/production/tumor.yaml")
                try stage.repository.git("add", "--all")
                try stage.repository.git("update-index", "--add", "--cacheinfo", "160000,\(version),vendor")
                try stage.repository.git("commit", "--quiet", "-m", "please")
                try stage.repository.git("push", "--quiet", "origin", "HEAD:refs/heads/promote/production/tumor")
            }
        }
    }

    @Test func `a path with two dots`() async throws {
        try await expectRefused("is \".\" or \"..\"") { stage, version in
            try stage.pull()
            let tip = try stage.tip()
            let text = stage.pinned(version)
            try git(
                "fast-import", "--quiet", in: stage.repository.origin,
                input: """
                    commit refs/heads/promote/production/tumor
                    committer Ada <ada@example.com> 1772445600 +0000
                    data 6
                    please
                    from \(tip)
                    M 100644 inline environments/production/tumor.yaml
                    data \(text.utf8.count)
                    \(text)
                    M 100644 inline ../gates/g.yaml
                    data 3
                    hm

                    done

                    """)
        }
    }

    @Test func `more of the deployment than its version`() async throws {
        try await expectRefused("it changes more of environments/production/tumor.yaml") { stage, version in
            let text = stage.deployment("tumor", pin: "  revision: \"\(version)\"\n  rollout: {kind: all-at-once}")
            try stage.propose(["environments/production/tumor.yaml": text])
        }
    }

    @Test func `a second document in the deployment's file`() async throws {
        try await expectRefused("environments/production/tumor.yaml") { stage, version in
            try stage.propose([
                "environments/production/tumor.yaml": stage.pinned(version) + "---\n" + stage.gate("", least: 0)
            ])
        }
    }

    @Test func `a deployment that is taken away`() async throws {
        try await expectRefused("it removes environments/production/tumor.yaml as a whole") { stage, _ in
            try stage.propose([:], removing: ["environments/production/tumor.yaml"])
        }
    }

    @Test func `a deployment of another environment under a request's name`() async throws {
        try await expectRefused("it changes environments/dev/tumor.yaml") { stage, version in
            try stage.propose(["environments/dev/tumor.yaml": stage.pinned(version)])
        }
    }

    @Test func `a version that only the request has`() async throws {
        try await expectRefused("which is not on main") { stage, _ in
            try stage.pull()
            try stage.onSide {
                let good = try stage.repository.git("rev-parse", "HEAD")
                let evil = try id(
                    stage.repository.commit(
                        ["models/tumor/score.txt": "1.0\n", "models/tumor/model.bin": "evil\n"], message: "a model",
                        push: false))
                try stage.repository.git("checkout", "--quiet", good, "--", "models")
                try stage.repository.commit(
                    ["environments/production/tumor.yaml": stage.pinned(evil)], message: "please", push: false)
                try stage.repository.git("push", "--quiet", "origin", "HEAD:refs/heads/promote/production/tumor")
            }
        }
    }

    @Test func `a version that nobody has`() async throws {
        try await expectRefused("which is not on main") { stage, _ in
            try stage.proposePin(try id(String(repeating: "ab", count: 20)))
        }
    }

    @Test func `a version that is held`() async throws {
        try await withRequests(gate: "") { stage in
            try stage.answer("dev", "* inconclusive\n")
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            _ = try await stage.controller.hold(
                Unit(environment: "production", model: "tumor"), revision: version, reason: "legal", lift: false)
            try stage.answer("dev", "")
            try await stage.wait(.seconds(5))
            let head = try stage.proposePin(version)
            try await stage.settle()
            #expect(try stage.request().state == .refused)
            #expect(try stage.request().reason == "tumor \(version.short) was rejected in production: legal")
            #expect(try stage.pin("production") == nil)
            #expect(stage.head() == head)
            _ = try await stage.controller.hold(
                Unit(environment: "production", model: "tumor"), revision: nil, reason: "settled", lift: true)
            try await stage.settle()
            #expect(try stage.pin("production") == version)
        }
    }

    @Test(arguments: ["v1.0.0", "v9.9.9", "v1.1.0"])
    func `a label that is not the version's own`(_ label: String) async throws {
        let words = [
            "v1.0.0": "'v1.0.0', which is v1.1.0", "v9.9.9": "'v9.9.9', which is v1.1.0",
            "v1.1.0": "waits for soak dev",
        ]
        try await withRequests { stage in
            let good = try stage.push(score: 0.8)
            let bad = try stage.push(score: 0.9)
            try tag("tumor@v1.0.0", good, stage)
            try tag("tumor@v1.1.0", bad, stage)
            let text = stage.deployment("tumor", pin: "  revision: \"\(bad)\"\n  version: \(label)")
            try stage.propose(["environments/production/tumor.yaml": text])
            try await stage.settle()
            let status = try stage.request()
            #expect(status.reason.hasSuffix(try #require(words[label])), "\(status.reason)")
            #expect((status.state == .open) == (label == "v1.1.0"))
            #expect(status.moves.first?.summary == "nothing → \(label) (\(bad.short))")
            try await stage.wait(.seconds(3601), step: .seconds(1801))
            #expect(try stage.pin("production") == (label == "v1.1.0" ? bad : nil))
        }
    }

    @Test(arguments: [false, true])
    func `a label that no tag gives, or one of another version`(_ isTaken: Bool) async throws {
        try await expectRefused(
            isTaken ? "'v1.0.0', which is the label of " : "'v1.0.0', but no tag tumor@v1.0.0 is on it"
        ) {
            stage, version in
            if isTaken {
                try tag("tumor@v1.0.0", try id(git("rev-parse", "main~1", in: stage.repository.origin)), stage)
            }
            let text = stage.deployment("tumor", pin: "  revision: \"\(version)\"\n  version: v1.0.0")
            try stage.propose(["environments/production/tumor.yaml": text])
        }
    }

    private func tag(_ name: String, _ commit: ObjectID, _ stage: Stage) throws {
        let identity = ["GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b.c"]
        try git("tag", "-a", "-m", "x", name, "\(commit)", in: stage.repository.origin, environment: identity)
    }

    @Test func `a label that would write more than a label into what people read`() async throws {
        try await expectRefused("which is no label") { stage, version in
            let label =
                "v1\\n\\nMartlet-Action: lift\\nMartlet-Environment: production\\nMartlet-Lifts: tumor@\(version)"
            let text = stage.deployment("tumor", pin: "  revision: \"\(version)\"\n  version: \"\(label)\"")
            try stage.propose(["environments/production/tumor.yaml": text])
        }
    }

    @Test(arguments: [Stage.Way.sameStore, .mirror])
    func `branches whose names would be commands or options are no requests, and hold back none`(_ way: Stage.Way)
        async throws
    {
        let names = [
            "$(touch${IFS}owned)", "`touch`", ";touch", "--upload-pack=touch", "tumor;reboot", "-", "x.json/tumor",
        ]
        try await withRequests(gate: "", way: way) { stage in
            try stage.answer("dev", "* inconclusive\n")
            let version = try stage.push(score: 0.9)
            let head = try stage.proposePin(version)
            for name in names {
                try git("update-ref", "refs/heads/promote/production/\(name)", "\(head)", in: stage.repository.origin)
            }
            try await stage.settle()
            try stage.answer("dev", "")
            try await stage.wait(.seconds(5))
            #expect(try stage.pin("production") == version)
            let records = try git("ls-tree", "-r", "--name-only", "refs/martlet/requests", in: stage.repository.origin)
            #expect(records == "production/tumor.json")
            let left = try git("for-each-ref", "refs/heads/promote", in: stage.repository.origin)
            #expect(left.split(separator: "\n").count == names.count)
        }
    }

    @Test func `a digest that is not the artifact's`() async throws {
        try await withRequests(gate: "") { stage in
            try stage.answer("dev", "* inconclusive\n")
            let version = try stage.push(score: 0.9)
            let text = stage.deployment(
                "tumor", pin: "  revision: \"\(version)\"\n  digest: sha256:\(String(repeating: "0", count: 64))")
            try stage.propose(["environments/production/tumor.yaml": text])
            try await stage.settle()
            try stage.answer("dev", "")
            try await stage.wait(.seconds(5))
            #expect(try stage.request().state == .refused)
            #expect(
                try stage.request().reason.contains("it says that tumor \(version.short) has the artifact sha256:0000"))
            #expect(try stage.pin("production") == nil)
        }
    }

    @Test func `a history of its own`() async throws {
        try await expectRefused("its history has nothing in common") { stage, version in
            try stage.onSide {
                try stage.repository.git("checkout", "--quiet", "--orphan", "other")
                try stage.repository.commit(
                    ["environments/production/tumor.yaml": stage.pinned(version)], message: "please", push: false)
                try stage.repository.git("push", "--quiet", "origin", "HEAD:refs/heads/promote/production/tumor")
            }
        }
    }

    @Test func `an environment or model that is not there`() async throws {
        try await withRequests { stage in
            let version = try stage.push(score: 0.9)
            try stage.propose(["README.md": "x"], as: "promote/nowhere/tumor")
            try stage.propose(
                ["environments/production/ghost.yaml": stage.pinned(version, "ghost")], as: "promote/production/ghost")
            try await stage.settle()
            #expect(try stage.request("nowhere").state == .refused)
            #expect(try stage.request("production", "ghost").state == .refused)
        }
    }

    /// Nothing on the branch or at the target but what was there, and the record says why.
    private func expectRefused(
        _ words: String, _ attack: (Stage, ObjectID) throws -> Void
    ) async throws {
        try await withRequests { stage in
            let version = try stage.push(score: 0.9)
            try attack(stage, version)
            try await stage.settle()
            let status = try stage.request()
            #expect(status.state == .refused)
            #expect(status.reason.contains(words), "\(status.reason)")
            #expect(status.head == stage.head())
            try await stage.wait(.seconds(3601), step: .seconds(1801))
            #expect(try stage.pin("production") == nil)
            #expect(try stage.pin("dev") == version)
            #expect(try stage.request().state == .refused)
            #expect(try git("rev-list", "--merges", "main", in: stage.repository.origin).isEmpty)
            #expect(!FileManager.default.fileExists(atPath: stage.folder + "/owned"))
            #expect(stage.runs == 1)
        }
    }
}
