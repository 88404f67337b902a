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

    @Option(help: "text for people, json for programs")
    var output: OutputFormat = .text

    func run() throws {
        let options = TableFile.options(exact: false, nulls: nulls)
        let drift = try Drift(options: options) { side, options throws(Refusal) in
            try TableFile.profile(side == .reference ? reference : current, options)
        }
        switch output {
        case .json: Terminal.say(drift.json.text(pretty: true))
        case .text: Terminal.say(text(drift.json))
        }
    }

    private func text(_ json: JSON) -> String {
        let names = [
            "kind", "psi", "js_distance_base2", "ks_statistic", "ks_p_value_auto", "wasserstein_over_reference_std",
            "l_infinity",
        ]
        let rows = (json["columns"]?.members ?? []).map { column in
            [column.key] + names.map { EvaluationText.number(column.value[$0] ?? .null) } + [
                bar(column.value["psi"]?.double)
            ]
        }
        return Terminal.table([["COLUMN", "KIND", "PSI", "JS", "KS", "KS p", "W1/sd", "L-inf", ""]] + rows)
    }

    /// The PSI as a bar that is full at 0.5, where everybody calls it drift.
    private func bar(_ psi: Double?) -> String {
        guard let psi, psi.isFinite else { return "" }
        return String(repeating: "█", count: Int(min(psi, 0.5) * 40))
    }
}
