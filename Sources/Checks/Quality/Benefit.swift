import Data
import Domain

/// What permuting one feature costs.
struct Benefit {
    let feature: String
    let mean: Double
    let deviation: Double
    let repeats: Int

    static let mostRepeats = 1_000_000

    /// Those of the table; where it holds several methods, of the one that is meant.
    static func all(
        _ table: RunTable, path: String, repeats: Int, places: [Int]? = nil
    ) throws(MissingEvidence) -> [Benefit] {
        let feature = try table.column(nil, or: ["feature", "name", "column"], in: path)
        let mean = try table.column(nil, or: ["importance_mean", "metric_drop", "importance", "mean"], in: path)
        let deviation = try table.column(nil, or: ["importance_std", "sd", "std"], in: path)
        guard let names = table.texts(feature), let means = try table.numbers(mean),
            let deviations = try table.numbers(deviation),
            !names.isEmpty
        else { throw MissingEvidence("\(path) holds no feature", file: path) }
        let counts = table.texts("repeats")
        var all: [Benefit] = []
        for index in places ?? Array(names.indices) {
            let name = names[index]
            guard let mean = means[index], let deviation = deviations[index], mean.isFinite, deviation.isFinite else {
                throw MissingEvidence("\(path): the importance of \"\(name)\" is no number", file: path)
            }
            var count = repeats
            if let text = counts?[index], !text.isEmpty {
                guard let written = Double(text).flatMap(Int.init(exactly:)), (2...mostRepeats).contains(written) else {
                    throw MissingEvidence(
                        "\(path): the repeats of \"\(name)\" are '\(text)', expected a number from 2 to \(mostRepeats.grouped)",
                        file: path)
                }
                count = written
            }
            all.append(Benefit(feature: name, mean: mean, deviation: deviation, repeats: count))
        }
        return all
    }

    /// The one-sided upper bound of the mean.
    func upperBound(_ confidence: Double) -> Double { mean + reach(confidence) }

    /// The one-sided lower bound of the mean.
    func lowerBound(_ confidence: Double) -> Double { mean - reach(confidence) }

    private func reach(_ confidence: Double) -> Double {
        let t = SpecialFunctions.studentQuantile(confidence, dof: Double(repeats - 1))
        return t * deviation / Double(repeats).squareRoot()
    }

    /// `-0.0002 ± 0.0004 (10 repeats)`.
    var text: String { "\(mean.brief) ± \(deviation.brief) (\(repeats) repeats)" }

    func json(_ confidence: Double) -> JSON {
        [
            "benefit": JSON(mean), "deviation": JSON(deviation), "low": JSON(lowerBound(confidence)),
            "high": JSON(upperBound(confidence)),
        ]
    }
}
