public import Domain

extension DriftRule {
    /// The figures of a drift with what this rule says of each column: `verdict`, and what it rests on.
    public func json(_ drift: Drift) -> JSON {
        let columns = zip(drift.columns, judge(drift)).map { column, judgement in
            let figures = (column.json.members ?? []).map { ($0.key, $0.value) }
            return (column.name, JSON.object(figures + Self.members(judgement, of: column)))
        }
        let others = (drift.json.members ?? []).filter { $0.key != "columns" }.map { ($0.key, $0.value) }
        return .object([("columns", .object(columns))] + others)
    }

    private static func members(_ judgement: Judgement, of column: ColumnDrift) -> [(String, JSON)] {
        let rows: JSON = if case .inconclusive(let rows) = judgement.outcome { .int(rows) } else { .null }
        return [
            ("verdict", .string(judgement.outcome.name)), ("effect", JSON(judgement.effect)),
            ("p_value_adjusted", column.hasEstimatedCounts ? .null : JSON(judgement.adjustedPValue)),
            ("noise_floor", JSON(judgement.noiseFloor)),
            ("rows_needed", rows),
        ]
    }
}

extension DriftRule.Outcome {
    /// As programs read it.
    public var name: String {
        switch self {
        case .stable: "stable"
        case .slight: "slight"
        case .drifted: "drifted"
        case .inconclusive: "inconclusive"
        case .unclear: "unclear"
        case .undefined: "undefined"
        }
    }
}
