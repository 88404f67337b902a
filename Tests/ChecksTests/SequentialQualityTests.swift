import Data
import Domain
import Testing

@testable import Checks

/// What ``PredictionQuality`` says where it is asked again and again.
@Suite struct SequentialQualityTests {
    /// A classification that was right nine times in ten at promotion; of what it is asked, answers are right or wrong as told, each
    /// an hour after the one before.
    private func served(_ right: some Sequence<Bool>) throws -> Specimen {
        var specimen = try Specimen.version("v1").setting("serving", to: ["log": "log.jsonl", "labels": "labels.csv"])
            .setting("evaluation", to: ["columns": .empty])
        specimen.now = try #require(Timestamp("2026-11-30T00:00:00Z"))
        specimen.files["predictions.csv"] = Array(
            ("label,prediction\n" + (0..<100).map { "\($0 % 2),\($0 < 10 ? 1 - $0 % 2 : $0 % 2)\n" }.joined()).utf8)
        let right = Array(right), first = specimen.now + .seconds(-3600 * right.count)
        specimen.files["log.jsonl"] = Array(
            right.enumerated().map { row, isRight in
                let time = first + .seconds(3600 * row)
                return #"{"ts":"\#(time)","request_id":"r\#(row)","prediction":\#(isRight ? row % 2 : 1 - row % 2)}"#
            }.joined(separator: "\n").utf8)
        specimen.files["labels.csv"] = Array(
            ("request_id,label\n" + right.indices.map { "r\($0),\($0 % 2)\n" }.joined()).utf8)
        return specimen
    }

    private let settings: JSON = ["maxRelativeDrop": 0, "maxBias": 9, "minBias": 0]

    /// What looks at the first 100, 150, … 400 answers say.
    private func looks(at right: [Bool], _ settings: JSON) async throws -> [Outcome] {
        try await stride(from: 100, through: right.count, by: 50).asyncMap {
            try await served(right.prefix($0)).run(PredictionQuality.self, settings)
        }
    }

    @Test func `a model that is as good as ever is found worse by some look alone, and by none of all looks together`()
        async throws
    {
        var random = SplitMix(seed: 79)
        let right = (0..<400).map { _ in Double(random.next() >> 11) * 0x1p-53 < 0.9 }
        let alone = try await looks(
            at: right, .object((settings.members ?? []).map { ($0.key, $0.value) } + [("sequential", false)]))
        let together = try await looks(at: right, settings)
        #expect(alone.contains { $0.verdict == .fail }, "\(alone.map(\.words))")
        #expect(together.allSatisfy { $0.verdict.admits }, "\(together.map(\.words))")
        #expect(together.contains { $0.summary.hasSuffix("though chance could explain it") })
    }

    @Test func `a model that got worse is found so`() async throws {
        var random = SplitMix(seed: 8)
        let right = (0..<400).map { _ in Double.random(in: 0..<1, using: &random) < 0.75 }
        let outcomes = try await looks(at: right, settings)
        let last = try #require(outcomes.last)
        #expect(last.verdict == .fail && last.summary.contains("0.9 at promotion"), "\(last.words)")
        let interval = ConfidenceSequence(alpha: 0.05, firstLook: 100).proportion(
            successes: right.count(where: \.self), of: 400)
        let found = last.measurements["accuracy"]
        #expect(found?["low"]?.double == interval?.lower && found?["high"]?.double == interval?.upper)
        #expect(last.measurements["looks"] == "all")
    }

    @Test func `a window's looks begin at the same requests for a quarter of it, and share the chance of an alarm`()
        async throws
    {
        // 14 days of hours; the newest request came at 23:00, 100 hours before it was 19:00, quarters of 25 hours begin at 1970.
        let right = (0..<336).map { $0 % 10 != 0 }
        let outcome = try await served(right).run(
            PredictionQuality.self, ["window": "100h", "maxRelativeDrop": 0, "maxBias": 9, "minBias": 0])
        let rows = try #require(outcome.measurements["rows"]?.int)
        let hours = try #require(Timestamp("2026-11-29T23:00:00Z")).seconds / 3600
        #expect(rows == 101 + Int((hours - 100) % 25), "\(rows)")
        let wrong = right.suffix(rows).count { !$0 }
        let interval = ConfidenceSequence(alpha: 0.01, firstLook: 100).proportion(successes: rows - wrong, of: rows)
        #expect(outcome.measurements["accuracy"]?["low"]?.double == interval?.lower, "\(outcome.measurements)")
        let alone = try await served(right).run(
            PredictionQuality.self,
            ["window": "100h", "maxRelativeDrop": 0, "sequential": false, "maxBias": 9, "minBias": 0])
        #expect(alone.measurements["rows"] == 101 && alone.measurements["looks"] == "one")
        let wilson = Interval.wilson(successes: right.suffix(101).count(where: \.self), of: 101)
        #expect(alone.measurements["accuracy"]?["low"]?.double == wilson?.lower)
    }

