import Domain
import Testing

@testable import Data

/// Scores that tell labels apart, more or less, with ids in `order`.
private func predictions(_ count: Int, noise: Double, order: [Int]? = nil) throws -> Predictions {
    var random = SplitMix(seed: 11)
    let rows = (0..<count).map { row in
        let label = Int.random(in: 0...1, using: &random)
        let score = min(
            1,
            max(0, Double(label) * 0.3 + Double.random(in: 0...0.7, using: &random) + noise * (row % 3 == 0 ? 0.2 : 0)))
        return "r\(row),\(label),\(score >= 0.5 ? 1 : 0),\(score)\n"
    }
    let text = "id,label,prediction,score\n" + (order ?? Array(0..<count)).map { rows[$0] }.joined()
    return try Predictions(
        Array(text.utf8), task: .binaryClassification, columns: PredictionColumns(id: "id", score: "score"))
}

struct BootstrapTests {
    @Test func `few rows and many rows give about the same spread`() throws {
        let (one, two) = (try predictions(4_000, noise: 0), try predictions(4_000, noise: 1))
        let bootstrap = Bootstrap(replicates: 600)
        let drawn = bootstrap.differences(of: Resampler(one), and: Resampler(two), keys: one.keys)
        let weighed = bootstrap.poissonDifferences(of: Resampler(one), and: Resampler(two), keys: one.keys)
        for (a, b) in zip(drawn, weighed) {
            let first = try #require(Bootstrap.Spread(a, confidence: 0.95))
            let second = try #require(Bootstrap.Spread(b, confidence: 0.95))
            #expect(abs(first.standardError / second.standardError - 1) < 0.2)
            let bounds = [first, second].map { $0.interval?.lower ?? .nan }
            #expect(abs(bounds[0] - bounds[1]) < first.standardError)
        }
    }

    @Test func `Poisson weights follow the row's id, not its place`() throws {
        let one = try predictions(500, noise: 0)
        let turned = try predictions(500, noise: 0, order: (0..<500).reversed())
        let bootstrap = Bootstrap(replicates: 20)
        func run(_ model: Predictions) -> [[Double?]] {
            bootstrap.poissonDifferences(of: Resampler(model), and: Resampler(model.flipped), keys: model.keys)
        }
        for (a, b) in zip(run(one), run(turned)) {
            #expect(zip(a, b).allSatisfy { abs(($0 ?? 0) - ($1 ?? 0)) < 1e-12 })
            #expect(Set(a).count > 1)
        }
    }

    struct Case: CustomTestStringConvertible {
        let json: JSON
        var testDescription: String {
            [json["task"], json["interval"], json["cluster"]].compactMap { $0?.string }.joined(separator: " ")
        }

        func predictions(_ key: String) throws -> Predictions {
            let task = try #require(ModelTask(rawValue: json["task"]?.string ?? ""))
            let cluster = json["cluster"]?.string
            let columns =
                task == .multiclassClassification
                ? PredictionColumns(id: "id", scores: "score_*", cluster: cluster)
                : PredictionColumns(id: "id", score: "score", cluster: cluster)
            return try Predictions(Array((json[key]?.string ?? "").utf8), task: task, columns: columns)
        }

        static var all: [Case] { get throws { try Reference.json("bootstrap.json").array?.map(Case.init) ?? [] } }
    }

    @Test(arguments: try Case.all)
    func `intervals of a comparison agree with SciPy's on the same resamples`(one: Case) throws {
        let ends = try #require(Bootstrap.Ends(rawValue: one.json["interval"]?.string ?? ""))
        let comparison = try Comparison(
            of: one.predictions("first"), and: one.predictions("second"), bootstrap: Bootstrap(ends: ends))
        Reference.expect(comparison.json, toAgreeWith: try #require(one.json["expected"]), one.testDescription)
        #expect(comparison.warnings.count == (comparison.clusters != nil && comparison.mcNemar != nil ? 1 : 0))
    }

    @Test func `without a resample on either side there is no correction, and a warning says so`() throws {
        let one = try predictions(300, noise: 0)
        let json = try Comparison(of: one, and: one, bootstrap: Bootstrap(replicates: 50, ends: .bca)).json
        #expect(json["paired_bootstrap"]?["auc"]?["ci95_low"] == .null)
        #expect(json["paired_bootstrap"]?["auc"]?["bootstrap_se"]?.double == 0)
        #expect(json["warnings"]?.array?.contains { $0.string?.contains("bca") == true } == true)
    }

    @Test func `many units are left out in groups, each once`() throws {
        let keys = (1...UInt64(Jackknife.alone + 1)).map { $0 }
        let jackknife = Jackknife(keys)
        #expect(jackknife.sets == 1_001)
        let rounds = (0..<jackknife.rounds).map { jackknife.weights(round: $0) }
        for unit in stride(from: 0, to: keys.count, by: 97) {
            let lanes = rounds.flatMap { weights in (0..<16).map { weights[unit][$0] } }.prefix(jackknife.sets)
            #expect(lanes[0] == 1 && lanes.count { $0 == 0 } == 1)
        }
    }

    @Test func `Poisson counts have mean and variance 1`() {
        var random = SplitMix(seed: 1)
        let keys = (0..<12_500).map { _ in random.next() }
        let counts = PoissonCounts.weights(of: keys, seed: 3, round: 0).flatMap { weights in
            (0..<16).map { Double(weights[$0]) }
        }
        let mean = counts.reduce(0, +) / 200_000
        let variance = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 200_000
        #expect(abs(mean - 1) < 0.01 && abs(variance - 1) < 0.02)
    }

    @Test func `a number that most replicates lack has no spread`() {
        #expect(Bootstrap.Spread([1, nil, 2, nil], confidence: 0.95) == nil)
        #expect(Bootstrap.Spread([], confidence: 0.95) == nil)
        let spread = Bootstrap.Spread([4, 1, 2, 3, 5], confidence: 0.5)
        #expect(spread?.interval == Interval(lower: 2, upper: 4))
    }
}

extension Predictions {
    /// The same with every prediction turned round.
    fileprivate var flipped: Predictions {
        guard case .binary(var rows) = values else { return self }
        rows.predictions = rows.predictions.map { 1 - $0 }
        rows.scores = rows.scores?.map { 1 - $0 }
        return replacing(.binary(rows))
    }
}
