import Domain
import Testing

@testable import Data

private func tumor(_ version: String) throws -> Predictions {
    try Predictions(
        Reference.fixture("tumor/versions/\(version)/predictions.csv"), task: .binaryClassification,
        columns: PredictionColumns(score: "score", slices: ["size_band"]))
}

struct MetricIntervalTests {
    @Test func `every interval holds the value itself`() throws {
        let model = try tumor("v1")
        let metrics = Evaluation(of: model).metrics
        for name in [
            "accuracy", "precision", "recall", "fpr", "auc", "log_loss", "brier", "f1_binary", "mcc",
            "pr_auc_average_precision",
        ] {
            let interval = try #require(model.interval(of: name), "\(name)")
            let value = try #require(metrics[name])
            #expect(interval.lower < value && value < interval.upper, "\(name)")
        }
        #expect(model.interval(of: "no such metric") == nil)
    }

    @Test func `proportions are Wilson's, areas DeLong's`() throws {
        let model = try tumor("v1")
        #expect(model.interval(of: "recall") == Interval.wilson(successes: 74, of: 79))
        #expect(
            model.interval(of: "accuracy", confidence: 0.9) == Interval.wilson(successes: 184, of: 190, confidence: 0.9)
        )
        let area = try #require(model.interval(of: "auc"))
        #expect(area.upper < 1 && area.lower > 0.98)
    }

    @Test func `a slice has intervals of its own, wider with fewer rows`() throws {
        let model = try tumor("v1")
        let slice = try #require(model.slice("size_band", "medium"))
        let (whole, part) = (try #require(model.interval(of: "accuracy")), try #require(slice.interval(of: "accuracy")))
        #expect(part.upper - part.lower > whole.upper - whole.lower)
    }

    @Test func `regressions and classes have intervals, too`() throws {
        let flights = try Predictions(
            Reference.fixture("flights-delay/versions/v1/predictions.csv"), task: .regression,
            columns: PredictionColumns(quantile: 0.8))
        let penguins = try Predictions(
            Reference.fixture("penguins/versions/v1/predictions.csv"), task: .multiclassClassification,
            columns: PredictionColumns(scores: "score_*"))
        for (model, names) in [
            (flights, ["rmse", "mse", "mae", "r2", "bias_mean_prediction_minus_label", "pinball_loss"]),
            (penguins, ["accuracy", "f1_macro", "log_loss", "precision_micro", "top_2_accuracy"]),
        ] {
            let metrics = Evaluation(of: model).metrics
            for name in names {
                let interval = try #require(model.interval(of: name), "\(name)")
                let value = try #require(metrics[name])
                #expect(interval.lower <= value && value <= interval.upper, "\(name)")
            }
        }
    }

    /// `make_interval_reference.py`: NumPy's resamples, scikit-learn's and SciPy's definitions.
    @Test func `what has no formula is drawn again, row by row`() throws {
        let reference = try Reference.json("intervals.json")
        let penguins = try Predictions(
            Reference.fixture("penguins/versions/v1/predictions.csv"), task: .multiclassClassification,
            columns: PredictionColumns(scores: "score_*"))
        let flights = try Predictions(
            Reference.fixture("flights-delay/versions/v1/predictions.csv"), task: .regression,
            columns: PredictionColumns())
        for (key, model) in [("binary", try tumor("v1")), ("multiclass", penguins), ("regression", flights)] {
            let metrics = Evaluation(of: model).metrics
            for member in try #require(reference[key]?.members) {
                let expected = ["value", "low", "high"].map { member.value[$0]?.double ?? .nan }
                let interval = try #require(model.interval(of: member.key), "\(member.key)")
                let found = [metrics[member.key] ?? .nan, interval.lower, interval.upper]
                #expect(
                    zip(found, expected).allSatisfy { Reference.near($0, $1) }, "\(member.key): \(found), \(expected)")
            }
        }
    }

    private func right(_ labels: [String], wrong: Int = 0, task: ModelTask = .binaryClassification) throws
        -> Predictions
    {
        let rows = labels.enumerated().map { row, label in
            let other = labels.first { $0 != label } ?? label
            return "\(label),\(row < wrong ? other : label)\n"
        }
        return try Predictions(
            Array(("label,prediction\n" + rows.joined()).utf8), task: task, columns: PredictionColumns())
    }

    @Test(arguments: ["balanced_accuracy", "f1_binary", "f1_macro", "mcc", "cohen_kappa"])
    func `that all of few rows are right is little evidence`(metric: String) throws {
        for rows in [4, 6, 12, 30] {
            let model = try right((0..<rows).map { "\($0 % 2)" })
            let interval = try #require(model.interval(of: metric), "\(rows)")
            // Wilson's of as many right rows as the rarer label has, n / (n + 1.96^2); on the scale from -1 for correlations.
            let half = Double(rows / 2), share = half / (half + 3.8414588)
            let lower = ["mcc", "cohen_kappa"].contains(metric) ? 2 * share - 1 : share
            #expect(abs(interval.lower - lower) < 1e-6 && abs(interval.upper - 1) < 1e-12, "\(rows): \(interval)")
        }
        let many = try #require(try right((0..<4000).map { "\($0 % 2)" }).interval(of: metric))
        #expect(many.lower > 0.99, "\(many)")
    }

    @Test func `a label of two rows leaves a metric open, however many others there are`() throws {
        let model = try right((0..<2000).map { $0 < 2 ? "1" : "0" }, wrong: 1)
        for metric in ["balanced_accuracy", "f1_binary"] {
            let interval = try #require(model.interval(of: metric), "\(metric)")
            #expect(interval.lower < 0.25 && interval.upper > 0.95, "\(metric): \(interval)")
        }
    }

    @Test func `few rows of several classes that are all right are little evidence, too`() throws {
        let labels = (0..<6).map { ["a", "b", "c"][$0 % 3] }
        let rows = labels.map { label in
            "\(label),\(label)," + ["a", "b", "c"].map { $0 == label ? "0.8" : "0.1" }.joined(separator: ",") + "\n"
        }
        let model = try Predictions(
            Array(("label,prediction,s_a,s_b,s_c\n" + rows.joined()).utf8), task: .multiclassClassification,
            columns: PredictionColumns(scores: "s_*"))
        for metric in ["f1_macro", "balanced_accuracy", "mcc", "auc_ovr_macro", "auc_ovr_weighted", "auc_ovo_macro"] {
            let interval = try #require(model.interval(of: metric), "\(metric)")
            #expect(interval.lower < 0.7 && abs(interval.upper - 1) < 1e-9, "\(metric): \(interval)")
        }
        // Losses that are all the same on six rows say nothing of those to come.
        #expect(model.interval(of: "log_loss") == nil)
    }

    /// An area is walked through class by class, two hundred times and more: of very many that would take minutes.
    @Test(.timeLimit(.minutes(1))) func `areas of very many classes are bounded without resamples`() throws {
        let classes = (0..<200).map { "c\($0)" }
        func model(_ count: Int) throws -> Predictions {
            let rows = (0..<count).map { row in
                let label = classes[row % classes.count]
                return "\(label),\(label)," + classes.map { $0 == label ? "0.801" : "0.001" }.joined(separator: ",")
                    + "\n"
            }
            let header = "label,prediction," + classes.map { "s_\($0)" }.joined(separator: ",") + "\n"
            return try Predictions(
                Array((header + rows.joined()).utf8), task: .multiclassClassification,
                columns: PredictionColumns(scores: "s_*"))
        }
        let large = try model(4000)
        for metric in ["auc_ovr_macro", "auc_ovo_macro"] {
            let interval = try #require(large.interval(of: metric), "\(metric)")
            let wilson = try #require(
                Interval.wilson(successes: large.units(of: metric), of: large.units(of: metric), confidence: 0.95))
            #expect(abs(interval.lower - wilson.lower) < 1e-9 && abs(interval.upper - 1) < 1e-9, "\(interval)")
        }
    }

    @Test func `counts and the greatest error have no interval`() throws {
        let flights = try Predictions(
            Reference.fixture("flights-delay/versions/v1/predictions.csv"), task: .regression,
            columns: PredictionColumns())
        #expect(flights.interval(of: "n") == nil && flights.interval(of: "max_error") == nil)
        let model = try tumor("v1")
        #expect(model.interval(of: "tp") == nil && model.interval(of: "distinct_scores") == nil)
    }
}
