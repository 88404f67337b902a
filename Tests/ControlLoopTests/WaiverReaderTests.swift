import ControlLoop
import Domain
import Foundation
import TestSupport
import Testing

struct WaiverReaderTests {
    private static let gate = "  waivers: {from: [leads, hedy@example.com]}"
    private static let teams = "  teams: {leads: [ada@example.com]}\n"

    private func waiver(
        _ version: ObjectID, by who: String = "ada", until end: String = "2026-03-02T12:00:00Z", more: String = ""
    ) -> [String: String] {
        [
            "waivers/low.yaml": """
            apiVersion: martlet.dev/v1
            kind: Waiver
            metadata: {name: low}
            spec:
              model: tumor
              check: test.score
              revision: \(version)
              reason: the old one is worse
              expires: \(end)
              by: \(who)@example.com
            \(more)

            """
        ]
    }

    /// What the gate says of the check, after the loop has gone around.
    private func words(_ scene: SigningStage) async throws -> String {
        try await scene.stage.settle()
        return try await scene.stage.why("dev").blockers.first { $0.kind == .check }?.reason ?? "open"
    }

    @Test func `a signed waiver lets a version in, and the promotion says so`() async throws {
        try await withSigningStage(gate: Self.gate, settings: Self.teams) { scene in
            let version = try scene.version(by: "hedy", score: 0.3)
            #expect(try await words(scene) == "fail: score 0.3, at least 0.5")
            try scene.commit(waiver(version), by: "ada", key: "ada")
            try await scene.stage.settle()
            #expect(try scene.stage.pin("dev") == version)
            let message = try scene.stage.message()
            #expect(message.contains("- test.score: fail: score 0.3, at least 0.5"))
            #expect(
                message.contains(
                    "- test.score waived by ada@example.com until 2026-03-02T12:00:00Z: the old one is worse (waivers/low.yaml)"
                ))
        }
    }

    @Test func `a waiver that is not signed, or by somebody else, does not count, and the gate says why`() async throws
    {
        try await withSigningStage(gate: Self.gate, settings: Self.teams) { scene in
            let version = try scene.version(by: "hedy", score: 0.3)
            func expect(_ reason: String, _ files: [String: String], by who: String, key: String?) async throws {
                try scene.commit(files, by: who, key: key)
                let words = try await words(scene)
                #expect(words.contains("waivers/low.yaml does not count"), "\(words)")
                #expect(words.contains(reason), "\(words)")
            }
            try await expect("is not signed", waiver(version), by: "ada", key: nil)
            try await expect(
                "no key of allowed_signers", waiver(version, more: "# 2"), by: "ada", key: "eve")
            try await expect(
                "ada@example.com waives, but grace@example.com signed", waiver(version, more: "# 3"), by: "ada",
                key: "grace")
            try await expect(
                "the gate does not let grace@example.com waive", waiver(version, by: "grace"), by: "grace", key: "grace"
            )
            try await expect(
                "it ended 2020-01-01T00:00:00Z", waiver(version, until: "2020-01-01"), by: "ada", key: "ada")
            // Signed by the right one, but the content is another's: the last commit that wrote it counts.
            try scene.commit(waiver(version, until: "2026-03-02T11:00:00Z"), by: "ada", key: "ada")
            try await expect("is not signed", waiver(version), by: "eve", key: nil)
            #expect(try scene.stage.pin("dev") == nil)
        }
    }

    @Test func `a waiver counts for its version only, and where the gate lets nobody waive for none`() async throws {
        try await withSigningStage(gate: "") { scene in
            let version = try scene.version(by: "hedy", score: 0.3)
            try scene.commit(waiver(version), by: "ada", key: "ada")
            #expect(try await words(scene).contains("the gate lets nobody waive (spec.waivers.from)"))
            let other = try scene.version(by: "hedy", score: 0.2)
            #expect(try await words(scene) == "fail: score 0.2, at least 0.5")
            try scene.commit(waiver(other, more: "  environment: prod"), by: "ada", key: "ada")
            #expect(try await words(scene) == "fail: score 0.2, at least 0.5")
        }
    }

    @Test func `a waiver by tree is for the data that it was written for`() async throws {
        try await withSigningStage(gate: Self.gate, settings: Self.teams) { scene in
            let version = try scene.commit(
                [
                    "models/tumor/model.yaml": Stage.model("tumor") + "  training: {data: [train]}\n",
                    "models/tumor/model.bin": "weights\n", "models/tumor/score.txt": "0.3\n",
                    "data/train.csv": "good\n",
                    "data/train.yaml":
                        "apiVersion: martlet.dev/v1\nkind: Dataset\nmetadata: {name: train}\nspec: {path: train.csv}\n",
                ], by: "hedy")
            let tree = try scene.stage.repository.git("rev-parse", "HEAD:models/tumor")
            func waive(_ end: String) throws -> ObjectID {
                let files = waiver(version, until: end).mapValues { text in
                    text.replacing("revision: \(version)", with: "tree: \(tree)")
                }
                return try scene.commit(files, by: "ada", key: "ada")
            }
            let waiving = try waive("2026-03-02T12:00:00Z")
            #expect(try await words(scene) == "open")
            #expect(try scene.stage.pin("dev") == version)
            let other = try scene.commit(["data/train.csv": "other\n"], by: "grace")
            let said = try await words(scene)
            #expect(
                said.contains("data/train.csv is not what it was in \(waiving.short), the commit that wrote it"),
                "\(said)")
            #expect(try scene.stage.pin("dev") == version)
            // As it was again, and for the other data anew.
            _ = try waive("2026-03-02T13:00:00Z")
            #expect(try await words(scene) == "open")
            #expect(try scene.stage.pin("dev") == other)
        }
    }

    @Test func `a waiver ends at its time, with nothing moving`() async throws {
        try await withSigningStage(gate: Self.gate + "\n  approvals: {count: 1}", settings: Self.teams) { scene in
            let version = try scene.version(by: "hedy", score: 0.3)
            try scene.commit(waiver(version, until: "2026-03-02T10:30:00Z"), by: "ada", key: "ada")
            #expect(try await words(scene) == "open")
            let plan = try await scene.stage.why("dev")
            #expect(plan.waivers.map(\.check) == ["test.score"])
            #expect(plan.nextLook == Timestamp("2026-03-02T10:30:00Z"))
            scene.stage.clock.advance(.seconds(1799))
            #expect(try await words(scene) == "open")
            scene.stage.clock.advance(.seconds(1))
            try await scene.stage.controller.settle()
            let plans = try await scene.stage.controller.currentPlans
            #expect(plans.first?.blockers.map(\.kind) == [.check, .approval])
        }
    }

    @Test func `of a merged waiver the merged commit counts, and an old signature brings nothing back`() async throws {
        try await withSigningStage(gate: Self.gate, settings: Self.teams) { scene in
            let repository = scene.stage.repository
            let version = try scene.version(by: "hedy", score: 0.3)
            try repository.git("checkout", "--quiet", "-b", "side")
            try repository.git("push", "--quiet", "origin", "side")
            try repository.git("checkout", "--quiet", "main")
            try scene.commit(["README.md": "x"], by: "hedy")
            // On a side branch, signed; the merge is not.
            try repository.git("checkout", "--quiet", "side")
            for (path, text) in waiver(version, until: "2026-03-02T11:00:00Z") { try repository.write(text, to: path) }
            try repository.git("add", "--all")
            try git(
                [
                    "-c", "gpg.format=ssh", "-c", "user.signingKey=\(scene.keys.path("ada"))", "commit", "--quiet",
                    "-S",
                    "-m", "waive",
                ], in: repository.work)
            try repository.git("checkout", "--quiet", "main")
            try repository.git("merge", "--quiet", "--no-edit", "--no-ff", "side")
            try repository.git("push", "--quiet", "origin", "HEAD")
            let merged = try repository.git("rev-parse", "HEAD")
            let signatures = FileSignatures(scene.stage.surroundings)
            func signer() async throws -> String? {
                let tip = try id(repository.git("rev-parse", "HEAD"))
                let signers = Signers(allowed: Array(try scene.signers().utf8))
                return try await signatures.signature(of: "waivers/low.yaml", at: tip, signers: signers)?.verdict.signer
            }
            #expect(try await signer() == "ada@example.com")
            // Taken away, and brought back by merging what was merged before.
            try scene.commit([:], by: "grace", removing: ["waivers/low.yaml"])
            #expect(try await signer() == nil)
            let tree = try repository.git("rev-parse", "\(merged)^{tree}")
            let evil = try repository.git(
                "commit-tree", tree, "-p", "HEAD", "-p", "\(merged)^2", "-m", "merge again")
            try repository.git("reset", "--quiet", "--hard", evil)
            try repository.git("push", "--quiet", "origin", "HEAD")
            #expect(try await signer() == nil)
            #expect(try await words(scene).contains("waivers/low.yaml does not count"))
        }
    }

    @Test func `a waiver that names what is not there is found by validation`() async throws {
        try await withSigningStage(gate: Self.gate) { scene in
            let version = try scene.version(by: "hedy", score: 0.3)
            let files = waiver(version, more: "  environment: moon")
            let tip = try scene.commit(
                files.mapValues { $0.replacing("test.score", with: "test.scor") }, by: "ada")
            let validation = Validation(
                language: scene.stage.surroundings.language, checks: scene.stage.surroundings.checks,
                targets: scene.stage.surroundings.targets, probes: scene.stage.surroundings.probes,
                references: { snapshot, _ in References.problems(in: snapshot) })
            let found = try await validation.diagnostics(at: tip, in: scene.stage.store)
            #expect(found.map(\.code).contains("unknown-check"))
            #expect(found.map(\.code).contains("unknown-environment"))
        }
    }
}
