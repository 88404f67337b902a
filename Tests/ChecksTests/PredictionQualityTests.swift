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
        #expect(allowed.summary.hasSuffix("; the newest request came 679 days ago"), "\(allowed.summary)")
        #expect(try await !served(25).run(PredictionQuality.self, ["minRows": 20]).summary.contains("days ago"))
        #expect(allowed.verdict == (try await served(25).run(PredictionQuality.self, ["minRows": 20]).verdict))
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
        let far = outcome.measurements["candidates"]?["large-error"]?.array
        #expect(far?.prefix(2) == ["r199", "r198"] && far?.count == 20, "\(outcome.measurements)")
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

    // MARK: Bias by slice

    /// A regression whose predictions are the labels times what a segment says.
    private func segments(_ segments: [(name: String?, rows: Int, times: Double)]) throws -> Specimen {
        var specimen = try Specimen.version("v1").setting("serving", to: ["log": "log.jsonl", "labels": "labels.csv"])
            .setting("task", to: "regression").setting("evaluation", "columns", to: .empty)
            .setting("evaluation", "slices", to: ["segment", "kept_out"])
        specimen.files["predictions.csv"] = Array("label,prediction\n1,9\n2,9\n3,9\n4,9\n".utf8)
        let rows = segments.flatMap { segment in (0..<segment.rows).map { (segment, Double(10 + $0 % 7)) } }
        let lines = rows.enumerated().map { row, each in
            let name = each.0.name.map { #""\#($0)""# } ?? "null"
            return
                #"{"request_id":"r\#(row)","features":{"segment":\#(name)},"prediction":\#(each.1 * each.0.times)}"#
        }
        specimen.files["log.jsonl"] = Array(lines.joined(separator: "\n").utf8)
        specimen.files["labels.csv"] = Array(
            ("request_id,label\n" + rows.enumerated().map { "r\($0),\($1.1)\n" }.joined()).utf8)
        return specimen
    }

    @Test func `a slice that is biased fails where the whole is not`() async throws {
        let fair = try await segments([("a", 200, 1.02), ("b", 200, 0.98)]).run(PredictionQuality.self)
        #expect(fair.verdict == .pass, "\(fair.words)")
        let outcome = try await segments([("a", 200, 1), ("b", 100, 1.2)]).run(PredictionQuality.self)
        #expect(outcome.verdict == .fail && outcome.findings.count == 1, "\(outcome.words)")
        #expect(outcome.summary.hasPrefix("slice segment=b (n=100): the mean prediction is 1.2 times the mean label"))
        let found = outcome.measurements["bias_by_slice"]?["segment"]?["b"]
        #expect(found?["rows"]?.int == 100 && abs((found?["bias"]?.double ?? 0) - 1.2) <= 1e-9)
        let wide = try await segments([("a", 200, 1), ("b", 100, 1.2)]).run(PredictionQuality.self, ["maxBias": 1.3])
        #expect(wide.verdict == .pass, "\(wide.words)")
    }

    @Test func `small slices are named and not judged, and features that are not there are said`() async throws {
        let small = try segments([("a", 200, 1), (nil, 12, 1)])
        let outcome = try await small.run(PredictionQuality.self, ["maxBias": 9])
        #expect(outcome.verdict == .warn, "\(outcome.words)")
        #expect(outcome.summary.hasSuffix("labels of 0 only: (null) (12)"), "\(outcome.words)")
        let named = try await small.run(PredictionQuality.self, ["slices": ["segmant"], "maxBias": 9])
        #expect(named.verdict == .inconclusive, "\(named.words)")
        #expect(named.summary.contains("has no feature 'segmant'; did you mean 'segment'?"), "\(named.words)")
    }

    @Test func `among many slices one must be surer of its bias`() async throws {
        func classes(_ slices: Int) throws -> Specimen {
            var specimen = try Specimen.version("v1").setting(
                "serving", to: ["log": "log.jsonl", "labels": "labels.csv"]
            ).setting("evaluation", to: ["columns": ["score": "score"], "slices": ["g"]])
            specimen.files["predictions.csv"] = Array(
                ("label,prediction,score\n" + (0..<100).map { "\($0 % 2),1,0.5\n" }.joined()).utf8)
            // Of the first slice 40 of 100 are positive and the mean score is 0.5: two standard errors.
            let rows = (0..<slices).flatMap { slice in (0..<100).map { (slice, $0 < (slice == 0 ? 40 : 50) ? 1 : 0) } }
            specimen.files["log.jsonl"] = Array(
                rows.enumerated().map {
                    #"{"request_id":"r\#($0)","features":{"g":\#($1.0)},"prediction":1,"score":0.5}"#
                }.joined(separator: "\n").utf8)
            specimen.files["labels.csv"] = Array(
                ("request_id,label\n" + rows.enumerated().map { "r\($0),\($1.1)\n" }.joined()).utf8)
            return specimen
        }
        let settings: JSON = ["maxRelativeDrop": 1, "sequential": false, "maxBias": 1]
        let one = try await classes(2).run(PredictionQuality.self, settings)
        #expect(one.verdict == .warn && one.words.contains("slice g=0 (n=100)"), "\(one.words)")
        let alone = try await classes(1).run(PredictionQuality.self, settings)
        #expect(alone.verdict == .fail && alone.words.contains("slice g=0 (n=100)"), "\(alone.words)")
        // 1.25 is surely more than 1, and could be 1.1 by chance.
        let near = try await classes(1).run(PredictionQuality.self, ["maxRelativeDrop": 1, "sequential": false])
        #expect(near.verdict == .warn, "\(near.words)")
        #expect(near.words.contains("1.25 times the mean label"), "\(near.words)")
    }

    @Test(arguments: [(40, Verdict.fail), (10, .warn)]) func `few rows of a label are no proof that an area fell`(
        positives: Int, verdict: Verdict
    ) async throws {
        var specimen = try Specimen.version("v1").setting("serving", to: ["log": "log.jsonl", "labels": "labels.csv"])
            .setting("evaluation", to: ["columns": ["score": "score"]])
        specimen.files["predictions.csv"] = Array(
            ("label,prediction,score\n" + (0..<100).map { "\($0 % 2),\($0 % 2),0.\($0 % 2 * 8 + 1)\n" }.joined()).utf8)
        let rows = 0..<200
        specimen.files["log.jsonl"] = Array(
            rows.map { #"{"request_id":"r\#($0)","prediction":1,"score":0.\#($0 < positives ? 1 : 9)}"# }
                .joined(separator: "\n").utf8)
        specimen.files["labels.csv"] = Array(
            ("request_id,label\n" + rows.map { "r\($0),\($0 < positives ? 1 : 0)\n" }.joined()).utf8)
        let settings: JSON = ["metric": "auc", "minBias": 0, "maxBias": 1000]
        let outcome = try await specimen.run(PredictionQuality.self, settings)
        #expect(outcome.verdict == verdict, "\(outcome.words)")
        #expect(outcome.summary.contains("10 rows of the rarest label") == (positives == 10), "\(outcome.words)")
    }
}
