import ControlLoop
import Data
import Domain

extension VersionCard {
    /// The card as a page.
    var markdown: String {
        var parts = ["# Model card: \(Self.cell(version.title))", "## Model details\n\n" + table(details)]
        parts += sections.map { "## \($0.title)\n\n\($0.text)" }
        let data = datasets.sorted { $0.key < $1.key }.map { name, dataset in
            [name, role(of: name), digest(name, dataset) ?? "–"]
        }
        if !data.isEmpty { parts.append("## Datasets\n\n" + table([["dataset", "role", "digest"]] + data)) }
        let overall = performance.filter { $0.slice == nil }
        if !overall.isEmpty {
            let rows = overall.map { [$0.name, EvaluationText.rounded($0.value), $0.interval.map(Self.text) ?? "–"] }
            parts.append("## Metrics\n\n" + table([["metric", "value", "95 % interval"]] + rows))
        }
        parts += slices + fairnessTables
        if !evidence.isEmpty {
            let rows = evidence.map { known in
                let (outcome, names) = (known.evidence.outcome, known.environments)
                return [
                    known.evidence.check, outcome.verdict.rawValue, outcome.summary, known.evidence.time.description,
                    names.isEmpty ? "–" : names.joined(separator: ", "),
                ]
            }
            parts.append("## Evidence\n\n" + table([["check", "verdict", "found", "when", "counts in"]] + rows))
        }
        if !missing.isEmpty { parts.append("## Missing\n\n" + missing.map { "- \($0)" }.joined(separator: "\n")) }
        return parts.joined(separator: "\n\n")
    }

    private var details: [[String]] {
        let artifact = manifest.artifact
        let rows: [(String, String?)] = [
            ("model", version.model), ("version", version.label), ("commit", version.revision.description),
            ("committed", time.description), ("task", manifest.task.rawValue),
            ("owners", manifest.owners.isEmpty ? nil : manifest.owners.joined(separator: ", ")),
            ("licence", manifest.licence), ("artifact", artifact.shown),
            ("format", artifact.format?.rawValue), ("sha256", artifact.sha256?.digits),
        ]
        return [["", ""]] + rows.compactMap { name, value in value.map { [name, $0] } }
    }

    /// A table for each column of slices: a row a value, a column a metric.
    private var slices: [String] {
        var columns: [String: [String]] = [:], order: [String] = []
        for entry in performance {
            guard let slice = entry.slice else { continue }
            if columns[slice] == nil { order.append(slice) }
            columns[slice, default: []].append(entry.name)
        }
        guard let names = order.first.flatMap({ columns[$0] }) else { return [] }
        let rows = order.map { slice in
            [slice]
                + names.map { name in
                    performance.first { $0.slice == slice && $0.name == name }.map { EvaluationText.rounded($0.value) }
                        ?? "–"
                }
        }
        return ["## Slices\n\n" + table([["slice"] + names] + rows)]
    }

    private var fairnessTables: [String] {
        fairness.filter { !$0.figures.isEmpty }.map { column in
            let rows = column.figures.map { [$0.name, EvaluationText.rounded($0.value)] }
            return "## Fairness by \(Self.cell(column.column))\n\n" + table([["figure", "value"]] + rows)
        }
    }

    private func table(_ rows: [[String]]) -> String {
        let lines = rows.map { "| " + $0.map(Self.cell).joined(separator: " | ") + " |" }
        let rule = "|" + String(repeating: " --- |", count: rows.first?.count ?? 0)
        return ([lines.first ?? "", rule] + lines.dropFirst()).joined(separator: "\n")
    }

    /// Nothing of a foreign text ends its cell, or begins a tag.
    private static func cell(_ text: String) -> String {
        Excerpt.line(text, limit: 300).replacing("|", with: "\\|").replacing("<", with: "&lt;")
    }

    private static func text(_ interval: Interval) -> String {
        "\(EvaluationText.rounded(interval.lower)) to \(EvaluationText.rounded(interval.upper))"
    }
}
