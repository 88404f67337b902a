import ArgumentParser
import Data
import Domain

struct DriftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift",
        abstract: "Compare two tables column by column: PSI, KS, Jensen-Shannon, Wasserstein, chi-square",
        discussion: "    martlet drift train.csv last-week.csv")

    @Argument(help: "The table to compare with", completion: .file())
    var reference: String

    @Argument(help: "The table of now", completion: .file())
    var current: String

    @Option(
        name: .customLong("null"),
        help: "A text that means no value, besides an empty field (may be given several times)")
    var nulls: [String] = []

    @OptionGroup var decimal: DecimalOption

    @Option(help: "text for people, json for programs")
    var output: OutputFormat = .text

    func run() throws {
        FreedMemory.giveBack()
        for file in [reference, current] { try TableFile.require(file) }
        let options = TableFile.options(exact: false, try decimal.tableOptions(nulls: nulls))
        let drift = try Drift(options: options) { side, options throws(CouldNot) in
            try TableFile.profile(side == .reference ? reference : current, options)
        }
        switch output {
        case .json: Terminal.say(DriftRule().json(drift).text(pretty: true))
        case .text: Terminal.say(DriftText.text(drift, width: Terminal.width))
        }
    }
}
