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
}
