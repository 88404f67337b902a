import Domain
import Glibc
import Testing

@testable import Data

/// The values are those that `Reference/make_sequence_reference.py` prints.
struct ConfidenceSequenceTests {
    @Test(arguments: [
        (0, 1, 0.05, 0.0, 0.975),
        (1, 1, 0.05, 0.025000000000000005, 1.0),
        (0, 200, 0.05, 0.0, 0.04064604625151381),
        (3, 17, 0.1, 0.022384947957139554, 0.4968734595864799),
        (90, 100, 0.05, 0.7717290804492852, 0.97115800191665),
        (3708, 5000, 0.05, 0.7177238195861397, 0.7645542107400648),
        (999_990, 1_000_000, 0.01, 0.9999597274940369, 0.9999992243535915),
        (500_000, 10_000_000, 0.05, 0.04966788732964641, 0.05033351179126713),
        (1, 1_000_000, 0.05, 4.9999952487978354e-14, 1.9796576702669013e-05),
    ])
    func `of proportions it is Robbins' mixture of likelihood ratios`(
        successes: Int, trials: Int, alpha: Double, lower: Double, upper: Double
    ) throws {
        let sequence = ConfidenceSequence(alpha: alpha, firstLook: 100)
        let interval = try #require(sequence.proportion(successes: successes, of: trials))
        #expect(near(interval.lower, lower) && near(interval.upper, upper), "\(interval)")
    }

    @Test(arguments: [
        (100, 100, 0.05, 3.035208990376253),
        (1000, 100, 0.05, 3.241723145405438),
        (250, 20, 0.01, 3.7797711825843168),
        (1_000_000, 100, 0.05, 4.15613570796461),
    ])
    func `of means it reaches as far as the mixture of normal ones, and its p-value is alpha there`(
        rows: Int, first: Int, alpha: Double, reach: Double
    ) throws {
        let sequence = ConfidenceSequence(alpha: alpha, firstLook: first)
        let found = try #require(sequence.reach(at: rows))
        #expect(near(found, reach) && near(sequence.pValue(errors: found, at: rows), alpha))
    }

    @Test(arguments: [
        (3.5, 100, 100, 0.05, 0.012977613367106434),
        (2.0, 100, 100, 0.05, 0.5060410918018465),
        (4.2, 5000, 100, 0.05, 0.0030129244736500816),
        (0.0, 500, 20, 0.05, 1),
        (-0.0, 99, 100, 0.05, 1), (9, 99, 100, 0.05, 1), (.nan, 100, 100, 0.05, 1), (.infinity, 100, 100, 0.05, 0),
    ])
    func `the chance of a difference at any look is that of the mixture`(
        errors: Double, rows: Int, first: Int, alpha: Double, chance: Double
    ) {
        #expect(near(ConfidenceSequence(alpha: alpha, firstLook: first).pValue(errors: errors, at: rows), chance))
    }

