/// The metrics of a ranking, on all rows and by group; rows are sorted once for all of them.
///
/// A group holds some rows of a query or all of them, and is judged as if there were no others.
struct RankingEvaluation {
    private let rows: RankingRows
    private let order: [Int32]

    init(_ rows: RankingRows) {
        self.rows = rows
        order = rows.order
    }

    var metrics: Metrics { QueryMeasures(rows, order[...]).metrics }

    /// The metrics of each group, in the order of its values.
    func metrics(by grouping: Grouping) -> [Metrics] {
        let dealt = DealtRows(order, grouping.codes, groups: grouping.values.count)
        return grouping.values.indices.map { group in
            QueryMeasures(rows, dealt.rows[dealt.starts[group]..<dealt.starts[group + 1]]).metrics
        }
    }
}
