import ControlLoop
import Domain
import Foundation
import TestSupport
import Testing

struct ApprovalReaderTests {
    @Test(arguments: [Stage.Way.sameStore, .mirror])
    func `a version waits for its approvals, and a pushed tag lets it in`(way: Stage.Way) async throws {
        try await withSigningStage(gate: "  approvals: {count: 2}", way: way) { scene in
            let version = try scene.version(by: "hedy")
            try await scene.stage.settle()
            #expect(try scene.stage.pin("dev") == nil)
            #expect(try await scene.words() == "2 must agree, nobody has agreed")
            try scene.approve(version, by: "ada")
            try await scene.stage.settle()
            #expect(try await scene.words() == "2 must agree, ada@example.com agreed")
            try scene.approve(version, by: "grace", as: "grace@example.com")
            try await scene.stage.settle()
            #expect(try scene.stage.pin("dev") == version)
        }
    }

    @Test func `an approval that is taken back counts no more`() async throws {
        try await withSigningStage(gate: "  approvals: {count: 2}") { scene in
            let version = try scene.version(by: "hedy")
            try scene.approve(version, by: "ada")
            try await scene.stage.settle()
            try scene.stage.repository.git("push", "--quiet", "--delete", "origin", "approve/dev/tumor/ada")
            try scene.approve(version, by: "grace")
            try await scene.stage.settle()
            #expect(try scene.stage.pin("dev") == nil)
            #expect(try await scene.words() == "2 must agree, grace@example.com agreed")
        }
    }

    @Test func `whoever wrote, committed or signed a version cannot approve it`() async throws {
        try await withSigningStage(gate: "  approvals: {count: 1}") { scene in
            let version = try scene.version(by: "ada")
            try scene.approve(version, by: "ada")
            #expect(try await scene.words().contains("ada@example.com has a part in what is approved"))
            // Under another name in the commit, but signed with the own key.
            let signed = try scene.commit(
                ["models/tumor/score.txt": "0.91\n"], by: "hedy", key: "ada")
            try scene.approve(signed, by: "ada")
            #expect(try await scene.words().contains("ada@example.com has a part in what is approved"))
            try scene.approve(signed, by: "grace", tagger: "hedy")
            #expect(try await scene.words().contains("grace@example.com has a part in what is approved"))
            try scene.approve(signed, by: "grace")
            #expect(try await scene.words() == "open")
        }
    }

    @Test func `whoever wrote a version with others cannot approve it, whoever passed it on can`() async throws {
        try await withSigningStage(gate: "  approvals: {count: 1}") { scene in
            let files = ["models/tumor/model.yaml": Stage.model("tumor"), "models/tumor/score.txt": "0.9\n"]
            let people = "Co-Authored-By: Grace <Grace@example.com>\nSigned-off-by: Hedy <hedy@example.com>"
            let version = try scene.stage.commit(files, message: "Retrain\n\n\(people)")
            try scene.approve(version, by: "grace")
            let words = try await scene.words()
            #expect(words.contains("grace@example.com has a part in what is approved"), "\(words)")
            try scene.approve(version, by: "hedy")
            #expect(try await scene.words() == "open")
        }
    }

    @Test func `a key with two names is one person`() async throws {
        try await withSigningStage(gate: "  approvals: {count: 1}") { scene in
            let names = "robert@example.com,bob@example.com"
            try scene.commit(["allowed_signers": scene.signers(scene.keys.line("eve", as: names))], by: "ada")
            let version = try scene.version(by: "bob")
            try scene.approve(version, by: "eve", as: "robert", tagger: "robert")
            #expect(try await scene.words().contains("robert@example.com has a part in what is approved"))
            try scene.approve(version, by: "eve", as: "bob", tagger: "robert")
            let words = try await scene.words()
            #expect(words.contains("as allowed_signers calls the key first: approve as that"), "\(words)")
        }
    }

