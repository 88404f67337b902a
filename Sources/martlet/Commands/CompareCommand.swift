import ArgumentParser
import Data
import Domain

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Compare two files of predictions on the same rows, with paired tests",
        discussion: """
            Rows are matched by --id; differences are second minus first.

                martlet compare v1.csv v2.csv --task binary-classification \\
                    --id row_id --label label --prediction prediction --score score
            """)

    @Argument(help: "Predictions of the first version", completion: .file())
    var first: String

    @Argument(help: "Predictions of the second version", completion: .file())
    var second: String

    @Option(help: "The column that names a row")
    var id: String

    @OptionGroup var options: PredictionOptions

    @Option(help: "The column that names what rows depend on, such as a person; the bootstrap draws its rows together")
    var clusterBy: String?

    @Option(
        help: "How the bootstrap's intervals are found: percentile, or bca, which corrects for bias and skew",
        completion: .list(Bootstrap.Ends.allCases.map(\.rawValue)))
    var interval = Bootstrap.Ends.percentile.rawValue

    func run() throws {
        let task = try options.task()
        var columns = try options.columns(task, id: id)
        columns.cluster = clusterBy
        guard let ends = Bootstrap.Ends(rawValue: interval) else {
            throw WrongUse(
                "--interval must be one of \(Bootstrap.Ends.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let table = try options.table()
        let comparison = try Progress.during { progress throws in
            progress.tell("reading \(first) (1 of 2)")
            let one = try TableFile.predictions(first, task: task, columns: columns, options: table)
            progress.tell("reading \(second) (2 of 2)")
            let other = try TableFile.predictions(second, task: task, columns: columns, options: table)
            progress.tell("comparing \(one.rowCount) rows with \(other.rowCount)")
            do {
                return try Comparison(of: one, and: other, bootstrap: Bootstrap(ends: ends))
            } catch {
                throw CouldNot(message: "\(first), \(second): \(error)")
            }
        }
        switch options.output {
        case .json: Terminal.say(comparison.json.text(pretty: true))
        case .text: Terminal.say(ComparisonText.text(comparison, width: Terminal.width))
        }
    }
}
