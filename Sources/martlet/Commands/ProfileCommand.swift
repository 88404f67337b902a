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

    @OptionGroup var null: NullOption

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
        let table = try decimal.tableOptions(nulls: null.spellings, like: StoredProfileFile.options(of: files))
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