    @Test
    func `an old approval is not played again: not for a new version, not under a new name, not by moving the tag`()
        async throws
    {
        try await withSigningStage(gate: "  approvals: {count: 1}") { scene in
            let old = try scene.version(by: "hedy", score: 0.1)
            try scene.approve(old, by: "ada")
            let new = try scene.version(by: "hedy")
            let words = try await scene.words()
            #expect(words.contains("it approves \(old.short), not \(new.short): approve again"))
            // The signed tag of another deployment, put here under this one's name.
            try scene.approve(new, by: "grace", of: "prod/tumor")
            let origin = scene.stage.repository.origin
            try git(
                "update-ref", "refs/tags/approve/dev/tumor/grace", "refs/tags/approve/prod/tumor/grace", in: origin)
            #expect(try await scene.words().contains("put here under another name"))
            // The name of the old tag, led straight to the new commit.
            try git("update-ref", "refs/tags/approve/dev/tumor/ada", "\(new)", in: origin)
            #expect(try await scene.words().contains("approve/dev/tumor/ada does not count: it is not signed"))
            try await scene.stage.settle()
            #expect(try scene.stage.pin("dev") == nil)
        }
    }

    @Test func `an approval by a key that was revoked says so, and whose it was`() async throws {
        try await withSigningStage(gate: "  approvals: {count: 1}") { scene in
            try scene.commit(["allowed_signers.d/revoked": scene.keys.publicSSH("ada") + "\n"], by: "hedy")
            let version = try scene.version(by: "hedy")
            try scene.approve(version, by: "ada")
            let words = "its signature does not hold: the key of ada@example.com that made it was revoked"
            let said = try await scene.words()
            #expect(said.contains(words), "\(said)")
            try scene.approve(version, by: "grace")
            #expect(try await scene.words() == "open")
        }
    }

    @Test func `a stranger's key, an expired one, and one that only the request lists do not count`() async throws {
        try await withSigningStage(gate: "  approvals: {count: 1}") { scene in
            let version = try scene.version(by: "hedy")
            try scene.approve(version, by: "eve")
            #expect(try await scene.words().contains("its signature does not hold: no key of allowed_signers"))
            try scene.stage.repository.git("checkout", "--quiet", "-b", "promote/dev/tumor")
            try scene.stage.repository.commit(
                ["allowed_signers": scene.signers(scene.keys.line("eve", as: "eve@example.com"))])
            #expect(try await scene.words().contains("its signature does not hold: no key of allowed_signers"))
            try scene.stage.repository.git("checkout", "--quiet", "main")
            // Expired a day ago.
            try scene.commit(
                [
                    "allowed_signers": scene.signers(
                        scene.keys.line("eve", as: "eve@example.com", "valid-before=\"20260301\""))
                ], by: "hedy")
            #expect(try await scene.words().contains("its signature does not hold: no key of allowed_signers"))
            // With the clock turned back the key is good, but then there was nothing to approve.
            try scene.approve(version, by: "eve", at: Timestamp("2026-02-20T10:00:00Z")!)
            #expect(try await scene.words().contains("it was signed at 2026-02-20T10:00:00Z, before what it approves"))
            try scene.approve(version, by: "grace", at: scene.stage.clock.now + .seconds(3600))
            #expect(try await scene.words().contains("which is still to come"))
        }
    }

    @Test func `nobody counts twice, and nobody under the name of another`() async throws {
        try await withSigningStage(gate: "  approvals: {count: 2}") { scene in
            let version = try scene.version(by: "hedy")
            try scene.approve(version, by: "ada")
            try scene.approve(version, by: "ada", as: "ada@example.com")
            let twice = try await scene.words()
            #expect(twice.contains("2 must agree, ada@example.com agreed"))
            #expect(twice.contains("approve/dev/tumor/ada@example.com does not count: ada@example.com has approved"))
            try scene.approve(version, by: "ada", as: "grace")
            #expect(try await scene.words().contains("it was signed by ada@example.com, not by grace"))
        }
    }

