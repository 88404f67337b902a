import Data
import Domain
import Testing

@testable import Checks

/// Served predictions whose labels have not come.
@Suite struct ExpectedQualityTests {
    /// At promotion each tenth of these scores keeps what it promises: accuracy and its expectation are 0.8.
    private static let levels = [0.1, 0.3, 0.7, 0.9]

    private func specimen(
        served: [Double?], labelled: Int = 0, isHonest: Bool = true, positive: String? = nil
    ) throws -> Specimen {
        let told = positive.map { ["no", $0] } ?? ["0", "1"]
        var specimen = try Specimen.version("v1").setting("serving", to: ["log": "log.jsonl", "labels": "labels.csv"])
            .setting("evaluation", "positive", to: positive.map(JSON.string) ?? .null)
        let rows = (0..<400).map { row -> String in
            let score = Self.levels[row % 4], isOne = Double(row / 4 % 10) < score * 10 - 0.5
            return "r\(row),\(told[isOne == isHonest ? 1 : 0]),\(told[score >= 0.5 ? 1 : 0]),\(score)\n"
        }
        specimen.files["predictions.csv"] = Array(("row_id,label,prediction,score\n" + rows.joined()).utf8)
        let lines = served.enumerated().map { row, score in
            #"{"request_id":"q\#(row)","prediction":"\#(told[(score ?? 0) >= 0.5 ? 1 : 0])","score":\#(score.map { "\($0)" } ?? "null")}"#
        }
        specimen.files["log.jsonl"] = Array(lines.joined(separator: "\n").utf8)
        let labels = (0..<labelled).map { "q\($0),\(told[1])\n" }
        specimen.files["labels.csv"] = Array(("request_id,label\n" + labels.joined()).utf8)
        return specimen
    }

    private func like(_ levels: [Double]) -> [Double?] { (0..<300).map { levels[$0 % levels.count] } }

    @Test func `what is expected is the reference's`() async throws {
        let outcome = try await specimen(served: (0..<300).map { Double($0 * 37 % 101) / 100 }).run(
            PredictionQuality.self)
        for (metric, reference) in [
            ("accuracy", 0.7523999999999998), ("precision", 0.7496688741721853), ("recall", 0.7562800641368251),
            ("f1_binary", 0.7529599574298257), ("auc", 0.8374681943476138),
        ] {
            let found = outcome.measurements["estimated"]?[metric]?.double ?? .nan
            #expect(abs(found - reference) <= 1e-9, "\(metric): \(found)")
        }
        let promised = outcome.measurements["estimated_at_promotion"]?["accuracy"]?.double ?? .nan
        #expect(abs(promised - 0.8) <= 1e-9 && outcome.measurements["at_promotion"]?.double == 0.8)
    }

    @Test func `the area of few rows is the reference's, and what labels drawn by the scores give`() throws {
        for (rows, reference) in [(60, 0.8402694695551267), (20, 0.8608276192819003)] {
            let scores = (0..<rows).map { Double($0 * 37 % 101) / 100 }
            var expected = ExpectedQuality()
            for score in scores { expected.add(isPositive: score >= 0.5, score: score) }
            let found = try #require(expected["auc"])
            #expect(abs(found - reference) <= 1e-12)
            var random = SplitMix(seed: 1), areas: [Double] = []
            while areas.count < 4000 {
                let labels = scores.map { Double.random(in: 0..<1, using: &random) < $0 }
                if let area = Self.area(scores, labels) { areas.append(area) }
            }
            let mean = areas.reduce(0, +) / 4000
            let variance = areas.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3999
            #expect(abs(mean - found) <= 4 * (variance / 4000).squareRoot(), "\(rows) rows: \(mean), expected \(found)")
        }
    }

    /// Of all pairs of a positive and a negative row; `nil` without one.
    private static func area(_ scores: [Double], _ labels: [Bool]) -> Double? {
        let rows = zip(scores, labels), positives = rows.filter(\.1).map(\.0), negatives = rows.filter { !$1 }.map(\.0)
        guard !positives.isEmpty, !negatives.isEmpty else { return nil }
        var ordered = 0.0
        for one in positives { for other in negatives { ordered += one > other ? 1 : one == other ? 0.5 : 0 } }
        return ordered / Double(positives.count * negatives.count)
    }

    @Test func `rows without a pair have no area`() {
        for scores in [[], [0.5], [1, 1], [0, 0, 0]] {
            var expected = ExpectedQuality()
            for score in scores { expected.add(isPositive: true, score: score) }
            #expect(expected["auc"] == nil, "\(scores)")
        }
        var certain = ExpectedQuality()
        for score in [1.0, 0] { certain.add(isPositive: true, score: score) }
        #expect(certain["auc"] == 1)
    }

