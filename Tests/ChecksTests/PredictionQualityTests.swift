import Domain
import Testing

@testable import Checks

@Suite struct PredictionQualityTests {
    private func served(_ rows: Int = 50) throws -> Specimen {
        var specimen = try Specimen.version("v2", of: "penguins").setting(
            "serving", to: ["log": "log.jsonl", "labels": "labels.csv"])
        specimen.now = try #require(Timestamp("2025-01-13T12:00:00Z"))
        let lines = try Fixture.text("penguins/serving/serving-log.jsonl").split(separator: "\n")
        specimen.files["log.jsonl"] = Array(lines.prefix(rows).joined(separator: "\n").utf8)
        specimen.files["labels.csv"] = try Fixture.bytes("penguins/serving/serving-labels.csv")
        return specimen
    }

    @Test func `quality that holds passes`() async throws {
        let outcome = try await served(25).run(PredictionQuality.self, ["minRows": 20])
        #expect(outcome.verdict.admits, "\(outcome.words)")
        #expect(outcome.measurements["rows"]?.int == 25)
    }

    @Test func `requests of long ago say nothing of today`() async throws {
        var specimen = try served(25)
        specimen.now = try #require(Timestamp("2026-11-21T12:00:00Z"))
        let outcome = try await specimen.run(PredictionQuality.self, ["minRows": 20, "maxAge": "7d"])
        #expect(outcome.verdict == .inconclusive && !outcome.isRun, "a point for nothing: \(outcome.words)")
        #expect(outcome.summary.contains("log.jsonl: the newest request came 6"), "\(outcome.words)")
        let allowed = try await specimen.run(PredictionQuality.self, ["minRows": 20, "maxAge": "800d"])
        #expect(allowed.verdict.admits, "\(allowed.words)")
    }

    @Test func `quality that fell fails`() async throws {
        var specimen = try served(25)
        specimen.files["labels.csv"] = Array(
            try Fixture.text("penguins/serving/serving-labels.csv").replacing("Adelie", with: "Gentoo").utf8)
        let outcome = try await specimen.run(PredictionQuality.self, ["minRows": 20])
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(outcome.summary.contains("at promotion"))
    }