    @Test func `a gate asks for people or teams, and a pattern is nobody`() async throws {
        try await withSigningStage(
            gate: "  approvals: {count: 1, from: [leads]}", settings: "  teams: {leads: [Grace@example.com]}\n"
        ) { scene in
            let version = try scene.version(by: "hedy")
            try scene.approve(version, by: "ada")
            #expect(
                try await scene.words()
                    == "1 must agree, nobody has agreed; ada@example.com agreed, who is not asked")
            try scene.commit(["allowed_signers": scene.keys.line("grace", as: "*@example.com")], by: "hedy")
            try scene.approve(version, by: "grace")
            #expect(try await scene.words().contains("which is no single person"))
            try scene.commit(["allowed_signers": scene.signers()], by: "hedy")
            #expect(try await scene.words() == "open")
            #expect(try scene.stage.pin("dev") == version)
        }
    }

    @Test func `who approves the head of a request approves the version that it brings, until a new push`() async throws
    {
        try await withSigningStage(gate: "  approvals: {count: 1}") { scene in
            let version = try scene.version(by: "hedy")
            try await scene.stage.settle()
            let repository = scene.stage.repository
            func propose(_ note: String) throws -> ObjectID {
                try repository.write(
                    scene.stage.deployment("tumor", pin: "  revision: \(version)  # \(note)"),
                    to: "environments/dev/tumor.yaml")
                return try id(repository.commit([:], message: note))
            }
            try repository.git("checkout", "--quiet", "-b", "promote/dev/tumor")
            let old = try propose("one")
            try scene.approve(old, by: "hedy", at: .init(seconds: 4_000_000_000))
            let later = Timestamp(seconds: 4_000_000_000) - scene.stage.clock.now
            scene.stage.clock.advance(later)
            #expect(try await scene.words().contains("hedy@example.com has a part in what is approved"))
            let new = try propose("two")
            try scene.approve(old, by: "grace", at: .init(seconds: 4_000_000_000))
            #expect(try await scene.words().contains("it approves \(old.short), not \(new.short): approve again"))
            try scene.approve(new, by: "grace", at: .init(seconds: 4_000_000_000))
            #expect(try await scene.words() == "open")
            #expect(try scene.stage.pin("dev") == version)
        }
    }

    @Test func `of a request, all who wrote one of its commits are left out, and only of its own commits`() async throws
    {
        try await withSigningStage(gate: "  approvals: {count: 1}") { scene in
            let base = try scene.version(by: "grace")
            try scene.stage.repository.git("checkout", "--quiet", "-b", "promote/dev/tumor")
            try scene.stage.repository.write("1", to: "one")
            try scene.stage.repository.git("add", "--all")
            try scene.stage.repository.git(
                "commit", "--quiet", "-m", "one", "--author=Ada <ADA@example.com>",
                environment: ["GIT_COMMITTER_DATE": "1700000000 +0000"])
            let head = try id(
                scene.stage.repository.commit(["two": "2"], message: "two", push: false))
            let other = Unit(environment: "dev", model: "tumor")
            for who in ["ada", "grace", "hedy"] {
                try scene.approve(head, by: who, at: Timestamp.init(seconds: 4_000_000_000))
            }
            try await scene.stage.settle()
            let snapshot = try #require(await scene.stage.controller.currentSnapshot)
            var surroundings = scene.stage.surroundings
            surroundings.tools.now = { Timestamp(seconds: 4_000_000_000) }
            let approvals = try await ApprovalReader(surroundings).approvals(
                of: other, at: head, since: base, policy: snapshot)
            #expect(approvals.counted.map(\.person) == ["grace@example.com", "hedy@example.com"])
            #expect(approvals.refused.map(\.tag) == ["approve/dev/tumor/ada"])
        }
    }

    @Test func `whoever wrote what is new in a version has a part in it, by a merge or before another's commit too`()
        async throws
    {
        try await withSigningStage(gate: "  approvals: {count: 1}") { scene in
            let repository = scene.stage.repository
            let first = try scene.version(by: "hedy", score: 0.5)
            try scene.approve(first, by: "ada")
            try await scene.stage.settle()
            #expect(try scene.stage.pin("dev") == first)
            // Grace changes the weights, Hedy a note on top.
            try scene.commit(["models/tumor/model.bin": "weights of grace\n"], by: "grace")
            let noted = try scene.commit(["models/tumor/NOTES.md": "looks good\n"], by: "hedy")
            try scene.approve(noted, by: "grace")
            #expect(try await scene.words().contains("grace@example.com has a part in what is approved"))
            // Grace's weights again, on a side branch that Hedy merges as it is.
            try repository.git("checkout", "--quiet", "-b", "side")
            try scene.commit(["models/tumor/model.bin": "more weights of grace\n"], by: "grace")
            try repository.git("checkout", "--quiet", "main")
            try scene.commit(["elsewhere.md": "x\n"], by: "hedy")
            try git(
                ["merge", "--quiet", "--no-ff", "-m", "merge", "side"], in: repository.work,
                environment: scene.identity("hedy").merging(scene.moment(nil)) { $1 })
            try repository.git("push", "--quiet", "origin", "main")
            let merged = try id(repository.git("rev-parse", "HEAD"))
            try scene.approve(merged, by: "grace")
            #expect(try await scene.words().contains("grace@example.com has a part in what is approved"))
            // Ada wrote what runs there already, which is none of what is new.
            try scene.approve(merged, by: "ada")
            #expect(try await scene.words() == "open")
            #expect(try scene.stage.pin("dev") == merged)
            let message = try git("log", "-1", "--format=%B", "main", in: repository.origin)
            let tag = try git("rev-parse", "refs/tags/approve/dev/tumor/ada", in: repository.origin)
            #expect(Trailer.approved.values(in: message) == ["ada@example.com \(tag)"])
        }
    }

    @Test func `whoever brought the artifact has a part in a first version, whoever wrote on it last`() async throws {
        try await withSigningStage(gate: "  approvals: {count: 1}") { scene in
            _ = try scene.version(by: "grace")
            let noted = try scene.commit(["models/tumor/NOTES.md": "looks good\n"], by: "hedy")
            try scene.approve(noted, by: "grace")
            #expect(try await scene.words().contains("grace@example.com has a part in what is approved"))
            // Ada had no part in what it is.
            try scene.approve(noted, by: "ada")
            #expect(try await scene.words() == "open")
        }
    }

    @Test func `whoever brought the address of an artifact has a part, whoever wrote on the manifest last`()
        async throws
    {
        try await withSigningStage(gate: "  approvals: {count: 1}") { scene in
            let artifact = "artifact: {uri: \"file:///w\", sha256: \"\(String(repeating: "7", count: 64))\"}"
            let manifest = Stage.model("tumor").replacing("artifact: {path: model.bin, format: other}", with: artifact)
            let files = ["models/tumor/model.yaml": manifest, "models/tumor/score.txt": "0.9\n"]
            try scene.commit(files, by: "grace")
            try scene.commit(["models/tumor/model.yaml": manifest + "  owners: [ml]\n"], by: "ada")
            let noted = try scene.commit(["models/tumor/NOTES.md": "looks good\n"], by: "hedy")
            try scene.approve(noted, by: "grace")
            #expect(try await scene.words().contains("grace@example.com has a part in what is approved"))
            try scene.approve(noted, by: "ada")
            #expect(try await scene.words() == "open")
        }
    }

    @Test func `a genuine signature of another tag is not lent by a replacement`() async throws {
        try await withSigningStage(gate: "  approvals: {count: 1}") { scene in
            let origin = scene.stage.repository.origin
            let old = try scene.version(by: "hedy", score: 0.5)
            try scene.approve(old, by: "ada")
            try await scene.stage.settle()
            let genuine = try git("rev-parse", "refs/tags/approve/dev/tumor/ada", in: origin)
            let version = try scene.version(by: "grace")
            let forged = """
                object \(version)
                type commit
                tag approve/dev/tumor/ada
                tagger ada <ada@example.com> \(scene.stage.clock.now.seconds) +0000

                ok
                -----BEGIN SSH SIGNATURE-----
                AAAA
                -----END SSH SIGNATURE-----

                """
            let id = try git(["hash-object", "-t", "tag", "-w", "--stdin"], in: origin, input: forged)
            try git("update-ref", "refs/tags/approve/dev/tumor/ada", id, in: origin)
            try git("update-ref", "refs/replace/\(id)", genuine, in: origin)
            #expect(try await scene.words().contains("its signature does not hold"))
            #expect(try scene.stage.pin("dev") == old)
        }
    }
}
