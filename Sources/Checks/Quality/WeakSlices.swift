import Data
import Domain

/// Slices that nobody named and on which a metric does not keep its bound: all columns of few values, and pairs of them.
///
/// Slices of too few rows are passed over. Over all others the chances are corrected by Benjamini and Hochberg.
struct WeakSlices {
    static let mostColumns = 8
    static let mostValues = 20
    private static let mostShown = 20

    /// How many slices had rows enough.
    private(set) var tested = 0
    private var weak: [(slice: SliceReading, weight: Double)] = []
    private let columns: [String]
    private let check: Slices
    private let bound: Double?
    private let overall: MetricReading

    init(
        among slicings: [Evaluation.Slicing], of predictions: Predictions, _ overall: MetricReading, _ check: Slices
    ) {
        (self.check, self.overall, bound) = (check, overall, check.bound(overall))
        columns = slicings.map(\.column)
        var suspects: [(slice: SliceReading, chance: Double)] = []
        for slicing in slicings {
            for slice in slicing.slices where slice.rows < predictions.rowCount && check.shortage(of: slice) == nil {
                tested += 1
                guard let bound, let value = slice.metrics[overall.name], isShort(value, of: bound),
                    case .success(let reading) = check.read(slice, of: slicing.column, overall, predictions)
                else { continue }
                suspects.append(
                    (reading, reading.chance(ofKeeping: bound, isHigherBetter, confidence: check.confidence)))
            }
        }
        // Those that keep their bound are tests too, with a chance of 1.
        let chances = suspects.map(\.chance) + Array(repeating: 1, count: tested - suspects.count)
        weak = zip(suspects, MultipleTests.benjaminiHochberg(chances)).filter { $1 < 1 - check.confidence }
            .map { suspect, _ in (suspect.slice, weight(suspect.slice)) }.sorted { $0.weight > $1.weight }
    }

    private var isHigherBetter: Bool { MetricDirection.isHigherBetter(overall.name) }

    private func isShort(_ value: Double, of bound: Double) -> Bool {
        isHigherBetter ? !Bound.isAtLeast(value, bound) : !Bound.isAtMost(value, bound)
    }

    /// How much worse than the whole, times the root of the rows.
    private func weight(_ slice: SliceReading) -> Double {
        abs(slice.reading.value - overall.value) * Double(slice.rows).squareRoot()
    }

    /// The worst first.
    func findings(hasOthers: Bool) throws(MissingEvidence) -> [Finding] {
        guard tested > 0 || hasOthers else {
            throw MissingEvidence("no slice of \(columns.listed()) has \(check.minRows) rows: they say too little")
        }
        guard let bound else { return [] }
        return weak.prefix(Self.mostShown).map { .bad($0.slice, bound, overall, .fail) }
    }

    var json: JSON {
        [
            "columns": .array(columns.map(JSON.string)), "tested": .int(tested), "weak": .int(weak.count),
            "worst": .array(
                weak.prefix(Self.mostShown).map { each in
                    .object([
                        ("slice", .string("\(each.slice.column)=\(each.slice.value)")), ("n", .int(each.slice.rows)),
                        (overall.name, each.slice.reading.json),
                    ])
                }),
        ]
    }
}

extension Subject {
    /// Columns of the predictions that divide their rows into a few groups, those of the fewest values first.
    func columnsOfFewValues() async throws -> [String] {
        guard let evaluation = manifest.evaluation else { return [] }
        let profile = try await ownPredictions()
            .profile(as: TextFormat(fileName: evaluation.predictions ?? "predictions.csv"))
        let columns = evaluation.columns
        let used = [columns.id, columns.label, columns.prediction, columns.score, columns.query].compactMap { $0 }
        let scores = columns.scores.map(NamePattern.init)
        return profile.columns.filter { column in
            (2...WeakSlices.mostValues).contains(column.distinct) && !used.contains(column.name)
                && !(scores?.matches(column.name) ?? false)
        }.sorted { ($0.distinct, $0.name) < ($1.distinct, $1.name) }.prefix(WeakSlices.mostColumns).map(\.name)
    }
}
