import Data
import Domain

/// Two models beside each other, for people.
enum ComparisonText {
    /// Within `width` characters where there is such a limit.
    static func text(_ comparison: Comparison, width: Int?) -> String {
        let names = comparison.differences.map(\.name.count).max() ?? 0
        let axis = Axis(from: -1, to: 1, width: min(31, max(9, (width ?? 80) - names - 2)))
        let heading = ["METRIC", "FIRST", "SECOND", "SECOND - FIRST", "95 % LOW", "95 % HIGH", center("0", axis.width)]
        let rows = comparison.differences.map { metric in
            let interval = metric.spread?.interval
            let numbers = [metric.first, metric.second, metric.difference, interval?.lower, interval?.upper]
            return [metric.name] + numbers.map { EvaluationText.number(JSON($0)) } + [line(metric, on: axis)]
        }
        let table = FittedTable([heading] + rows, dropFirst: [1, 2, 5, 4, 3]).text(width: width)
        return ([table] + tests(comparison.json) + EvaluationText.warnings(comparison.warnings)).joined(separator: "\n")
    }

    /// The difference with its interval about 0; each on a scale of its own, since metrics have no common one.
    private static func line(_ metric: Comparison.Difference, on axis: Axis) -> String {
        guard let difference = metric.difference, let interval = metric.spread?.interval else { return "" }
        let most = max(abs(difference), abs(interval.lower), abs(interval.upper))
        let scale = most > 0 ? most : 1
        return axis.line(
            point: difference / scale, low: interval.lower / scale, high: interval.upper / scale, origin: 0)
    }

    private static func center(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: (width - text.count) / 2) + text
    }

    private static func tests(_ json: JSON) -> [String] {
        let rate = "predictions that differ: \(EvaluationText.number(json["prediction_disagreement_rate"] ?? .null))"
        return [rate]
            + ["mcnemar", "auc_delong"].compactMap { name in
                json[name]?.members.map { members in
                    "\(name): " + members.map { "\($0.key) \(EvaluationText.number($0.value))" }.joined(separator: ", ")
                }
            }
    }
}
