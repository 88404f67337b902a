import Data
import Domain

/// What moved between two tables, for people.
enum DriftText {
    private static let figures = [
        ("psi", "PSI"), ("js_distance_base2", "JS"), ("ks_statistic", "KS"), ("ks_p_value_auto", "KS p"),
        ("wasserstein_over_reference_std", "W1/sd"), ("l_infinity", "L-inf"),
    ]

    /// Within `width` characters where there is such a limit.
    static func text(_ drift: Drift, width: Int?, rule: DriftRule = DriftRule()) -> String {
        let bar = (width ?? 100) < 60 ? 12 : 20
        let judgements = rule.judge(drift)
        let mark = String(repeating: " ", count: max(0, bar / 2)) + "┊\(EvaluationText.rounded(rule.threshold))"
        let heading = ["COLUMN", "DRIFT", mark, "EFFECT", "REFERENCE", "CURRENT", "KIND"] + figures.map(\.1)
        let rows = zip(drift.columns, judgements).map { column, judgement -> [String] in
            let sparks = Self.sparks(column.shares)
            let json = column.json
            return [
                column.name, word(judgement.outcome) + (column.missesOthers ? ", nulls" : ""),
                judgement.effect.map { Bars.effect($0, threshold: rule.threshold, width: bar) } ?? "",
                EvaluationText.number(JSON(judgement.effect)), sparks.reference, sparks.current, column.kind.rawValue,
            ] + figures.map { EvaluationText.number(json[$0.0] ?? .null) }
        }
        let table = FittedTable([heading] + rows, dropFirst: [12, 11, 10, 9, 8, 7, 6, 4, 5, 3]).text(width: width) {
            $1 == 1 ? colour(judgements[$0 - 1].outcome) : nil
        }
        let isShort = judgements.contains { if case .inconclusive = $0.outcome { true } else { false } }
        let notes = (isShort ? [needs] : []) + (drift.columns.contains(where: \.missesOthers) ? [missing] : [])
        return ([table, explanation(rule)] + notes + EvaluationText.warnings(drift.warnings)).joined(separator: "\n")
    }

    private static func explanation(_ rule: DriftRule) -> String {
        let (threshold, chance) = (EvaluationText.rounded(rule.threshold), EvaluationText.rounded(rule.significance))
        return """
            Drifted: an effect of \(threshold) or more (Jensen-Shannon distance in nats of
            categories, W1/sd of numbers) and p < \(chance) over all columns together.
            Shapes: shares of the reference's tenths, or of the heaviest values.
            """
    }

    private static let needs =
        "needs N rows: on each side, so that no drift at all would stay below the threshold."

    private static let missing =
        "nulls: another share of null, NaN or infinite values, which shapes and effects leave out."

    private static func word(_ outcome: DriftRule.Outcome) -> String {
        switch outcome {
        case .inconclusive(let rows): "needs \(rows) rows"
        default: outcome.name
        }
    }

    private static func colour(_ outcome: DriftRule.Outcome) -> Terminal.Colour? {
        switch outcome {
        case .drifted: .red
        case .slight, .inconclusive, .unclear: .yellow
        case .stable: .green
        case .undefined: nil
        }
    }

    /// The shares of both sides, on one scale: of the reference's quantile bins, or of the heaviest values in their order.
    static func sparks(_ shares: ShareTable, atMost limit: Int = 16) -> (reference: String, current: String) {
        let totals = (shares.reference.reduce(0, +), shares.current.reduce(0, +))
        func parts(_ counts: [Int], _ total: Int) -> [Int] {
            counts.map { $0 == 0 ? 0 : max(1, Int(Double($0) / Double(max(1, total)) * 1e6)) }
        }
        let (one, other) = (parts(shares.reference, totals.0), parts(shares.current, totals.1))
        let heaviest = one.indices.sorted { (one[$1] + other[$1], $0) < (one[$0] + other[$0], $1) }.prefix(limit)
            .sorted()
        let most = heaviest.map { max(one[$0], other[$0]) }.max()
        return (
            Bars.spark(heaviest.map { one[$0] }, greatest: most), Bars.spark(heaviest.map { other[$0] }, greatest: most)
        )
    }
}
