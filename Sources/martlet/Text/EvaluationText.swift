import Data
import Domain
import Glibc

/// An evaluation as tables for people.
enum EvaluationText {
    static func text(_ evaluation: Evaluation) -> String {
        let json = evaluation.json
        var parts = ["\(evaluation.rows) rows", metrics(json["metrics"])]
        if let ranking = evaluation.ranking {
            let gain = ranking.gain == .linear ? "the relevance" : "2^relevance - 1"
            parts.append("  gain of a row: \(gain); equal scores count as the mean over all their orders")
        }
        if let reliability = evaluation.reliability {
            parts.append(Terminal.paint("\nreliability of the scores", .bold))
            parts.append(ReliabilityPlot.text(reliability, width: Terminal.width ?? 80))
        }
        if let curve = evaluation.curve {
            parts.append(Terminal.paint("\nROC curve", .bold))
            parts.append(ROCPlot.text(curve, width: Terminal.width ?? 80))
        }
        for column in json["slices"]?.members ?? [] {
            parts.append(Terminal.paint("\nslices by \(Excerpt.oneLine(column.key))", .bold))
            parts.append(comparison(column.value))
        }
        for column in json["fairness"]?.members ?? [] {
            parts.append(Terminal.paint("\nfairness by \(Excerpt.oneLine(column.key))", .bold))
            parts.append(metrics(column.value))
            if let privileged = column.value["privileged"] {
                parts.append("  the others against \(Excerpt.oneLine(privileged["value"]?.string ?? ""))")
                parts.append(metrics(privileged))
            }
            if let groups = column.value["groups"] { parts.append(comparison(groups)) }
        }
        return (parts + warnings(evaluation.warnings)).joined(separator: "\n")
    }

    static func warnings(_ sentences: [String]) -> [String] {
        sentences.map { Terminal.paint("warning: ", .yellow) + Excerpt.oneLine($0) }
    }

    /// A number as people read it: six significant digits, whole numbers whole.
    static func number(_ value: JSON) -> String {
        switch value {
        case .int(let number): String(number)
        case .double(let number): rounded(number)
        case .string(let text): text
        case .null: "–"
        default: value.text()
        }
    }

    static func rounded(_ number: Double) -> String {
        guard number.isFinite else { return "\(number)" }
        guard number != 0 else { return "0" }
        guard abs(number) >= 1e-4, abs(number) < 1e15 else { return brief(number) }
        let scale = number.magnitude >= 1000 ? 100.0 : 1_000_000.0
        let value = (number * scale).rounded() / scale
        return value == value.rounded() ? String(Int(value)) : "\(value)"
    }

    /// Four digits and a power of ten, as Swift writes numbers.
    private static func brief(_ number: Double) -> String {
        var power = Int(log10(number.magnitude).rounded(.down))
        var digits = (number.magnitude / pow(10, Double(power)) * 1000).rounded()
        if digits >= 10_000 { (digits, power) = (digits / 10, power + 1) }
        guard digits.isFinite else { return "\(number)" }
        let mantissa = digits / 1000
        let text = mantissa == mantissa.rounded() ? String(Int(mantissa)) : "\(mantissa)"
        return (number < 0 ? "-" : "") + text + (power < 0 ? "e-" : "e+") + (abs(power) < 10 ? "0" : "")
            + "\(abs(power))"
    }

    private static func metrics(_ json: JSON?) -> String {
        let rows = (json?.members ?? []).filter { $0.value.members == nil && $0.value.array == nil }.map {
            ["  " + $0.key, number($0.value)]
        }
        return Terminal.table([["  METRIC", "VALUE"]] + rows)
    }

    private static func comparison(_ slices: JSON) -> String {
        let members = slices.members ?? []
        let names = (members.first?.value.members ?? []).filter { $0.value.members == nil && $0.value.array == nil }
            .map(\.key)
        let rows = names.map { name in ["  " + name] + members.map { number($0.value[name] ?? .null) } }
        return Terminal.table([["  METRIC"] + members.map(\.key)] + rows)
    }
}