    @Test func `a biased regression is found`() async throws {
        var specimen = try Specimen.version("v1").setting("serving", to: ["log": "log.jsonl", "labels": "labels.csv"])
            .setting("task", to: "regression").setting("evaluation", "columns", to: .empty)
        let rows = 0..<200
        specimen.files["predictions.csv"] = Array(
            ("label,prediction\n" + rows.map { "\($0 + 1),\($0 + 2)\n" }.joined()).utf8)
        specimen.files["log.jsonl"] = Array(
            rows.map { #"{"request_id":"r\#($0)","prediction":\#(Double($0 + 1) * 1.3)}"# }.joined(separator: "\n").utf8
        )
        specimen.files["labels.csv"] = Array(("request_id,label\n" + rows.map { "r\($0),\($0 + 1)\n" }.joined()).utf8)
        let outcome = try await specimen.run(PredictionQuality.self)
        #expect(outcome.verdict == .fail)
        #expect(outcome.words.contains("1.3 times the mean label"), "\(outcome.words)")
    }

    @Test(arguments: ["yes", nil]) func `labels that are named are judged as 1 and 0`(positive: String?) async throws {
        let told = positive == nil ? ["0", "1"] : ["no", "yes"]
        var specimen = try Specimen.version("v1").setting("serving", to: ["log": "log.jsonl", "labels": "labels.csv"])
            .setting("evaluation", to: ["positive": positive.map(JSON.string) ?? .null])
        let rows = 0..<200
        specimen.files["predictions.csv"] = Array(
            ("label,prediction\n" + rows.map { "\(told[$0 % 2]),\(told[$0 % 2])\n" }.joined()).utf8)
        // No request of these is positive.
        specimen.files["log.jsonl"] = Array(
            rows.map { #"{"request_id":"r\#($0)","prediction":"\#(told[0])"}"# }.joined(separator: "\n").utf8)
        specimen.files["labels.csv"] = Array(
            ("request_id,label\n" + rows.map { "r\($0),\(told[0])\n" }.joined()).utf8)
        let outcome = try await specimen.run(PredictionQuality.self)
        #expect(outcome.verdict == .pass && outcome.measurements["accuracy"]?["value"]?.double == 1, "\(outcome.words)")
        specimen.files["labels.csv"] = Array(
            ("request_id,label\n" + rows.map { "r\($0),\($0 == 7 ? "maybe" : told[$0 % 2])\n" }.joined()).utf8)
        #expect(try await specimen.run(PredictionQuality.self).verdict == .inconclusive)
    }

    @Test func `too few labels are inconclusive, nothing configured is skipped`() async throws {
        #expect(try await served().run(PredictionQuality.self).verdict == .inconclusive)
        var specimen = try served()
        specimen.files["labels.csv"] = Array("request_id,label\n".utf8)
        #expect(try await specimen.run(PredictionQuality.self, ["minRows": 1]).verdict == .inconclusive)
        specimen.files["log.jsonl"] = Array("{".utf8)
        #expect(try await specimen.run(PredictionQuality.self, ["minRows": 1]).verdict == .inconclusive)
        #expect(try await Specimen.version("v1").run(PredictionQuality.self).verdict == .skipped)
    }

    @Test func `the traffic of another version or model says nothing of this one`() async throws {
        let log = try Fixture.text("penguins/serving/serving-log.jsonl").split(separator: "\n").prefix(25)
            .joined(separator: "\n")
        func outcome(_ text: String, label: String? = "v2") async throws -> Outcome {
            var specimen = try served()
            specimen.label = label
            specimen.files["log.jsonl"] = Array(text.utf8)
            return try await specimen.run(PredictionQuality.self, ["minRows": 20])
        }
        #expect(try await outcome(log).verdict.admits)
        #expect(try await outcome(log.replacing(#""version": "v2""#, with: #""version": 2"#)).verdict.admits)
        let other = try await outcome(log, label: "v5")
        #expect(other.verdict == .inconclusive)
        #expect(other.summary.contains("no request to penguins v5; it names the versions v2"), "\(other.words)")
        // Without a label any could be meant, but not another commit.
        #expect(try await outcome(log, label: nil).verdict.admits)
        let commit = try await outcome(log.replacing(#""version": "v2""#, with: #""version": "beefbee""#), label: nil)
        #expect(commit.verdict == .inconclusive)
        let model = try await outcome(log.replacing(#""model": "penguins""#, with: #""model": "seals""#))
        #expect(model.verdict == .inconclusive && model.summary.contains("it names the models seals"), "\(model.words)")
        // A log that names no version is taken as this one's.
        #expect(try await outcome(log.replacing(#""version": "v2", "#, with: ""), label: "v5").verdict.admits)
    }

    /// Predictions that run against the labels; what is served is the same, or worse by that much at both ends.
    private func backwards(_ off: Double) throws -> Specimen {
        var specimen = try Specimen.version("v1").setting("serving", to: ["log": "log.jsonl", "labels": "labels.csv"])
            .setting("task", to: "regression").setting("evaluation", "columns", to: .empty)
        let rows = 0..<200
        specimen.files["predictions.csv"] = Array(
            ("label,prediction\n" + rows.map { "\($0),\(200 - $0)\n" }.joined()).utf8)
        let served = rows.map { row in
            #"{"request_id":"r\#(row)","prediction":\#(Double(200 - row) + (row < 100 ? off : -off))}"#
        }
        specimen.files["log.jsonl"] = Array(served.joined(separator: "\n").utf8)
        specimen.files["labels.csv"] = Array(("request_id,label\n" + rows.map { "r\($0),\($0)\n" }.joined()).utf8)
        return specimen
    }

    @Test func `a metric below zero that stays passes, one that falls further fails`() async throws {
        let same = try await backwards(0).run(PredictionQuality.self, ["metric": "r2"])
        #expect(same.verdict == .pass && (same.measurements["at_promotion"]?.double ?? 0) < -2, "\(same.words)")
        let worse = try await backwards(100).run(PredictionQuality.self, ["metric": "r2"])
        #expect(worse.verdict == .fail, "\(worse.words)")
    }
}