    @Test func `the area is estimated as the other metrics are`() async throws {
        let settings: JSON = ["metric": "auc"]
        let same = try await specimen(served: like(Self.levels)).run(PredictionQuality.self, settings)
        #expect(same.verdict == .warn && same.summary.contains("the scores let expect auc 0.8"), "\(same.words)")
        let fallen = try await specimen(served: like([0.4, 0.6])).run(PredictionQuality.self, settings)
        #expect(fallen.verdict == .inconclusive && fallen.summary.contains("auc 0.6"), "\(fallen.words)")
        let broken = try await specimen(served: like(Self.levels), isHonest: false).run(
            PredictionQuality.self, settings)
        #expect(broken.verdict == .inconclusive && broken.summary.contains("no estimate"), "\(broken.words)")
    }

    @Test func `the least certain requests without a label are candidates`() async throws {
        let served = (0..<300).map { $0 == 7 ? 0.5 : $0 == 250 ? 0.48 : Double($0 % 2) }
        let outcome = try await specimen(served: served).run(PredictionQuality.self)
        let ids = outcome.measurements["candidates"]?["uncertain"]?.array?.compactMap(\.string)
        #expect(ids?.prefix(3) == ["q7", "q250", "q0"] && ids?.count == 20, "\(outcome.measurements)")
    }

    @Test(arguments: [nil, "yes"]) func `the most confidently wrong of labelled requests are candidates`(
        positive: String?
    ) async throws {
        // The labels that came are all positive.
        let served = (0..<300).map { $0 == 3 ? 0.02 : $0 == 9 ? 0.01 : $0 % 2 == 0 ? 0.9 : 0.4 }
        let outcome = try await specimen(served: served, labelled: 300, positive: positive).run(PredictionQuality.self)
        let candidates = outcome.measurements["candidates"]
        #expect(candidates?["confidently-wrong"]?.array?.prefix(3) == ["q9", "q3", "q1"], "\(outcome.measurements)")
        #expect(candidates?["uncertain"] == nil)
    }

    @Test(arguments: [nil, "yes"]) func `an estimate that holds is a warning, never a pass`(positive: String?)
        async throws
    {
        for levels in [Self.levels, [0.1, 0.9]] {
            let outcome = try await specimen(served: like(levels), positive: positive).run(PredictionQuality.self)
            #expect(outcome.verdict == .warn, "\(outcome.words)")
            #expect(outcome.summary.hasSuffix("0.8 at promotion: an estimate that no drift of concepts would show"))
            #expect(outcome.summary.hasPrefix("0 of 300 requests have a label (0 %)"), "\(outcome.words)")
        }
    }

    @Test func `an estimate that fell is inconclusive, since only labels can show it`() async throws {
        let outcome = try await specimen(served: like([0.3, 0.7])).run(PredictionQuality.self)
        #expect(outcome.verdict == .inconclusive, "\(outcome.words)")
        #expect(outcome.summary.contains("accuracy 0.7 of 300 requests, 0.8 at promotion"), "\(outcome.words)")
        let allowed = try await specimen(served: like([0.3, 0.7])).run(
            PredictionQuality.self, ["maxRelativeDrop": 0.2])
        #expect(allowed.verdict == .warn, "\(allowed.words)")
    }

    @Test func `scores that did not keep their promise are no estimate`() async throws {
        let outcome = try await specimen(served: like(Self.levels), isHonest: false).run(PredictionQuality.self)
        #expect(outcome.verdict == .inconclusive, "\(outcome.words)")
        #expect(outcome.summary.contains("at promotion they let expect accuracy 0.8, and it was accuracy 0.2"))
    }

    @Test func `labels that came are judged by, and what cannot be estimated is inconclusive`() async throws {
        let labelled = try await specimen(served: like(Self.levels), labelled: 300).run(PredictionQuality.self)
        #expect(labelled.verdict == .fail && labelled.measurements["estimated"] == nil, "\(labelled.words)")
        let few = try await specimen(served: like(Self.levels), labelled: 200).run(PredictionQuality.self)
        // Scores that promise well do not outweigh labels that show a fall.
        #expect(few.verdict == .inconclusive && few.summary.hasPrefix("200 of 300 requests have a label"))
        #expect(few.summary.contains("of those that have one: served"), "\(few.words)")
        let served = like(Self.levels), off: JSON = ["estimate": false], other: JSON = ["metric": "log_loss"],
            none = JSON.empty
        for (specimen, settings) in [
            (try specimen(served: served), off), (try specimen(served: served), other),
            (try specimen(served: Array(served.prefix(99))), none),
            (try specimen(served: served + [nil]), none), (try specimen(served: served + [1.5]), none),
            (try specimen(served: served.map { _ in nil }), none),
            (try specimen(served: served).setting("evaluation", "columns", "score", to: .null), none),
        ] as [(Specimen, JSON)] {
            let outcome = try await specimen.run(PredictionQuality.self, settings)
            #expect(outcome.verdict == .inconclusive, "\(settings): \(outcome.words)")
            #expect(outcome.summary.contains(" requests have a label") && !outcome.isRun, "\(outcome.words)")
        }
    }
}
