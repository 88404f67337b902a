import Domain
import Testing

@testable import Checks

@Suite struct SpecReviewedTests {
    private let spec = "models/tumor/model.yaml"

    private func specimen(_ store: MemoryStore, _ revision: ObjectID, deployed: ObjectID? = nil) throws -> Specimen {
        var specimen = try Specimen.version("v2")
        specimen.store = store
        specimen.revision = revision
        specimen.tip = revision
        if let deployed {
            var old = try Specimen.version("v1")
            old.revision = deployed
            specimen.deployed = try old.subject()
        }
        return specimen
    }

    @Test func `a merge by somebody else counts as a review`() async throws {
        let store = MemoryStore()
        let first = try store.commit("v1", [spec: "a"])
        let side = try store.commit("change the model", [spec: "b"], on: [first], by: "Grace")
        let merge = try store.commit("Merge", [spec: "b"], on: [first, side], by: "Ada")
        let outcome = try await specimen(store, merge, deployed: first).run(SpecReviewed.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.measurements["changes"]?.int == 1)
    }

    @Test func `a direct push, and a merge of one's own work fail`() async throws {
        let store = MemoryStore()
        let first = try store.commit("v1", [spec: "a"])
        let push = try store.commit("change the model", [spec: "b"], on: [first], by: "Alice")
        let outcome = try await specimen(store, push, deployed: first).run(SpecReviewed.self)
        #expect(outcome.verdict == .fail)
        #expect(
            outcome.summary.contains("models/tumor/model.yaml changed in \(push.short) (Alice, 0 approvals"),
            "\(outcome.words)")
        let own = try store.commit("Merge", [spec: "b"], on: [first, push], by: "Alice")
        #expect(try await specimen(store, own, deployed: first).run(SpecReviewed.self).verdict == .fail)
    }

    @Test func `trailers of others count, one's own does not`() async throws {
        let store = MemoryStore()
        let first = try store.commit("v1", [spec: "a"])
        let reviewed = try store.commit(
            "change\n\nReviewed-by: Grace <grace@example.com>", [spec: "b"], on: [first], by: "Alice")
        #expect(try await specimen(store, reviewed, deployed: first).run(SpecReviewed.self).verdict == .pass)
        #expect(
            try await specimen(store, reviewed, deployed: first).run(SpecReviewed.self, ["approvals": 2]).verdict
                == .fail)
        let own = try store.commit(
            "change\n\nReviewed-by: Alice <alice@example.com>", [spec: "b"], on: [first], by: "Alice")
        #expect(try await specimen(store, own, deployed: first).run(SpecReviewed.self).verdict == .fail)
    }

    @Test func `weights alone, and a trusted robot need no review`() async throws {
        let store = MemoryStore()
        let first = try store.commit("v1", [spec: "a"])
        let weights = try store.commit("retrain", ["models/tumor/model.onnx": "w"], on: [first], by: "Robot")
        #expect(try await specimen(store, weights, deployed: first).run(SpecReviewed.self).verdict == .pass)
        let params = try store.commit("retrain", ["models/tumor/params.yaml": "p"], on: [weights], by: "Robot")
        let settings: JSON = ["trust": ["robot@example.com"]]
        #expect(try await specimen(store, params, deployed: first).run(SpecReviewed.self, settings).verdict == .pass)
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
