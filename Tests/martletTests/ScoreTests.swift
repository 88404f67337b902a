import Domain
import Foundation
import TestSupport
import Testing

@testable import martlet

/// `martlet score` as people use it.
struct ScoreTests {
    private func rows(_ json: [String: Any]) throws -> [String: [String: Any]] {
        let sections = try #require(json["sections"] as? [String: [String: Any]])
        let tests = sections.values.flatMap { $0["tests"] as? [[String: Any]] ?? [] }
        return Dictionary(uniqueKeysWithValues: tests.compactMap { row in (row["check"] as? String).map { ($0, row) } })
    }

    @Test func `the scorecard has 28 tests, two numbers and the paper's words`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            let json = try house.json(["score", "tumor", "--output", "json"])
            #expect(json["environment"] as? String == "dev")
            #expect(json["score"] as? Double == 0)
            #expect((json["interpretation"] as? String)?.contains("research project") == true)
            let rows = try rows(json)
            #expect(rows.count == 28)
            #expect(rows["infra.quality-gate"]?["points"] as? Double == 1, "the gate's own settings are taken")
            #expect(rows["infra.quality-gate"]?["verdict"] as? String == "pass")
            #expect(rows["model.hyperparameters-tuned"]?["verdict"] as? String == "skipped")
            let text = try house.martlet(["score", "tumor"])
            #expect(text.code == 0)
            #expect(text.output.contains("ML Test Score 0 of 7"))
            #expect(text.output.split(separator: "\n").count { $0.contains(#/^  [DMIO][1-7]  /#) } == 28)
            let page = try house.martlet(["score", "tumor", "--markdown"])
            #expect(page.output.split(separator: "\n").count { $0.contains(#/^\| [DMIO][1-7] /#) } == 28)
        }
    }

    @Test func `the version that runs is judged as that, whatever came onto the branch since`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 8)
            try house.reconcile()
            let version = try house.push(right: 9)
            try house.reconcile()
            try house.pull()
            let text = try house.martlet(["score", "tumor"])
            #expect(text.output.hasPrefix("tumor \(version.prefix(7)) for dev: "), "\(text)")
            let drill = try house.martlet(["check", "tumor", "--environment", "dev", "--only", "infra.rollback"])
            #expect(drill.code == 0 && !drill.output.contains("does not name the revision"), "\(drill)")
        }
    }

    @Test func `a gate's least score is answered by the exit status, and why says what would raise it`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.commit(["gates/g.yaml": House.gate() + "  score: {least: 1}\n"])
            try house.push(right: 9)
            #expect(try house.martlet(["score", "tumor"]).code == 1)
            try house.reconcile()
            #expect(try house.pin("dev") == nil)
            let why = try house.martlet(["why", "tumor", "dev", "-C", house.origin])
            #expect(why.output.contains("blocked by score ML Test Score: 0 passes"))
            #expect(why.output.contains("unblocked by: 1 more of Data: data.schema"))
            let json = try house.json(["why", "tumor", "dev", "-C", house.origin, "--output", "json"])
            #expect((json["scorecard"] as? [String: Any])?["passing"] as? Double == 0)
            #expect(try house.martlet(["score", "tumor", "-C", house.origin]).code == 1)
            #expect(try house.martlet(["score", "nothing"]).code == 2)
            #expect(try house.martlet(["score", "tumor@nonsense"]).code == 2)
            #expect(try house.martlet(["score", "tumor", "--environment", "nowhere"]).code == 2)
        }
    }

    @Test func `evidence by hand counts half a point once an allowed signer's commit brings it`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            let key = house.folder + "/key"
            #expect(
                try spawn(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], environment: House.variables).code
                    == 0)
            let signer = try "grace@example.com " + String(contentsOfFile: key + ".pub", encoding: .utf8)
            let evidence = """
                apiVersion: martlet.dev/v1
                kind: Evidence
                metadata: {name: tuning}
                spec:
                  check: model.hyperparameters-tuned
                  model: tumor
                  author: grace@example.com
                  date: 2026-01-05
                  expires: 2999-01-01
                  text: Tried three rates by hand.
                  distributedTo: [team]

                """
            try house.commit(["allowed_signers": signer, "evidence/tuning.yaml": evidence], "unsigned")
            #expect(try house.martlet(["validate"]).code == 0)
            func row() throws -> [String: Any]? {
                try rows(house.json(["score", "tumor", "--output", "json"]))["model.hyperparameters-tuned"]
            }
            #expect(try row()?["points"] as? Double == 0)
            #expect((try row()?["remedy"] as? String)?.contains("not signed by anyone in allowed_signers") == true)
            try house.write(evidence + "  result: pass\n", to: "evidence/tuning.yaml")
            try git(
                "-c", "gpg.format=ssh", "-c", "user.signingKey=\(key)", "commit", "--quiet", "-S", "-a", "-m", "Signed",
                in: house.work)
            #expect(try row()?["points"] as? Double == 0.5)
            #expect((try row()?["note"] as? String)?.contains("by hand, grace@example.com") == true)
            // Signed by Grace, in Ada's name.
            let foreign = evidence.replacing("author: grace", with: "author: ada")
            try house.write(foreign, to: "evidence/tuning.yaml")
            try git(
                "-c", "gpg.format=ssh", "-c", "user.signingKey=\(key)", "commit", "--quiet", "-S", "-a", "-m", "Ada's",
                in: house.work)
            #expect(try row()?["points"] as? Double == 0)
            #expect(
                (try row()?["remedy"] as? String)?.contains(
                    "it says that ada@example.com ran the test, but grace@example.com signed") == true)
        }
    }

    @Test func `validate knows what evidence must say`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.commit(
                [
                    "evidence/a.yaml": """
                    apiVersion: martlet.dev/v1
                    kind: Evidence
                    metadata: {name: a}
                    spec: {check: data.privcy, model: tumour, author: a, date: 2026-01-05, text: t, distributedTo: [b]}

                    """
                ], push: false)
            let run = try house.martlet(["validate"])
            #expect(run.code == 1)
            #expect(run.output.contains("no check is called 'data.privcy' (did you mean 'data.privacy'?)"))
            #expect(run.output.contains("there is no model 'tumour' (did you mean 'tumor'?)"))
        }
    }

    @Test func `all tests of the rubric are built in, in its order`() {
        #expect(Array(BuiltIns.checks.ids.prefix(28)) == Rubric.checks)
    }

    @Test func `text of strangers cannot leave its cell`() {
        #expect(Markdown.cell("a|b\n<i>@ada [x](y) `z`") == "a\\|b \\<i\\>&#64;ada \\[x\\](y) \\`z\\`")
    }
}
