import ArgumentParser
import Data
import Domain
import Glibc

struct ProfileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile", abstract: "Describe every column of a table: counts, nulls, moments, quantiles, values",
        discussion: """
            Exact up to a million rows; deterministic sketches beyond, and the output says which. Several files are parts of \
            one table: the profile is that of all their rows.

                martlet profile data/eval.csv
                martlet profile data/part-*.parquet
                martlet profile train.csv --exact --output json
                martlet profile train.csv --histogram age --histogram county
                martlet profile train.csv --save train.profile.json

            What --save writes is small enough for Git, and martlet drift takes it in place of the table. It keeps all values of \
            columns that have at most 10000 different ones (fewer with more than 26 columns), of the others 4096 quantiles or \
            texts, and says by how much these may be off. It is the same for the same files. profile shows it, too, and takes several \
            as parts of one table, also beside tables, which are then read with their --null and --decimal:

                martlet profile mon.profile.json tue.profile.json --save week.profile.json
            """)

    @Argument(
        help: "CSV or JSON Lines, also compressed with gzip or zstd; Parquet; a stored profile", completion: .file())
    var files: [String]

    @Flag(help: "Keep every statistic exact, whatever that costs in memory")
    var exact = false

    @Option(
        name: .customLong("null"),
        help: "A text that means no value, besides an empty field (may be given several times)")
    var nulls: [String] = []

    @OptionGroup var decimal: DecimalOption

    @Option(name: .customLong("histogram"), help: "A column to draw the histogram of (may be given several times)")
    var histograms: [String] = []

    @Option(
        help: ArgumentHelp(
            "Also write what drift needs of the profile to this file, or to a folder under its SHA-256",
            valueName: "path"),
        completion: .file())
    var save: String?

    @Option(help: "text for people, json for programs")
    var output: OutputFormat = .text

    func run() throws {
        FreedMemory.keep()
        for file in files { try TableFile.require(file) }
        let table = try decimal.tableOptions(nulls: nulls, like: StoredProfileFile.options(of: files))
        let options = TableFile.options(exact: exact, table)
        let (profile, saved) = try Progress.during { progress throws in
            let profile = try TableFile.profile(partsOfOne: files, options, progress)
            progress.tell("saving")
            return (profile, try save.map { try StoredProfileFile.write(profile, of: files, options.table, to: $0) })
        }
        if let saved { Terminal.complain("saved \(saved)") }
        switch output {
        case .json: Terminal.say(profile.json.text(pretty: true))
        case .text: Terminal.say(try ProfileText.text(profile, histograms: histograms, width: Terminal.width))
        }
    }
}

/// Tables that the user names on the command line.
enum TableFile {
    /// How the user wants tables to be read, on two threads: the output does not depend on them.
    static func options(exact: Bool, _ table: TableOptions) -> ProfileOptions {
        ProfileOptions(table: table, exact: exact, threads: 2)
    }

    /// Throws where a file cannot be opened at all.
    static func require(_ file: String) throws {
        guard access(file, R_OK) == 0 else { throw FileFailure(path: file) }
    }

    /// - Parameter place: Which of several files it is, in words.
    static func profile(
        _ file: String, at place: String = "", _ options: ProfileOptions, _ progress: Progress
    ) throws(CouldNot) -> TableProfile {
        progress.tell("reading \(file)\(place)")
        var options = options
        options.watch = progress.watch
        do throws(DataError) {
            if let stored = try StoredProfile(file: file) { return stored.profile(for: options) }
            return try TableProfile(file: file, options: options)
        } catch {
            throw CouldNot(message: told(error, file))
        }
    }

    /// Of parts of one table, such as shards. A column that spells numbers in some parts only is of texts, as it would be in the whole:
    /// then they are read again.
    static func profile(
        partsOfOne files: [String], _ options: ProfileOptions, _ progress: Progress
    ) throws(CouldNot) -> TableProfile {
        var whole = try profile(files[0], at: place(0, of: files.count), options, progress)
        let areLines = files.allSatisfy { TextFormat(fileName: $0) == .jsonLines }
        for (index, file) in files.enumerated().dropFirst() {
            let part = try profile(file, at: place(index, of: files.count), options, progress)
            let mixed = whole.columnsOfBothKinds(with: part)
            guard mixed.isSubset(of: options.textColumns) else {
                var options = options
                options.textColumns.formUnion(mixed)
                return try profile(partsOfOne: files, options, progress)
            }
            do throws(DataError) { whole = try whole.merged(with: part, lackingIsNull: areLines) } catch {
                throw CouldNot(message: told(error, file))
            }
        }
        return whole
    }

    /// Which of several files it is, in words.
    static func place(_ index: Int, of count: Int) -> String { count > 1 ? " (\(index + 1) of \(count))" : "" }

    /// Of Parquet, delimited text or JSON Lines, the latter two also compressed with gzip or zstd.
    static func predictions(
        _ file: String, task: ModelTask, columns: PredictionColumns, options: TableOptions
    ) throws -> Predictions {
        FreedMemory.keep()
        let bytes = try LocalFile.bytes(of: file)
        do {
            if bytes.starts(with: Array("PAR1".utf8)) {
                let table = try ParquetFile(path: file)
                try RowLimit.refuse(rows: table.rows)
                return try Predictions(table, task: task, columns: columns)
            }
            return try Predictions(
                try Decompression.expanded(bytes, limitsRows: true), task: task, columns: columns,
                format: .init(fileName: file),
                options: options)
        } catch {
            if error.isAskedWrong { throw WrongUse(told(error, file)) }
            throw CouldNot(message: told(error, file))
        }
    }

    static func told(_ error: DataError, _ file: String) -> String {
        let place = [error.line, error.column].compactMap { $0.map { ":\($0)" } }.joined()
        return "\(file)\(place): \(error.message); \(error.remedy)"
    }
}