    @Test func `whoever looks through a moving window is misled in one of twenty stretches as long as it at most`()
        throws
    {
        // An answer an hour, of which nine in ten are right; looks every ten hours for 200 hours, through a window of 200.
        var random = SplitMix(seed: 30), misled = (together: 0, alone: 0)
        let window = Duration.seconds(200 * 3600), sequence = ConfidenceSequence(alpha: 0.05 / 5, firstLook: 100)
        let start = try #require(Timestamp("2026-11-01T00:00:00Z"))
        for _ in 0..<60 {
            let lines = (0..<401).map { hour in
                let isRight = Double(random.next() >> 11) * 0x1p-53 < 0.9
                return #"{"ts":"\#(start + .seconds(3600 * hour))","prediction":\#(isRight ? 1 : 0)}"#
            }
            let log = try ServingLog(Array(lines.joined(separator: "\n").utf8), path: "log.jsonl", of: nil)
            var isMisled = (together: false, alone: false)
            for newest in stride(from: 200, through: 400, by: 10) {
                var seen = log
                seen.keep(where: { ($0.time ?? start) <= start + .seconds(3600 * newest) })
                var alone = seen
                alone.keep(last: window)
                seen.keep(sinceQuarterOf: window)
                #expect((201...251).contains(seen.entries.count) && alone.entries.count == 201)
                func misses(_ log: ServingLog, _ interval: (Int, Int) -> Interval?) -> Bool {
                    let right = log.entries.count { $0.prediction == 1 }
                    return interval(right, log.entries.count).map { $0.upper < 0.9 || $0.lower > 0.9 } ?? true
                }
                isMisled.together = isMisled.together || misses(seen) { sequence.proportion(successes: $0, of: $1) }
                isMisled.alone = isMisled.alone || misses(alone) { .wilson(successes: $0, of: $1) }
            }
            misled.together += isMisled.together ? 1 : 0
            misled.alone += isMisled.alone ? 1 : 0
        }
        #expect(misled.together <= 3 && misled.alone >= 9, "\(misled)")
    }

    @Test(arguments: [Duration.zero, .seconds(1), .milliseconds(Int64.max), .milliseconds(7)])
    func `windows of any size have a beginning`(window: Duration) throws {
        let lines = (0..<3).map { #"{"ts":"2026-11-2\#($0)T00:00:00Z"}"# } + [#"{"request_id":"without time"}"#]
        var log = try ServingLog(Array(lines.joined(separator: "\n").utf8), path: "log.jsonl", of: nil)
        log.keep(sinceQuarterOf: window)
        #expect(log.entries.count == (window > .seconds(9_000_000) ? 3 : 1))
    }

    @Test func `a metric without an interval for all looks says that its is of one look`() async throws {
        var specimen = try Specimen.version("v1").setting("serving", to: ["log": "log.jsonl", "labels": "labels.csv"])
            .setting("task", to: "regression").setting("evaluation", "columns", to: .empty)
        specimen.files["predictions.csv"] = Array(
            ("label,prediction\n" + (0..<200).map { "\($0 + 1),\($0 + 1 + $0 % 3)\n" }.joined()).utf8)
        specimen.files["log.jsonl"] = Array(
            (0..<200).map { #"{"request_id":"r\#($0)","prediction":\#($0 + 1 + 2 * ($0 % 3))}"# }.joined(
                separator: "\n"
            ).utf8)
        specimen.files["labels.csv"] = Array(
            ("request_id,label\n" + (0..<200).map { "r\($0),\($0 + 1)\n" }.joined()).utf8)
        let median = try await specimen.run(PredictionQuality.self, ["metric": "median_abs_error"])
        #expect(median.verdict == .fail && median.measurements["looks"] == "one", "\(median.words)")
        #expect(
            median.summary.hasSuffix(
                "of this look alone, for no interval of median_abs_error is known that many looks leave true"))
        let mean = try await specimen.run(PredictionQuality.self, ["metric": "mae"])
        #expect(mean.verdict == .fail && mean.measurements["looks"] == "all" && !mean.summary.contains("alone"))
    }

    @Test func `a bias that chance could bring to one look among many is a warning`() async throws {
        // Of 100 requests 40 are positive and the mean score is 0.5: two standard errors.
        func biased(_ positive: Int) throws -> Specimen {
            var specimen = try served([]).setting("evaluation", to: ["columns": ["score": "score"]])
            specimen.files["predictions.csv"] = Array(
                ("label,prediction,score\n" + (0..<100).map { "\($0 % 2),1,0.5\n" }.joined()).utf8)
            specimen.files["log.jsonl"] = Array(
                (0..<100).map { #"{"request_id":"r\#($0)","prediction":1,"score":0.5}"# }.joined(separator: "\n").utf8)
            specimen.files["labels.csv"] = Array(
                ("request_id,label\n" + (0..<100).map { "r\($0),\($0 < positive ? 1 : 0)\n" }.joined()).utf8)
            return specimen
        }
        let settings: JSON = ["maxRelativeDrop": 1, "maxBias": 1]
        #expect(try await biased(39).run(PredictionQuality.self, settings).verdict == .warn)
        #expect(
            try await biased(39).run(PredictionQuality.self, ["maxRelativeDrop": 1, "maxBias": 1, "sequential": false])
                .verdict
                == .fail)
        #expect(try await biased(25).run(PredictionQuality.self, settings).verdict == .fail)
    }

    @Test(arguments: [0, 1, -0.1]) func `a chance that is none is refused`(alpha: Double) {
        #expect(throws: FieldErrors.self) { try PredictionQuality(node: ManifestTree(["alpha": .double(alpha)])) }
    }
}