    @Test func `metrics have the interval of their kind`() throws {
        let model = try Predictions(
            Reference.fixture("tumor/versions/v1/predictions.csv"), task: .binaryClassification,
            columns: PredictionColumns(score: "score"))
        let sequence = ConfidenceSequence(alpha: 0.05, firstLook: 100), metrics = Evaluation(of: model).metrics
        for (name, lower, upper) in [
            ("auc", 0.9711887403459647, 0.9993277202137691), ("brier", 0.011091797286760244, 0.050715117455290504),
            ("recall", 0.8037490561038096, 0.9911783914919856),
        ] {
            let interval = try #require(model.interval(of: name, at: metrics[name], in: sequence), "\(name)")
            #expect(near(interval.lower, lower) && near(interval.upper, upper), "\(name) \(interval)")
        }
        // The bootstrap's standard error for that of the delta method: 3.0578… · 0.015935… below 0.961….
        let f1 = try #require(model.interval(of: "f1_binary", at: metrics["f1_binary"], in: sequence))
        #expect(abs(f1.lower - 0.912309) < 0.003 && f1.upper == 1, "\(f1)")
        for name in ["pr_auc_average_precision", "ece10_right_closed", "no such metric", "positives"] {
            #expect(model.interval(of: name, at: metrics[name], in: sequence) == nil, "\(name)")
        }
        // Proportions need no first look.
        let later = ConfidenceSequence(alpha: 0.05, firstLook: 191)
        #expect(
            model.interval(of: "auc", at: metrics["auc"], in: later) == nil
                && model.interval(of: "brier", at: metrics["brier"], in: later) == nil)
        #expect(
            model.interval(of: "f1_binary", at: metrics["f1_binary"], in: later) == nil
                && model.interval(of: "accuracy", at: metrics["accuracy"], in: later) != nil)
    }

    @Test func `regressions have them, too, and quantiles and maxima of errors none`() throws {
        let model = try Predictions(
            Reference.fixture("flights-delay/versions/v1/predictions.csv"), task: .regression,
            columns: PredictionColumns(quantile: 0.8))
        let sequence = ConfidenceSequence(alpha: 0.05, firstLook: 100), metrics = Evaluation(of: model).metrics
        for name in ["rmse", "mse", "mae", "r2", "bias_mean_prediction_minus_label", "pinball_loss", "smape"] {
            let lasting = try #require(model.interval(of: name, at: metrics[name], in: sequence), "\(name)")
            let value = try #require(metrics[name]), once = try #require(model.interval(of: name), "\(name)")
            #expect(lasting.lower < once.lower && lasting.lower < value && value < lasting.upper, "\(name)")
        }
        for name in ["median_abs_error", "p95_abs_error", "max_error"] {
            #expect(model.interval(of: name, at: metrics[name], in: sequence) == nil, "\(name)")
        }
    }

    @Test func `nothing, one value and chances that are none have no interval`() {
        let sequence = ConfidenceSequence(alpha: 0.05, firstLook: 0)
        #expect(sequence.firstLook == 1 && sequence.proportion(successes: 0, of: 0) == nil)
        #expect(sequence.proportion(successes: 3, of: 2) == nil && sequence.proportion(successes: -1, of: 2) == nil)
        #expect(sequence.mean(of: []) == nil && sequence.mean(of: [1]) == nil)
        for alpha in [0, 1, -1, .nan] as [Double] {
            let none = ConfidenceSequence(alpha: alpha, firstLook: 1)
            #expect(none.proportion(successes: 1, of: 2) == nil && none.mean(of: [1, 2]) == nil, "\(alpha)")
        }
        #expect(ConfidenceSequence(alpha: 1e-300, firstLook: 1).proportion(successes: 1, of: 2) != nil)
    }

    // MARK: Looking again and again

    /// In what share of 300 streams any look from the 100th row to the 2000th, each 20 rows, misses the truth: at all looks, and once.
    private func misses(
        _ draw: (inout SplitMix) -> Double, truth: Double,
        _ intervals: (_ sum: Double, _ squares: Double, _ rows: Int) -> (lasting: Interval?, once: Interval?)
    ) -> (lasting: Double, once: Double) {
        var random = SplitMix(seed: 20_241_130), lasting = 0, once = 0
        for _ in 0..<300 {
            var sum = 0.0, squares = 0.0, missed = (lasting: false, once: false)
            for row in 1...2000 {
                let value = draw(&random)
                sum += value
                squares += value * value
                guard row >= 100, row.isMultiple(of: 20) else { continue }
                let both = intervals(sum, squares, row)
                func isOutside(_ interval: Interval?) -> Bool {
                    interval.map { truth < $0.lower || truth > $0.upper } ?? true
                }
                missed = (missed.lasting || isOutside(both.lasting), missed.once || isOutside(both.once))
            }
            lasting += missed.lasting ? 1 : 0
            once += missed.once ? 1 : 0
        }
        return (Double(lasting) / 300, Double(once) / 300)
    }

    private let sequence = ConfidenceSequence(alpha: 0.05, firstLook: 100)

    @Test(arguments: [0.9, 0.5, 0.99]) func `whoever looks at a proportion again and again is misled no more than once`(
        share: Double
    ) {
        let found = misses({ Double.random(in: 0..<1, using: &$0) < share ? 1 : 0 }, truth: share) { sum, _, rows in
            (sequence.proportion(successes: Int(sum), of: rows), .wilson(successes: Int(sum), of: rows))
        }
        #expect(found.lasting <= 0.05 && found.once > 0.15, "\(found)")
    }

    @Test func `whoever looks at a mean of skewed errors again and again is misled no more than once`() {
        let z = SpecialFunctions.normalQuantile(0.975)
        let found = misses({ -log(1 - Double.random(in: 0..<1, using: &$0)) }, truth: 1) { sum, squares, rows in
            let count = Double(rows), mean = sum / count
            let error = ((squares / count - mean * mean) / (count - 1)).squareRoot()
            func interval(_ reach: Double) -> Interval {
                Interval(lower: mean - reach * error, upper: mean + reach * error)
            }
            return (sequence.reach(at: rows).map(interval), interval(z))
        }
        #expect(found.lasting <= 0.05 && found.once > 0.15, "\(found)")
    }
}

private func near(_ value: Double, _ reference: Double) -> Bool {
    value == reference || abs(value - reference) <= 1e-9 * abs(reference)
}
