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
}
