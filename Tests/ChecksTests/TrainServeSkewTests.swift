import Domain
import Testing

@testable import Checks

@Suite struct TrainServeSkewTests {
    private func specimen(offline change: (Int) -> String = { "\($0)" }, rows: Int = 100) throws -> Specimen {
        var specimen = try Specimen.version("v1").setting("serving", to: ["log": "log.jsonl"])
        specimen.files["log.jsonl"] = Array(
            (0..<rows).map { #"{"request_id":"r\#($0)","features":{"days":\#($0),"kind":"a"}}"# }.joined(
                separator: "\n"
            ).utf8)
        specimen.files["offline.csv"] = Array(
            ("request_id,days,kind\n" + (0..<rows).map { "r\($0),\(change($0)),a\n" }.joined()).utf8)
        return specimen
    }

    private let settings: JSON = ["offline": "offline.csv", "minRows": 50]

    @Test func `equal features pass, up to rounding`() async throws {
        #expect(try await specimen().run(TrainServeSkew.self, settings).verdict == .pass)
        #expect(try await specimen { "\(Double($0) + 1e-9)" }.run(TrainServeSkew.self, settings).verdict == .pass)
    }

    @Test func `off by one day fails and says so`() async throws {
        let outcome = try await specimen { $0 % 10 == 0 ? "\($0 - 1)" : "\($0)" }.run(TrainServeSkew.self, settings)
        #expect(outcome.verdict == .fail)
        #expect(
            outcome.summary.contains("\"days\": 10 % of 100 joined rows differ; serving = training + 1"),
            "\(outcome.words)")
    }

    @Test func `a null on one side counts apart`() async throws {
        let outcome = try await specimen { $0 < 5 ? "" : "\($0)" }.run(TrainServeSkew.self, settings)
        #expect(outcome.verdict == .fail && outcome.summary.contains("5 are missing on one side"), "\(outcome.words)")
    }

    @Test func `served features that the table lacks are said, and keep it open`() async throws {
        var specimen = try specimen()
        specimen.schema = nil
        specimen.files["offline.csv"] = Array(
            ("request_id,kind\n" + (0..<100).map { "r\($0),a\n" }.joined()).utf8)
        let outcome = try await specimen.run(TrainServeSkew.self, settings)
        #expect(outcome.verdict == .inconclusive, "\(outcome.words)")
        #expect(outcome.summary == "offline.csv lacks days of the 2 served features")
        specimen.schema = ["columns": [["name": "kind", "type": "string"]]]
        #expect(
            try await specimen.run(TrainServeSkew.self, settings).verdict == .pass, "days is no feature of the model")
    }

    @Test func `rows without a partner fail`() async throws {
        var specimen = try specimen()
        let lines = specimen.files["offline.csv"]!.split(separator: 10).prefix(61)
        specimen.files["offline.csv"] = Array(lines.joined(separator: [10]))
        let outcome = try await specimen.run(TrainServeSkew.self, settings)
        #expect(outcome.verdict == .fail && outcome.words.contains("have no partner"), "\(outcome.words)")
    }

    @Test func `few rows or no table are inconclusive, nothing configured is skipped`() async throws {
        #expect(try await specimen().run(TrainServeSkew.self, ["offline": "offline.csv"]).verdict == .inconclusive)
        #expect(try await specimen().run(TrainServeSkew.self, ["offline": "other.csv"]).verdict == .inconclusive)
        #expect(try await specimen().run(TrainServeSkew.self).verdict == .skipped)
    }

    @Test(arguments: [
        ("true", "True"), ("true", "1"), ("false", "0.0"), ("\" Private\"", "Private"), ("\"a \"", "a"),
        ("\"a\"", "a "),
        ("\"2026-01-01T00:00:01Z\"", "2026-01-01 00:00:01+00:00"), ("5", "5.0"), ("null", "\" \""),
    ])
    func `one value in two spellings is no skew`(served: String, offline: String) async throws {
        var specimen = try specimen()
        specimen.files["log.jsonl"] = Array(
            (0..<100).map { "{\"request_id\":\"r\($0)\",\"features\":{\"x\":\(served)}}\n" }.joined().utf8)
        specimen.files["offline.csv"] = Array(
            ("request_id,x\n" + (0..<100).map { "r\($0),\(offline)\n" }.joined()).utf8)
        let outcome = try await specimen.run(TrainServeSkew.self, settings)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test(arguments: [("true", "False"), ("true", "0"), ("\"a\"", "A"), ("\"2026-01-01T00:00:01Z\"", "2026-01-01")])
    func `another value is skew`(served: String, offline: String) async throws {
        var specimen = try specimen()
        specimen.files["log.jsonl"] = Array(
            (0..<100).map { "{\"request_id\":\"r\($0)\",\"features\":{\"x\":\(served)}}\n" }.joined().utf8)
        specimen.files["offline.csv"] = Array(
            ("request_id,x\n" + (0..<100).map { "r\($0),\(offline)\n" }.joined()).utf8)
        let outcome = try await specimen.run(TrainServeSkew.self, settings)
        #expect(outcome.verdict == .fail && outcome.words.contains("100 % of 100"), "\(outcome.words)")
    }

    @Test func `a share without a partner that is exactly its bound is kept`() async throws {
        var specimen = try specimen(rows: 200)
        specimen.files["offline.csv"] = Array(
            ("request_id,days,kind\n" + (10..<210).map { "r\($0),\($0),a\n" }.joined()).utf8)
        let outcome = try await specimen.run(TrainServeSkew.self, settings)
        #expect(outcome.verdict == .pass && outcome.measurements["unjoined_requests"] == 0.05, "\(outcome.words)")
        #expect(outcome.measurements["unjoined_offline"] == 0.05)
    }

    /// 9 of a hundred requests have no row, though of both together fewer than 5 lack a partner.
    @Test func `partners are missed on each side by itself`() async throws {
        var specimen = try specimen(rows: 200)
        specimen.files["offline.csv"] = Array(
            ("request_id,days,kind\n" + (0..<182).map { "r\($0),\($0),a\n" }.joined()).utf8)
        let outcome = try await specimen.run(TrainServeSkew.self, settings)
        #expect(outcome.verdict == .fail && outcome.summary.contains("9 % of the requests"), "\(outcome.words)")
    }

    @Test func `what was logged or written twice has its partner all the same`() async throws {
        for path in ["log.jsonl", "offline.csv"] {
            var specimen = try specimen(rows: 200)
            let lines = try #require(specimen.files[path]).split(separator: 10)
            specimen.files[path] = Array((lines + lines.suffix(60)).joined(separator: [10]))
            let outcome = try await specimen.run(TrainServeSkew.self, settings)
            #expect(outcome.verdict == .pass, "\(path): \(outcome.words)")
            #expect(outcome.measurements["unjoined_requests"]?.double == 0)
        }
    }

    @Test func `a feature of the schema that is never served is missing in every row`() async throws {
        var specimen = try specimen()
        specimen.schema = [
            "columns": [
                ["name": "days", "type": "int", "role": "feature"],
                ["name": "kind", "type": "string", "role": "feature"],
                ["name": "age", "type": "int", "role": "feature"],
            ]
        ]
        specimen.files["offline.csv"] = Array(
            ("request_id,days,kind,age\n" + (0..<100).map { "r\($0),\($0),a,\($0)\n" }.joined()).utf8)
        let outcome = try await specimen.run(TrainServeSkew.self, settings)
        #expect(outcome.verdict == .fail && outcome.words.contains("\"age\": 100 % of 100"), "\(outcome.words)")
        #expect(outcome.words.contains("never served"))
    }
}
