import Domain
import Testing

@testable import Checks

@Suite struct SpecReviewedTests {
    private let spec = "models/tumor/model.yaml"

    private func specimen(
        _ store: MemoryStore, _ revision: ObjectID, deployed: ObjectID? = nil, signed: [ObjectID: String] = [:]
    ) throws -> Specimen {
        var specimen = try Specimen.version("v2")
        specimen.store = store
        specimen.revision = revision
        specimen.tip = revision
        specimen.signers = signed
        if let deployed {
            var old = try Specimen.version("v1")
            old.revision = deployed
            specimen.deployed = try old.subject()
        }
        return specimen
    }

    private func outcome(
        _ store: MemoryStore, _ revision: ObjectID, since deployed: ObjectID, signed: [ObjectID: String] = [:],
        _ settings: JSON = .empty
    ) async throws -> Outcome {
        try await specimen(store, revision, deployed: deployed, signed: signed).run(SpecReviewed.self, settings)
    }

    @Test func `a signed merge by somebody else is a review`() async throws {
        let store = MemoryStore()
        let first = try store.commit("v1", [spec: "a"])
        let side = try store.commit("change the model", [spec: "b"], on: [first], by: "Grace")
        let merge = try store.commit("Merge", [spec: "b"], on: [first, side], by: "Ada")
        let signed = try await outcome(store, merge, since: first, signed: [merge: "ada@example.com"])
        #expect(signed.verdict == .pass, "\(signed.words)")
        #expect(signed.measurements["changes"]?.int == 1)
        let unsigned = try await outcome(store, merge, since: first)
        #expect(unsigned.verdict == .fail)
        #expect(
            unsigned.summary.contains("the review by ada@example.com is unverified: the commit is not signed"),
            "\(unsigned.words)")
    }

    @Test func `the files that model.yaml names belong to the specification, whatever they are called`() async throws {
        let store = MemoryStore()
        for name in ["features.yml", "config/train.toml"] {
            let path = "models/tumor/\(name)"
            let first = try store.commit("v1", [spec: "a", path: "a"])
            let push = try store.commit("change", [path: "b"], on: [first], by: "Alice")
            let named = try specimen(store, push, deployed: first).setting("schema", to: "features.yml")
                .setting("training", "params", to: "config/train.toml")
            let outcome = try await named.run(SpecReviewed.self)
            #expect(outcome.verdict == .fail && outcome.summary.contains("\(path) changed in"), "\(outcome.words)")
        }
    }

    @Test func `a direct push, and a merge of one's own work fail`() async throws {
        let store = MemoryStore()
        let first = try store.commit("v1", [spec: "a"])
        let push = try store.commit("change the model", [spec: "b"], on: [first], by: "Alice")
        let direct = try await outcome(store, push, since: first)
        #expect(direct.verdict == .fail)
        #expect(
            direct.summary.contains(
                "models/tumor/model.yaml changed in \(push.short) (Alice, 0 approvals, expected 1)"),
            "\(direct.words)")
        let own = try store.commit("Merge", [spec: "b"], on: [first, push], by: "Alice")
        let merged = try await outcome(store, own, since: first, signed: [own: "alice@example.com"])
        #expect(merged.verdict == .fail && merged.summary.contains("who has a part in it"), "\(merged.words)")
    }

    @Test func `trailers count under the signature of somebody else`() async throws {
        let store = MemoryStore()
        let first = try store.commit("v1", [spec: "a"])
        let text = "change\n\nReviewed-by: Grace <grace@example.com>\nAcked-by: Hedy <hedy@example.com>"
        let change = try store.commit(text, [spec: "b"], on: [first], by: "Alice")
        let signed = [change: "grace@example.com"]
        #expect(try await outcome(store, change, since: first, signed: signed, ["approvals": 2]).verdict == .pass)
        #expect(try await outcome(store, change, since: first, signed: signed, ["approvals": 3]).verdict == .fail)
        let own = try store.commit(
            "change\n\nReviewed-by: Alice <alice@example.com>", [spec: "b"], on: [first], by: "Alice")
        #expect(try await outcome(store, own, since: first, signed: [own: "grace@example.com"]).verdict == .fail)
    }

    @Test func `whoever wrote a change with others has not reviewed it`() async throws {
        let store = MemoryStore()
        let first = try store.commit("v1", [spec: "a"])
        let people = "Co-authored-by: Grace <grace@example.com>", review = "Reviewed-by: Grace <grace@example.com>"
        let change = try store.commit("change\n\n\(people)\n\(review)", [spec: "b"], on: [first], by: "Alice")
        let hedy = try await outcome(store, change, since: first, signed: [change: "hedy@example.com"])
        #expect(hedy.verdict == .fail && hedy.summary.contains("0 approvals"), "\(hedy.words)")
        let side = try store.commit("change\n\n\(people)", [spec: "b"], on: [first], by: "Alice")
        let merge = try store.commit("Merge", [spec: "b"], on: [first, side], by: "Grace")
        let own = try await outcome(store, merge, since: first, signed: [merge: "grace@example.com"])
        #expect(own.verdict == .fail && own.summary.contains("who has a part in it"), "\(own.words)")
    }

    /// Alice wants her change in without a review. Whatever she writes, she can sign with no key but her own.
    @Test func `an attacker's trailers are said to be unverified`() async throws {
        let store = MemoryStore()
        let first = try store.commit("v1", [spec: "a"])
        let claim = "change\n\nReviewed-by: Grace <grace@example.com>\nReviewed-by: Hedy <hedy@example.com>"
        let change = try store.commit(claim, [spec: "b"], on: [first], by: "Alice")
        let unsigned = try await outcome(store, change, since: first)
        #expect(unsigned.verdict == .fail)
        #expect(
            unsigned.summary.contains(
                "0 approvals, expected 1; the review by grace@example.com, hedy@example.com is unverified: the commit is not signed"
            ),
            "\(unsigned.words)")
        let own = try await outcome(store, change, since: first, signed: [change: "Alice@example.com"])
        #expect(own.verdict == .fail && own.summary.contains("signed by Alice@example.com, who has a part in it"))
        // A merge under another's name, and one whose newest commit is under another's name.
        let forged = try store.commit(claim, [spec: "b"], on: [first, change], by: "Grace")
        let signed = [forged: "alice@example.com"]
        #expect(try await outcome(store, forged, since: first, signed: signed).verdict == .fail)
        let cover = try store.commit("typo", ["models/tumor/README.md": "x"], on: [change], by: "Robot")
        let covered = try store.commit(claim, [spec: "b"], on: [first, cover], by: "Alice")
        #expect(
            try await outcome(store, covered, since: first, signed: [covered: "alice@example.com"]).verdict == .fail)
        // Her work under another's name, which her own signature on it gives away.
        let ghost = try store.commit("work", [spec: "b"], on: [first], by: "Robot")
        let merge = try store.commit(claim, [spec: "b"], on: [first, ghost], by: "Alice")
        let both = [ghost: "alice@example.com", merge: "alice@example.com"]
        #expect(try await outcome(store, merge, since: first, signed: both).verdict == .fail)
        // A key that anybody at the company may use is nobody in particular.
        let anybody = try await outcome(store, change, since: first, signed: [change: "*@example.com"])
        #expect(anybody.verdict == .fail && anybody.summary.contains("no single person"))
    }

    @Test func `weights alone, and a trusted robot's signed change need no review`() async throws {
        let store = MemoryStore()
        let first = try store.commit("v1", [spec: "a"])
        let weights = try store.commit("retrain", ["models/tumor/model.onnx": "w"], on: [first], by: "Robot")
        #expect(try await outcome(store, weights, since: first).verdict == .pass)
        let params = try store.commit("retrain", ["models/tumor/params.yaml": "p"], on: [weights], by: "Robot")
        let settings: JSON = ["trust": ["robot@example.com"]]
        let signed = [params: "robot@example.com"]
        #expect(try await outcome(store, params, since: first, signed: signed, settings).verdict == .pass)
        #expect(
            try await outcome(store, params, since: first, settings).verdict == .fail, "anybody can be called Robot")
        // What the robot merges is not the robot's own.
        let side = try store.commit("change", [spec: "b"], on: [params], by: "Robot")
        let merge = try store.commit("Merge", [spec: "b"], on: [params, side], by: "Robot")
        let merged = [merge: "robot@example.com", side: "alice@example.com"]
        #expect(try await outcome(store, merge, since: params, signed: merged, settings).verdict == .fail)
    }

    @Test func `a version beside the branch fails, one without history is inconclusive`() async throws {
        let store = MemoryStore()
        let first = try store.commit("v1", [spec: "a"])
        var beside = try specimen(store, try store.commit("x", [spec: "x"], on: [first]))
        beside.tip = first
        #expect(try await beside.run(SpecReviewed.self).verdict == .fail)
        #expect(try await Specimen.version("v1").run(SpecReviewed.self).verdict == .inconclusive)
    }

    // MARK: Owners

    private let people = """
        apiVersion: martlet.dev/v1
        kind: Repository
        metadata: {name: models}
        spec:
          teams: {ml-leads: [Hedy@example.com]}
          forge: {kind: github, repository: acme/models, people: {Grace-H: grace@example.com}}

        """

    /// A merge of Alice's change of the model, signed by Ada.
    private func merged(
        owners: [String: String], settings: String?, trailer: String = ""
    ) throws -> (MemoryStore, first: ObjectID, merge: ObjectID) {
        let store = MemoryStore()
        var files: [String: String?] = [spec: "a", "martlet.yaml": settings]
        for (path, text) in owners { files[path] = text }
        let first = try store.commit("v1", files)
        let side = try store.commit("change", [spec: "b"], on: [first], by: "Alice")
        return (store, first, try store.commit("Merge\(trailer)", [spec: "b"], on: [first, side], by: "Ada"))
    }

    private func verdict(_ owners: String, at path: String = "CODEOWNERS", _ trailer: String = "", known: Bool = true)
        async throws -> Outcome
    {
        let (store, first, merge) = try merged(
            owners: [path: owners], settings: known ? people : nil, trailer: trailer)
        return try await outcome(store, merge, since: first, signed: [merge: "ada@example.com"])
    }

    @Test(arguments: [
        ("* ada@example.com", ""), ("* bob@example.com Ada@Example.com", ""), ("", ""), ("/data/ @Grace-H", ""),
        ("* @acme/nobody\n/models/tumor/", ""), ("*.yaml @grace-h", "\n\nReviewed-by: G <grace@example.com>"),
        ("models/ @acme/ML-Leads", "\n\nReviewed-by: H <hedy@example.com>"),
        ("* @stranger @grace-h", "\n\nReviewed-by: G <grace@example.com>"),
    ]) func `an owner's approval is enough, and what nobody owns needs none`(owners: String, trailer: String)
        async throws
    {
        let outcome = try await verdict(owners, trailer)
        #expect(outcome.verdict == .pass && outcome.measurements["without_owners"]?.int == 0, "\(outcome.words)")
    }

    @Test func `approval by somebody else is none by the owner`() async throws {
        let outcome = try await verdict("* ada@example.com\n/models/tumor @grace-h", at: ".github/CODEOWNERS")
        #expect(outcome.verdict == .fail && outcome.measurements["unreviewed"]?.int == 0, "\(outcome.words)")
        #expect(
            outcome.summary.contains("without an approval by an owner (@grace-h, .github/CODEOWNERS:2)"),
            "\(outcome.words)")
        // The author owns it, but somebody else has to look.
        #expect(try await verdict("* alice@example.com").verdict == .fail)
        let (store, first, merge) = try merged(owners: ["CODEOWNERS": "* @grace-h"], settings: people)
        #expect(
            try await self.outcome(
                store, merge, since: first, signed: [merge: "ada@example.com"], ["codeowners": false]
            ).verdict == .pass)
    }

    @Test func `owners that nobody knows do not pass`() async throws {
        for (owners, known) in [("* @acme/others", true), ("* @grace-h", false), ("* @grace-h @who", true)] {
            let outcome = try await verdict(owners, known: known)
            #expect(
                outcome.verdict == .inconclusive && outcome.summary.contains("martlet.yaml does not say who @"),
                "\(outcome.words)")
        }
    }

    @Test func `of several files the one that GitHub takes counts, as it stood before the change`() async throws {
        let (store, first, merge) = try merged(
            owners: [
                ".github/CODEOWNERS": "* ada@example.com", "CODEOWNERS": "* x@x.org", "docs/CODEOWNERS": "* x@x.org",
            ],
            settings: nil)
        let signed = [merge: "ada@example.com"]
        #expect(try await outcome(store, merge, since: first, signed: signed).verdict == .pass)
        // Who takes the owner's line away in the same merge is not rid of the owner.
        let side = try store.commit(
            "free", [spec: "c", ".github/CODEOWNERS": "", "CODEOWNERS": ""], on: [merge], by: "Alice")
        let freed = try store.commit(
            "Merge", [spec: "c", ".github/CODEOWNERS": "", "CODEOWNERS": ""], on: [merge, side], by: "Bob")
        let outcome = try await outcome(store, freed, since: merge, signed: [freed: "bob@example.com"])
        #expect(outcome.verdict == .fail && outcome.summary.contains("(ada@example.com, .github/CODEOWNERS:1)"))
    }

    @Test func `lines that are not GitHub's are a warning`() async throws {
        let outcome = try await verdict("[Models] @x\n* ada@example.com")
        #expect(
            outcome.verdict == .warn && outcome.summary.contains("CODEOWNERS: line 1 is not in GitHub's grammar"),
            "\(outcome.words)")
    }

    // MARK: Signatures and the training

    @Test func `where signatures are asked for each commit of a change has one`() async throws {
        let store = MemoryStore()
        let first = try store.commit("v1", [spec: "a"])
        let side = try store.commit("change", [spec: "b"], on: [first], by: "Grace")
        let merge = try store.commit("Merge", [spec: "b"], on: [first, side], by: "Ada")
        let some = [merge: "ada@example.com"]
        let outcome = try await outcome(store, merge, since: first, signed: some, ["signed": true])
        #expect(
            outcome.verdict == .fail && outcome.summary.contains("of which \(side.short) is not signed"),
            "\(outcome.words)")
        let all = some.merging([side: "grace@example.com"]) { one, _ in one }
        #expect(try await self.outcome(store, merge, since: first, signed: all, ["signed": true]).verdict == .pass)
    }

    @Test func `what the artifact was trained with is on the branch, and the same`() async throws {
        let store = MemoryStore()
        let code = "models/tumor/train.py"
        let first = try store.commit("code", [spec: "a", code: "1"])
        let trained = try store.commit("trained", [spec: "b"], on: [first])
        let later = try store.commit("tidy", [code: "2"], on: [trained])
        let beside = try store.commit("beside", [code: "3"])
        func run(_ revision: ObjectID, _ commit: String) async throws -> Outcome {
            var specimen = try specimen(store, revision, deployed: revision).setting(
                "training", "record", to: "record.json")
            specimen.files["record.json"] = Array("{\"commit\": \"\(commit)\"}".utf8)
            return try await specimen.run(SpecReviewed.self)
        }
        #expect(try await run(trained, "\(first)").verdict == .pass)
        let changed = try await run(later, "\(first)")
        #expect(
            changed.verdict == .warn
                && changed.summary.contains("train.py changed since, so the artifact is of another"),
            "\(changed.words)")
        let stray = try await run(trained, "\(beside)")
        #expect(stray.verdict == .fail && stray.summary.contains("which is not on the branch"), "\(stray.words)")
        let short = try await run(trained, "\(first.short)")
        #expect(short.verdict == .warn && short.summary.contains("is no full commit id"), "\(short.words)")
    }

    @Test func `a pull that merges the branch is no change of it`() async throws {
        let store = MemoryStore()
        let first = try store.commit("v1", [spec: "a"])
        let side = try store.commit("change the model", [spec: "b"], on: [first], by: "Grace")
        let merge = try store.commit("Merge", [spec: "b"], on: [first, side], by: "Ada")
        let work = try store.commit("notes", ["NOTES": "x"], on: [first], by: "Alice")
        let pull = try store.commit("pull", [spec: "b"], on: [work, merge], by: "Alice")
        var specimen = try specimen(store, pull, deployed: first, signed: [merge: "ada@example.com"])
        specimen.branchBefore = { $0.id == pull ? merge : $0.parents.first }
        let outcome = try await specimen.run(SpecReviewed.self)
        #expect(outcome.verdict == .pass && outcome.measurements["changes"]?.int == 1, "\(outcome.words)")
        // What she brings with it is one.
        let own = try store.commit("mine", [spec: "c"], on: [first], by: "Alice")
        let brought = try store.commit("pull", [spec: "c"], on: [own, merge], by: "Alice")
        var other = try self.specimen(store, brought, deployed: first, signed: [merge: "ada@example.com"])
        other.branchBefore = { $0.id == brought ? merge : $0.parents.first }
        let found = try await other.run(SpecReviewed.self)
        #expect(found.verdict == .fail && found.summary.contains("changed in \(brought.short)"), "\(found.words)")
        #expect(found.measurements["changes"]?.int == 2, "\(found.words)")
    }
}
