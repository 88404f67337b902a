import Domain

/// The rows of all queries. Relevances are finite and at least 0; a score that is null or NaN is NaN.
struct RankingRows: Sendable {
    var relevances: [Double]
    var scores: [Double]

    /// Which query each row answers.
    var queries: Grouping
    var ranking: Model.Ranking

    /// The queries that have rows, by their names' bytes.
    var present: [Int] {
        var isPresent = Array(repeating: false, count: queries.values.count)
        for code in queries.codes { isPresent[Int(code)] = true }
        return isPresent.indices.filter { isPresent[$0] }
    }

    /// Rows query by query, each from the greatest score down.
    var order: [Int32] {
        DealtRows(AscendingOrder.of(scores).reversed(), queries.codes, groups: queries.values.count).rows
    }

    /// What a ranking predicts of a row: its place among the rows of its query, from 1; equal scores share the mean of theirs.
    var places: [Double] {
        let order = order
        var places = Array(repeating: 0.0, count: scores.count)
        var start = 0, begin = 0
        while begin < order.count {
            let first = Int(order[begin])
            if begin > 0, queries.codes[Int(order[begin - 1])] != queries.codes[first] { start = begin }
            var end = begin + 1
            while end < order.count, queries.codes[Int(order[end])] == queries.codes[first],
                scores[Int(order[end])] == scores[first]
            { end += 1 }
            for row in order[begin..<end] { places[Int(row)] = Double(begin + end + 1) / 2 - Double(start) }
            begin = end
        }
        return places
    }
}

extension PredictionColumns {
    /// What a ranking orders rows by.
    var order: String { score ?? prediction }
}

extension PredictionReader {
    func ranking(_ table: Table) throws(DataError) -> RankingRows {
        guard let query = columns.query else {
            throw DataError(
                "a ranking is judged query by query, and no column names a row's query",
                remedy: "give --query, or spec.evaluation.columns.query")
        }
        let relevances = try numbers(columns.label, table)
        if let row = relevances.firstIndex(where: { !($0 >= 0 && $0 < .infinity) }) {
            throw source.error(
                "`\(relevances[row])` is no relevance, expected a number of at least 0", row: row,
                column: columns.label,
                remedy: "write 0 for a row that is not relevant, and more the more it is")
        }
        return RankingRows(
            relevances: relevances, scores: table[columns.order]?.numbers?.values ?? [],
            queries: Grouping(name: query, try texts(query, table)), ranking: columns.ranking)
    }
}
