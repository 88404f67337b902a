import ArgumentParser
import Data
import Domain

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Compute the metrics of a file of predictions, by slice and group",
        discussion: """
            Definitions are those of scikit-learn and fairlearn; what is undefined is null, and a warning says why.

                martlet evaluate predictions.csv --task binary-classification \\
                    --label label --prediction prediction --score score \\
                    --slice size_band --output json
                martlet evaluate ranked.csv --task ranking --query query \\
                    --label relevance --score score --at 10
            """)

    @Argument(
        help: "CSV or JSON Lines, also compressed with gzip or zstd; Parquet",
        completion: .file(extensions: ["csv", "jsonl"]))
    var file: String

    @OptionGroup var options: PredictionOptions

    @Option(help: "The column that names a row")
    var id: String?

    @Option(help: "A column whose values divide the rows (may be given several times)")
    var slice: [String] = []

    @Option(help: "A column of groups that must be treated alike (may be given several times)")
    var sensitive: [String] = []

    @Option(
        help: "COLUMN=VALUE: of a sensitive column, the group that others are held against (may be given several times)"
    )
    var privileged: [String] = []

    @Option(help: "Of a regression that predicts a quantile: which, such as 0.9; gives pinball_loss")
    var quantile: Double?

    @Option(
        help: ArgumentHelp(
            "A new CSV file for the rows to look at: the most confidently wrong and the least certain, or the largest errors; with --against "
                + "those of which the versions say most different things; and the wrong ones of a --slice that fails",
            valueName: "file"), completion: .file())
    var hard: String?

    @Option(
        help: ArgumentHelp(
            "For --hard: another version's predictions on the same rows, matched by --id", valueName: "file"),
        completion: .file(extensions: ["csv", "jsonl"]))
    var against: String?

    func run() throws {
        let task = try options.task()
        var columns = try options.columns(task, id: id, slices: slice, sensitive: sensitive)
        for text in privileged {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, sensitive.contains(parts[0]) else {
                throw WrongUse("--privileged '\(text)': write COLUMN=VALUE, with a column that --sensitive names")
            }
            columns.privileged[parts[0]] = parts[1]
        }
        if let quantile {
            guard task == .regression, (0...1).contains(quantile) else {
                throw WrongUse("--quantile must lie between 0 and 1, and is of a regression")
            }
            columns.quantile = quantile
        }
        if let hard, LocalFile.exists(hard) {
            throw WrongUse("--hard \(hard): it is there already; name another file, or remove it")
        }
        if against != nil, hard == nil {
            throw WrongUse("--against is for --hard; martlet compare compares two versions")
        }
        let table = try options.table()
        let evaluation = try Progress.during { progress throws in
            progress.tell("reading \(file)")
            let predictions = try TableFile.predictions(file, task: task, columns: columns, options: table)
            if let hard { try writeHardRows(of: predictions, columns, table, to: hard, progress) }
            progress.tell("computing the metrics of \(predictions.rowCount) rows")
            return Evaluation(of: predictions)
        }
        switch options.output {
        case .json: Terminal.say(evaluation.json.text(pretty: true))
        case .text: Terminal.say(EvaluationText.text(evaluation))
        }
    }

    private func writeHardRows(
        of predictions: Predictions, _ columns: PredictionColumns, _ table: TableOptions, to hard: String,
        _ progress: Progress
    ) throws {
        let other = try against.map {
            progress.tell("reading \($0)")
            return try TableFile.predictions(
                $0, task: predictions.task, columns: columns.withoutGroups, options: table)
        }
        progress.tell("looking at \(predictions.rowCount) rows")
        let rows: [HardExample]?
        do { rows = try predictions.hardExamples(against: other) } catch {
            throw CouldNot(message: "\(file), \(against ?? ""): \(error)")
        }
        guard let rows else {
            throw WrongUse(
                "--hard needs the scores of a classification (--score or --scores), a regression, another version's predictions "
                    + "(--against), or slices (--slice)")
        }
        try LocalFile.write(HardRowsText.csv(rows), to: hard)
    }
}

extension PredictionColumns {
    /// The same, where rows are only matched.
    fileprivate var withoutGroups: PredictionColumns {
        var columns = self
        (columns.slices, columns.sensitive) = ([], [])
        return columns
    }
}
