/// Slices on which predictions are worse than on all rows: by more than a fifth, and by more than chance.
///
/// Both as `model.slices` has it where its settings say nothing: the accuracy is less than 0.8 of the whole's, or the mean absolute error more
/// than the whole's divided by 0.8. The chance is that of the exact binomial test, or of Student's t of the errors, corrected by Benjamini
/// and Hochberg over all slices of 100 rows or more.
struct FailingSlices: Sendable {
    private static let ratio = 0.8
    private static let leastRows = 100
    private static let alpha = 0.05

    /// `region=north`, the surest first.
    let titles: [String]
    /// Of each, corrected.
    let chances: [Double]
    /// For each row, the first of the slices that it is in; -1 where it is in none.
    let places: [Int32]

    init(of predictions: Predictions, columns: [String]) {
        let groups = predictions.groups.filter { columns.contains($0.name) }
        var tested: [(group: Int, code: Int32, chance: Double)] = []
        let judge = Judge(predictions)
        for (index, group) in groups.enumerated() {
            for (code, chance) in judge?.chances(of: group) ?? [] { tested.append((index, code, chance)) }
        }
        let chances = MultipleTests.benjaminiHochberg(tested.map(\.chance))
        let failing = zip(tested, chances).filter { $1 < Self.alpha }.sorted { $0.1 < $1.1 }
        self.chances = failing.map(\.1)
        titles = failing.map { slice, _ in
            "\(groups[slice.group].name)=\(groups[slice.group].values[Int(slice.code)])"
        }
        var places = Array(repeating: Int32(-1), count: predictions.rowCount)
        for (place, slice) in failing.map(\.0).enumerated() {
            for (row, code) in groups[slice.group].codes.enumerated() where code == slice.code && places[row] < 0 {
                places[row] = Int32(place)
            }
        }
        self.places = places
    }

    /// How likely each slice would be as bad as it is if it kept the bound.
    private enum Judge {
        case right([Bool], least: Double)
        case errors([Double], most: Double)

        /// `nil` of a ranking, and where no row tells.
        init?(_ predictions: Predictions) {
            switch predictions.values {
            case .binary(let rows): self.init(right: zip(rows.labels, rows.predictions).map(==))
            case .multiclass(let rows): self.init(right: zip(rows.labels, rows.predictions).map(==))
            case .regression(let rows):
                let errors = zip(rows.labels, rows.predictions).map { abs($0 - $1) }
                var moments = Moments()
                for error in errors where error.isFinite { moments.add(error, times: 1) }
                guard let mean = moments.mean else { return nil }
                self = .errors(errors, most: mean / FailingSlices.ratio)
            case .ranking: return nil
            }
        }

        private init?(right: [Bool]) {
            guard !right.isEmpty else { return nil }
            self = .right(right, least: FailingSlices.ratio * Double(right.count { $0 }) / Double(right.count))
        }

        /// Of the slices that have rows enough.
        func chances(of group: Grouping) -> [(code: Int32, chance: Double)] {
            switch self {
            case .right(let right, let least):
                var counts = Array(repeating: (rows: 0, right: 0), count: group.values.count)
                for (row, code) in group.codes.enumerated() {
                    counts[Int(code)].rows += 1
                    if right[row] { counts[Int(code)].right += 1 }
                }
                return counts.enumerated().filter { $1.rows >= FailingSlices.leastRows }.map { code, count in
                    let chance = SpecialFunctions.binomialCumulative(
                        Double(count.right), trials: Double(count.rows), probability: least)
                    return (Int32(code), chance)
                }
            case .errors(let errors, let most):
                var moments = Array(repeating: Moments(), count: group.values.count)
                for (row, code) in group.codes.enumerated() where errors[row].isFinite {
                    moments[Int(code)].add(errors[row], times: 1)
                }
                return moments.enumerated().compactMap { code, one in
                    guard one.count >= FailingSlices.leastRows, let mean = one.mean,
                        let deviation = one.standardDeviation(ddof: 1)
                    else { return nil }
                    guard deviation > 0 else { return (Int32(code), mean > most ? 0 : 1) }
                    let t = (mean - most) / (deviation / Double(one.count).squareRoot())
                    return (Int32(code), SpecialFunctions.studentTail(t, dof: Double(one.count - 1)))
                }
            }
        }
    }
}
