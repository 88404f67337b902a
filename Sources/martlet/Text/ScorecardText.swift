import ControlLoop
import Domain

/// A scorecard as people and programs read it.
struct ScorecardText {
    private let result: ScoreRunner.Result
    private let card: Scorecard

    init(_ result: ScoreRunner.Result) {
        self.result = result
        card = result.scorecard
    }

    var json: JSON {
        let members: [(String, JSON)] = [
            ("model", .string(result.version.model)), ("revision", .string(result.version.revision.description)),
            ("version", JSON(result.version.label)), ("environment", JSON(result.environment)),
            ("least", JSON(result.least)),
        ]
        return .object(members + (card.json.members ?? []).map { ($0.key, $0.value) })
    }

    private var title: String {
        "\(result.version.title)" + (result.environment.map { " for \($0)" } ?? ", deployed nowhere")
    }

    private var reading: String { Rubric.interpretation(of: card.score) }

    private var wish: String {
        result.least.map { ", gate '\(result.gate ?? "")' asks for \(Self.points($0))" } ?? ""
    }

    static func points(_ points: Double) -> String {
        points == points.rounded() && points.magnitude < 1e15 ? "\(Int(points))" : "\(points)"
    }

    var plain: String {
        var lines = [
            Terminal.paint("\(title): ML Test Score \(Self.points(card.score)) of 7", .bold) + ", \(reading)",
            "\(Self.points(card.passing)) with only what passes\(wish)",
        ]
        for section in card.sections {
            lines += [
                "",
                Terminal.paint(section.name, .bold)
                    + ": \(Self.points(section.score)), passing \(Self.points(section.passing))",
            ]
            for row in section.rows { lines += self.lines(row) }
        }
        if card.rows.contains(where: { $0.remedy == Scorecard.plainRemedy }) {
            lines += ["", "A test without points gets them by \(Scorecard.plainRemedy)."]
        }
        return lines.joined(separator: "\n")
    }

    private func lines(_ row: Scorecard.Row) -> [String] {
        let verdict = row.verdict?.rawValue ?? "-"
        let colour: Terminal.Colour = row.passingPoints == 1 ? .green : row.verdict == .fail ? .red : .yellow
        let first =
            "  \(row.number)  \(ScreenWidth.padded(Self.points(row.points), to: 3))  "
            + Terminal.paint(ScreenWidth.padded(verdict, to: 12), colour)
            + "  \(ScreenWidth.padded(row.check, to: 32))  \(row.note)"
        guard let remedy = row.remedy, remedy != Scorecard.plainRemedy else { return [first] }
        return [first, Terminal.paint("           for more: \(remedy)", .dim)]
    }

    var markdown: String {
        var lines = [
            "**\(Markdown.cell(title)): ML Test Score \(Self.points(card.score)) of 7**, \(reading); "
                + "\(Self.points(card.passing)) with only what passes\(wish).", "",
            "| section | score | passing |", "|---|---|---|",
        ]
        lines += card.sections.map { "| \($0.name) | \(Self.points($0.score)) | \(Self.points($0.passing)) |" }
        lines += [
            "", "<details><summary>28 tests</summary>", "", "| test | points | verdict | found | for more |",
            "|---|---|---|---|---|",
        ]
        lines += card.rows.map { row in
            let cells = [
                "\(row.number) \(row.check)", Self.points(row.points), row.verdict?.rawValue ?? "-", row.note,
                row.remedy ?? "",
            ]
            return "| " + cells.map(Markdown.cell).joined(separator: " | ") + " |"
        }
        return (lines + ["", "</details>"]).joined(separator: "\n")
    }
}

/// Text of strangers inside a Markdown table.
enum Markdown {
    /// One line that cannot end its cell, nor be markup, a link or a mention.
    static func cell(_ text: String) -> String {
        var safe = ""
        for character in text {
            switch character {
            case "\n", "\r", "\r\n", "\t": safe += " "
            case "|", "`", "*", "_", "[", "]", "<", ">", "\\", "#", "!", "~": safe += "\\\(character)"
            case "&": safe += "&amp;"
            case "@": safe += "&#64;"
            default: safe.append(character)
            }
        }
        return safe
    }
}
