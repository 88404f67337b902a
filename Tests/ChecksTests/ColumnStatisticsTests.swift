import Domain
import Testing

@testable import Checks

@Suite struct ColumnStatisticsTests {
    /// The same numbers as in `Reference/make_column_statistics.py`.
    private static func number(_ row: Int) -> Double { Double(row * 7919 % 100_003) / 7 }

    private func column(_ more: JSON) throws -> Schema.Column {
        try Schema.Column(
            node: ManifestTree(
                .object([("name", "x"), ("type", "float")] + (more.members ?? []).map { ($0.key, $0.value) })))
    }

    private func statistics(_ more: JSON, rows: Int, exactValues: Int = 1_000_000) throws -> ColumnStatistics {
        var statistics = try #require(try ColumnStatistics(column(more), exactValues: exactValues))
        for row in 0..<rows { statistics.add(Self.number(row)) }
        return statistics
    }

    private static let everything: JSON = [
        "mean": ["min": 0], "standardDeviation": ["min": 0],
        "quantiles": .array([0, 0.05, 0.5, 0.9, 1].map { ["at": .double($0), "min": 0] }),
    ]

    @Test func `mean, deviation and quantiles are NumPy's`() throws {
        var some = try statistics(Self.everything, rows: 1000)
        let found = some.finish()
        let expected = [
            7131.905, 4132.8777322777905, 0.0, 707.3357142857143, 7127.071428571428, 12850.314285714287,
            14283.42857142857,
        ]
        #expect(found.count == 1000 && found.rankError == 0 && found.undefined.isEmpty)
        #expect(found.readings.allSatisfy { $0.isExact })
        for (reading, value) in zip(found.readings, expected) {
            #expect(abs(reading.value - value) <= 1e-9 * value.magnitude, "\(reading.name): \(reading.value)")
        }
    }

    @Test func `of more numbers than are kept a sketch tells between which ones a quantile is`() throws {
        var many = try statistics(Self.everything, rows: 2_000_000)
        let found = many.finish()
        let expected = [
            7142.992235857143, 4124.058828567984, 0.0, 714.2857142857143, 7143.0, 12857.42857142857, 14286.0,
        ]
        #expect(found.rankError > 0 && found.rankError < 0.001 && found.readings.count == expected.count)
        for (reading, value) in zip(found.readings, expected) {
            #expect(reading.least <= value + 1e-6 && value - 1e-6 <= reading.most, "\(reading.name): \(reading)")
        }
        // Moments need no sketch.
        #expect(abs(found.readings[0].value - expected[0]) <= 1e-9 * expected[0] && found.readings[0].isExact)
        #expect(abs(found.readings[1].value - expected[1]) <= 1e-9 * expected[1] && found.readings[1].isExact)
        #expect(!found.readings[4].isExact)
    }

    @Test func `many columns share the memory for numbers`() throws {
        func limit(_ columns: Int) throws -> Int {
            let columns: [JSON] = (0..<columns).map {
                ["name": .string("c\($0)"), "type": "float", "quantiles": [["at": 0.5, "min": 0]]]
            }
            return ColumnStatistics.exactValues(
                of: try Schema(node: ManifestTree(["columns": .array(columns + [["name": "t"]])])))
        }
        #expect(try limit(0) == 1_000_000 && limit(2) == 1_000_000 && limit(1000) == 16_777)
    }

    // MARK: In the check

    private func outcome(_ more: JSON, _ rows: [String] = ["1", "2", "3", "6", "", "nan"]) async throws -> Outcome {
        var specimen = try Specimen.version("v1").setting("training", "data", to: ["mine"])
            .setting("evaluation", "data", to: .null)
        let settings: [(String, JSON)] = [
            ("name", "x"), ("type", "float"), ("nullable", true), ("finite", false),
        ]
        specimen.schema = [
            "columns": [.object(settings + (more.members ?? []).map { ($0.key, $0.value) }), ["name": "y"]]
        ]
        specimen.data["mine"] = Array((["x,y"] + rows.map { "\($0),a" }).joined(separator: "\n").utf8)
        return try await specimen.run(DataSchema.self)
    }

    private static let cases: [(JSON, String?)] = [
        (["mean": ["min": 3, "max": 3]], nil),
        (["mean": ["min": 3.1]], "mine.csv: column \"x\": mean 3 of 4 numbers < min 3.1; schema.yaml:1"),
        (["mean": ["max": 2.5]], "mine.csv: column \"x\": mean 3 of 4 numbers > max 2.5; schema.yaml:1"),
        (["standardDeviation": ["min": 2.16, "max": 2.17]], nil),
        (["standardDeviation": ["max": 2]], "standard deviation 2.1602 of 4 numbers > max 2;"),
        (["quantiles": [["at": 0.5, "min": 2.5, "max": 2.5], ["at": 1, "max": 6]]], nil),
        (["quantiles": [["at": 0.5, "min": 2.6]]], "quantile 0.5 2.5 of 4 numbers < min 2.6;"),
    ]

    @Test(arguments: cases)
    func `a statistic of the finite numbers that leaves its range fails`(more: JSON, words: String?) async throws {
        let outcome = try await outcome(more)
        #expect(outcome.verdict == (words == nil ? .pass : .fail), "\(outcome.words)")
        #expect(words.map(outcome.summary.contains) ?? true, "\(outcome.words)")
        #expect(outcome.measurements["mine"]?["statistics"]?.array?.first?["exact"] == true)
    }

    @Test func `what so few numbers do not have is inconclusive`() async throws {
        let one = try await outcome(Self.everything, ["1"])
        #expect(
            one.verdict == .inconclusive
                && one.summary
                    == "mine.csv: column \"x\": standard deviation cannot be told of 1 finite numbers; schema.yaml:1",
            "\(one.words)")
        let none = try await outcome(Self.everything, ["", "inf"])
        #expect(
            none.verdict == .inconclusive && none.summary.contains("mean, standard deviation, quantile 0"),
            "\(none.words)")
    }

    @Test func `an estimate fails only outside of what the sketch can tell`() throws {
        func reading(_ more: JSON) throws -> StatisticReading {
            var many = try statistics(
                ["quantiles": [.object([("at", 0.5)] + (more.members ?? []).map { ($0.key, $0.value) })]], rows: 50_000,
                exactValues: 1000)
            return try #require(many.finish().readings.first)
        }
        let plain = try reading(["min": 0])
        #expect(plain.least < plain.value && plain.value < plain.most && !plain.isExact)
        for (bound, verdict) in [
            (plain.value, Verdict.pass), (plain.least, .warn), (plain.least - 1, .fail), (plain.most + 1, .pass),
        ] { #expect(try reading(["max": .double(bound)]).atMost == verdict) }
        for (bound, verdict) in [
            (plain.value, Verdict.pass), (plain.most, .warn), (plain.most + 1, .fail), (plain.least - 1, .pass),
        ] { #expect(try reading(["min": .double(bound)]).atLeast == verdict) }
    }
}
