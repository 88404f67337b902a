import Data
import Domain

/// What a table is like, for people.
enum ProfileText {
    private static let figures = [
        "rows", "nulls", "distinct_non_null", "mean", "std_ddof1", "min", "max", "p05", "p50", "p95",
    ]

    /// Within `width` characters where there is such a limit; throws where the table has no such column.
    static func text(_ profile: TableProfile, histograms: [String] = [], width: Int?) throws(WrongUse) -> String {
        let rows = profile.columns.map { column in
            let json = column.json
            let numbers = figures.map { json[$0] ?? json["quantiles_linear"]?[$0] ?? .null }
            return [column.name] + numbers.map(EvaluationText.number) + [HistogramPlot.cell(column)]
        }
        let table = FittedTable([["COLUMN"] + figures + ["SHAPE"]] + rows, dropFirst: [1, 8, 10, 5, 6, 7, 9, 4, 3, 2])
        var parts = [table.text(width: width)]
        for name in histograms {
            guard let column = profile[name] else {
                let near = Suggestion.nearest(to: name, in: profile.columns.map(\.name)).map {
                    "; did you mean '\($0)'?"
                }
                throw WrongUse("the table has no column '\(name)'\(near ?? "")")
            }
            parts += ["", Terminal.paint(Excerpt.oneLine(name), .bold), HistogramPlot.text(column, width: width ?? 80)]
        }
        return (parts + EvaluationText.warnings(profile.warnings)).joined(separator: "\n")
    }
}
