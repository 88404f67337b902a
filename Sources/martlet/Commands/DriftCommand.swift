import ArgumentParser
import Data
import Domain

struct DriftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift",
        abstract: "Compare two tables column by column: PSI, KS, Jensen-Shannon, Wasserstein, chi-square",
        discussion: """
                martlet drift train.csv last-week.csv
                martlet drift train.profile.json last-week.csv

            Either may be a stored profile, as martlet profile --save writes it. Where that does not have all values of a column, the \
            warnings say how far its figures may be off. A table is then read with the --null and --decimal of the profile, unless \
            others are given.
            """)

    @Argument(help: "The table to compare with, or its stored profile", completion: .file())
    var reference: String

    @Argument(help: "The table of now, or its stored profile", completion: .file())
    var current: String

    @OptionGroup var null: NullOption

    @OptionGroup var decimal: DecimalOption

    @Option(help: "text for people, json for programs")
    var output: OutputFormat = .text

    func run() throws {
        FreedMemory.giveBack()
        for file in [reference, current] { try TableFile.require(file) }
        let stored = (reference: try StoredProfileFile.read(reference), current: try StoredProfileFile.read(current))
        let table = try decimal.tableOptions(nulls: null.spellings, like: (stored.reference ?? stored.current)?.options)
        let drift = try Progress.during { progress throws in
            try Drift(options: TableFile.options(exact: false, table)) { side, options throws(CouldNot) in
                if let profile = side == .reference ? stored.reference : stored.current {
                    return profile.profile(for: options)
                }
                return try TableFile.profile(side == .reference ? reference : current, options, progress)
            }
        }
        for (side, profile) in [("reference", stored.reference), ("current", stored.current)] {
            guard let profile else { continue }
            Terminal.complain("\(side): a stored profile, \(StoredProfileFile.described(profile))")
        }
        if let one = stored.reference, let other = stored.current, one.options != other.options {
            Terminal.complain("warning: the two profiles were made with different --null or --decimal")
        }
        switch output {
        case .json: Terminal.say(DriftRule().json(drift).text(pretty: true))
        case .text: Terminal.say(DriftText.text(drift, width: Terminal.width))
        }
    }
}
