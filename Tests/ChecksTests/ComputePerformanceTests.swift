import Domain
import Testing

@testable import Checks

@Suite struct ComputePerformanceTests {
    /// Versions with these training times, oldest first.
    private func specimen(_ seconds: [Double]) throws -> Specimen {
        let store = MemoryStore()
        var revisions: [ObjectID] = [], times: [ObjectID: Double] = [:]
        for (index, value) in seconds.enumerated() {
            let id = try store.commit("v\(index)", ["models/tumor/model.yaml": "\(index)"], on: revisions.suffix(1))
            revisions.append(id)
            times[id] = value
        }
        var specimen = try Specimen.version("v1")
        specimen.store = store
        specimen.revision = revisions.last
        specimen.fileOf = { [times] version, path in
            path != "metrics.json"
                ? nil
                : times[version.revision].map { Array(#"{"train_seconds": \#($0), "latency_ms": {"p95": 1}}"#.utf8) }
        }
        return specimen
    }

    @Test func `steady versions pass`() async throws {
        let outcome = try await specimen([10, 11, 10, 10.5, 10, 10.2]).run(ComputePerformance.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.measurements["versions"]?.int == 6)
    }

    @Test func `a slow leak fails though no step is great`() async throws {
        let outcome = try await specimen([10, 10.4, 10.8, 11.2, 11.7, 12.1, 12.6, 13.1]).run(ComputePerformance.self)
        #expect(outcome.verdict == .fail)
        #expect(outcome.summary.contains("a slow leak"), "\(outcome.words)")
    }

    @Test func `a jump against the version that runs now fails`() async throws {
        var specimen = try Specimen.version("v2")
        var old = try Specimen.version("v1")
        old.files["metrics.json"] = Array(#"{"train_seconds": 2.0}"#.utf8)
        specimen.deployed = try old.subject()
        specimen.files["metrics.json"] = Array(#"{"train_seconds": 3.0}"#.utf8)
        let outcome = try await specimen.run(ComputePerformance.self)
        #expect(
            outcome.verdict == .fail && outcome.summary.contains("50 % more than 2 of tumor v1"), "\(outcome.words)")
    }

    @Test func `what predictions cost is held against the version that runs now, measured or declared`() async throws {
        func outcome(_ now: (file: String?, declared: JSON), _ before: (file: String?, declared: JSON)) async throws
            -> Outcome
        {
            func specimen(_ version: String, _ told: (file: String?, declared: JSON)) throws -> Specimen {
                var specimen = try Specimen.version(version)
                if told.declared != .null { specimen = specimen.setting("serving", "costPer1k", to: told.declared) }
                specimen.files["metrics.json"] = told.file.map { Array(#"{"cost_per_1k": \#($0)}"#.utf8) }
                return specimen
            }
            var new = try specimen("v2", now)
            new.deployed = try specimen("v1", before).subject()
            return try await new.run(ComputePerformance.self)
        }
        let dearer = try await outcome(("0.2", .null), ("0.12", .null))
        #expect(
            dearer.verdict == .fail
                && dearer.summary.hasPrefix("cost_per_1k is 0.2, 66.6667 % more than 0.12 of tumor v1"),
            "\(dearer.words)")
        #expect(try await outcome((nil, 0.2), (nil, 0.12)).verdict == .fail)
        #expect(try await outcome((nil, 0.13), (nil, 0.12)).verdict == .pass)
        // What is measured counts before what is declared.
        #expect(try await outcome(("0.12", 0.2), (nil, 0.12)).verdict == .pass)
        let gone = try await outcome((nil, .null), ("0.12", .null))
        #expect(gone.verdict == .skipped, "\(gone.words)")
        #expect(try await outcome((nil, 0.12), (nil, .null)).measurements["cost_per_1k"]?.double == 0.12)
    }

    @Test(arguments: [
        (#"{"train_seconds": 2}"#, Verdict.warn, "metrics.json lacks latency_ms.p95, which tumor v1 has"),
        (
            #"{"train_seconds": 2, "latency_ms": {"p95": "900 ms"}}"#, .inconclusive,
            "metrics.json: latency_ms.p95 is \"900 ms\", which"
        ),
    ])
    func `a measure that was there is not let go`(metrics: String, verdict: Verdict, words: String) async throws {
        var specimen = try Specimen.version("v2"), old = try Specimen.version("v1")
        old.files["metrics.json"] = Array(#"{"train_seconds": 2, "latency_ms": {"p95": 3}}"#.utf8)
        specimen.deployed = try old.subject()
        specimen.files["metrics.json"] = Array(metrics.utf8)
        let outcome = try await specimen.run(ComputePerformance.self)
        #expect(outcome.verdict == verdict && outcome.summary.contains(words), "\(outcome.words)")
    }

    @Test func `a broken file is inconclusive, none is skipped, NaN fails`() async throws {
        var specimen = try Specimen.version("v1")
        specimen.files["metrics.json"] = Array("{".utf8)
        #expect(try await specimen.run(ComputePerformance.self).verdict == .inconclusive)
        specimen.files["metrics.json"] = Array(#"{"train_seconds": NaN}"#.utf8)
        #expect(try await specimen.run(ComputePerformance.self).verdict == .fail)
        specimen.files["metrics.json"] = nil
        #expect(try await specimen.run(ComputePerformance.self).verdict == .skipped)
    }

    @Test(arguments: [0, 1001, Int.max]) func `no versions, or more than can be looked at, are refused`(versions: Int) {
        #expect(throws: FieldErrors.self) { try ComputePerformance(node: ManifestTree(["versions": .int(versions)])) }
    }
}
