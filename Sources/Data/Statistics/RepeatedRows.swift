/// Metrics that have no formula for weighted rows: computed on rows that stand as often as they were drawn.
///
/// Rows are sorted once, so that each replicate is a walk over them. Only what is asked for by name is computed.
struct RepeatedRows: Sendable {
    let names: [String]

    /// Of one of sixteen replicates.
    private let compute: @Sendable (RowWeights, Int) -> [Double?]

    private static let binary = [
        "pr_auc_trapezoid", "brier_reliability", "brier_resolution", "brier_uncertainty", "ece10_right_closed",
        "ece10_left_closed", "ece10_confidence", "ece10_equal_mass",
    ]
    private static let multiclass = ["auc_ovr_macro", "auc_ovr_weighted", "auc_ovo_macro", "ece10_confidence"]

    /// `nil` where none of the metrics is wanted, or scores are missing.
    init?(_ values: Predictions.Values, _ wanted: Set<String>) {
        switch values {
        case .binary(let rows):
            names = Self.binary.filter(wanted.contains)
            guard !names.isEmpty, let scores = rows.scores, scores.allSatisfy(\.isFinite) else { return nil }
            compute = Self.binary(rows, scores, names)
        case .multiclass(let rows):
            names = Self.multiclass.filter(wanted.contains)
            guard !names.isEmpty, let scores = rows.scores, scores.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
                return nil
            }
            compute = Self.multiclass(rows, scores, names)
        case .regression(let rows):
            names = ["spearman_rho"].filter(wanted.contains)
            guard !names.isEmpty, (rows.labels + rows.predictions).allSatisfy(\.isFinite) else { return nil }
            let ranks = [rows.labels, rows.predictions].map { WeightedRanks($0) }
            compute = { [Self.correlation(ranks[0].ranks($0, $1), ranks[1].ranks($0, $1), $0, $1)] }
        case .ranking: return nil
        }
    }

    func metrics(_ weights: RowWeights) -> [[Double?]] { (0..<Resampler.lanes).map { compute(weights, $0) } }

    private static func binary(
        _ rows: BinaryRows, _ scores: [Double], _ names: [String]
    ) -> @Sendable (RowWeights, Int) -> [Double?] {
        let order = AscendingOrder.of(scores)
        let ascending = order.map { scores[Int($0)] }
        let outcomes = order.map { rows.labels[Int($0)] << 1 | rows.predictions[Int($0)] }
        let isRanked = names.contains { $0.hasPrefix("pr_auc") || $0.hasPrefix("brier") }
        return { weights, lane in
            var drawn: [Double] = [], results: [UInt8] = []
            drawn.reserveCapacity(order.count + order.count / 8)
            results.reserveCapacity(drawn.capacity)
            for (place, row) in order.enumerated() {
                for _ in 0..<weights[Int(row)][lane] {
                    drawn.append(ascending[place])
                    results.append(outcomes[place])
                }
            }
            guard !drawn.isEmpty else { return names.map { _ in nil } }
            let ranking = isRanked ? ScoreRanking(ascending: drawn[...], outcomes: results[...]) : nil
            return names.map { name in
                switch name {
                case "pr_auc_trapezoid": ranking?.precisionRecallTrapezoid
                case "brier_reliability": ranking?.brier.reliability
                case "brier_resolution": ranking?.brier.resolution
                case "brier_uncertainty": ranking?.brier.uncertainty
                case "ece10_equal_mass": CalibrationError.ofEqualMass(drawn[...], results[...])
                default: CalibrationError.of(name, drawn, results)
                }
            }
        }
    }

    private static func multiclass(
        _ rows: MulticlassRows, _ scores: [[Double]], _ names: [String]
    ) -> @Sendable (RowWeights, Int) -> [Double?] {
        let areAreas = names.contains { $0.hasPrefix("auc") }
        let orders = areAreas ? scores.map { AscendingOrder.of($0) } : []
        let confidences = rows.predictions.enumerated().map { scores[Int($1)][$0] }
        return { weights, lane in
            func drawn(_ order: [Int32]) -> ArraySlice<Int32> {
                order.flatMap { repeatElement($0, count: Int(weights[Int($0)][lane])) }[...]
            }
            var labelled = Array(repeating: 0, count: rows.classes.count)
            var sure = CalibrationError(closedRight: true)
            for row in rows.labels.indices {
                let times = Int(weights[row][lane])
                labelled[Int(rows.labels[row])] += times
                for _ in 0..<times { sure.add(confidences[row], rows.labels[row] == rows.predictions[row]) }
            }
            let areas = areAreas ? PairwiseAUC(rows, labelled) { drawn(orders[$0]) } : nil
            return names.map { name in
                switch name {
                case "auc_ovr_macro": areas?.oneVersusRestMacro
                case "auc_ovr_weighted": areas?.oneVersusRestWeighted
                case "auc_ovo_macro": areas?.oneVersusOneMacro
                default: sure.value
                }
            }
        }
    }

    /// Pearson's coefficient of two columns of ranks; `nil` where one is constant.
    private static func correlation(
        _ one: [Double], _ other: [Double], _ weights: RowWeights, _ lane: Int
    ) -> Double? {
        var rows = 0
        for weight in weights { rows += Int(weight[lane]) }
        let center = Double(rows + 1) / 2
        var sums = (0.0, 0.0, 0.0)
        for row in one.indices {
            let weight = Double(weights[row][lane]), x = one[row] - center, y = other[row] - center
            sums = (sums.0 + weight * x * x, sums.1 + weight * y * y, sums.2 + weight * x * y)
        }
        let value = sums.2 / (sums.0.squareRoot() * sums.1.squareRoot())
        return value.isFinite ? max(-1, min(1, value)) : nil
    }
}

extension CalibrationError {
    /// Over bins of equal width, by the metric's name.
    fileprivate static func of(_ name: String, _ scores: [Double], _ outcomes: [UInt8]) -> Double? {
        var error = CalibrationError(closedRight: name != "ece10_left_closed")
        for (score, outcome) in zip(scores, outcomes) {
            let isLabel = outcome >> 1 == 1, isPredicted = outcome & 1 == 1
            if name == "ece10_confidence" {
                error.add(isPredicted ? score : 1 - score, isLabel == isPredicted)
            } else {
                error.add(score, isLabel)
            }
        }
        return error.value
    }
}

/// Ranks of numbers of which each counts as often as its weight says; equal ones share the mean of their ranks.
private struct WeightedRanks: Sendable {
    private let order: [Int32]

    /// Whether a number in the order equals the one before it.
    private let isTied: [Bool]

    init(_ values: [Double]) {
        let order = AscendingOrder.of(values)
        self.order = order
        isTied = order.indices.map { $0 > 0 && values[Int(order[$0])] == values[Int(order[$0 - 1])] }
    }

    /// By row, from 1; of a row that was not drawn some number.
    func ranks(_ weights: RowWeights, _ lane: Int) -> [Double] {
        var ranks = Array(repeating: 0.0, count: order.count)
        var begin = 0, before = 0
        while begin < order.count {
            var end = begin, drawn = 0
            repeat {
                drawn += Int(weights[Int(order[end])][lane])
                end += 1
            } while end < order.count && isTied[end]
            let rank = Double(2 * before + drawn + 1) / 2
            for place in begin..<end { ranks[Int(order[place])] = rank }
            before += drawn
            begin = end
        }
        return ranks
    }
}
