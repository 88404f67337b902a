import Domain

/// What a comment says of one model that moves.
struct CommentSections {
    private static let mostRows = 60
    static let missingMark = "- ⛔"

    private let part: RequestReport.Part

    init(_ part: RequestReport.Part) { self.part = part }

    var title: String {
        let from = part.running.map { "\(Markup.code($0, limit: 60)) → " } ?? ""
        return "**\(Markup.code(part.model, limit: 120))** \(from)\(Markup.code(part.candidate, limit: 60))"
    }

    /// What keeps it out, and who or what can change that.
    var missing: [String] {
        part.blockers.map { blocker in
            let what = "\(blocker.kind.rawValue) \(Markup.code(blocker.name, limit: 120))"
            let who = blocker.unblockedBy.isEmpty ? "" : "; unblocked by: \(Markup.code(blocker.unblockedBy))"
            let next = blocker.nextLook.map { "; looked at again at \($0)" } ?? ""
            return "\(Self.missingMark) \(what): \(Markup.code(blocker.reason))\(who)\(next)"
        }
    }

    /// Metrics of the candidate beside those of the version that runs now.
    var metrics: CommentTable {
        var table = CommentTable("metric", "runs now", "candidate", "change", "interval")
        let before = Dictionary(part.before.flatMap(Reading.all).map { ($0.key, $0) }) { first, _ in first }
        for reading in part.evidence.flatMap(Reading.all).prefix(Self.mostRows) {
            let old = before[reading.key]?.value
            let change = old.map { reading.value - $0 }.map { ($0 > 0 ? "+" : "") + $0.brief } ?? ""
            table.add(
                Markup.code(reading.name, limit: 80), old?.brief ?? "", "**\(reading.value.brief)**", change,
                reading.interval)
        }
        return table
    }

    var score: CommentTable {
        var table = CommentTable("section", "points", "")
        for section in part.sections {
            let share = section.tests > 0 ? section.points / Double(section.tests) : 0
            table.add(
                Markup.code(section.title, limit: 60), "\(section.points.brief) of \(section.tests)", Self.bar(share))
        }
        return table
    }

    var checks: CommentTable {
        var table = CommentTable("", "check", "what was found")
        for evidence in part.evidence {
            table.add(
                "\(Self.sign(evidence.outcome.verdict)) \(evidence.outcome.verdict.rawValue)",
                Markup.code(evidence.check, limit: 80), Markup.code(evidence.outcome.summary))
        }
        return table
    }

    /// The slices of a check that reports them as `model.slices` does, worst first.
    var slices: CommentTable {
        var table = CommentTable("slice", "rows", "metric", "value", "interval", "")
        for line in worstSlices.prefix(Self.mostRows) {
            table.add(
                Markup.code(line.name, limit: 120), line.rows.map(String.init) ?? "",
                Markup.code(line.metric, limit: 80),
                line.value.brief, line.interval, Self.bar(line.value))
        }
        return table
    }

    /// The worst slices of the metric that most of them have, seen against all rows.
    var slicePicture: CommentPicture {
        let slices = worstSlices
        let counts = Dictionary(grouping: slices, by: \.metric).mapValues(\.count)
        guard let metric = counts.min(by: { ($1.value, $0.key) < ($0.value, $1.key) })?.key else {
            return CommentPicture("", [])
        }
        let drawn = slices.filter { $0.metric == metric }
        let overall = drawn.first?.overall
        return CommentPicture(
            overall == nil ? "\(metric) by slice" : "\(metric) by slice (the line is all rows)",
            drawn.map { ($0.name, $0.value) }, line: overall)
    }

    /// The columns of checks that report an effect for each, greatest first.
    var drift: CommentTable {
        var table = CommentTable("column", "effect", "p", "check")
        for line in greatestDrift.prefix(Self.mostRows) {
            table.add(
                Markup.code(line.column, limit: 120), line.effect.brief, line.chance?.brief ?? "",
                Markup.code(line.check, limit: 80))
        }
        return table
    }

    var driftPicture: CommentPicture {
        CommentPicture("drift of columns", greatestDrift.map { ($0.column, $0.effect) })
    }

    private var worstSlices: [SliceLine] {
        part.evidence.flatMap(SliceLine.all).sorted { ($0.goodness, $0.name) < ($1.goodness, $1.name) }
    }

    private var greatestDrift: [DriftLine] {
        part.evidence.flatMap(DriftLine.all).sorted { ($1.effect, $0.column) < ($0.effect, $1.column) }
    }

    static func sign(_ verdict: Verdict) -> String {
        switch verdict {
        case .pass: "✅"
        case .warn: "⚠️"
        case .fail: "❌"
        case .inconclusive: "❔"
        case .error: "💥"
        case .skipped: "➖"
        }
    }

    /// A share as ten blocks.
    static func bar(_ share: Double) -> String {
        guard share >= 0, share <= 1 else { return "" }
        let full = Int((share * 10).rounded())
        return String(repeating: "█", count: full) + String(repeating: "░", count: 10 - full)
    }
}

/// One number of a check's measurements with its interval: `{"auc": {"value": …, "low": …, "high": …}}`.
private struct Reading {
    let check: String
    let name: String
    let value: Double
    let interval: String

    var key: [String] { [check, name] }

    static func all(of evidence: Evidence) -> [Reading] {
        (evidence.outcome.measurements.members ?? []).compactMap { member in
            guard let value = member.value["value"]?.double else { return nil }
            return Reading(check: evidence.check, name: member.key, value: value, interval: member.value.interval)
        }
    }
}

private struct SliceLine {
    let name: String
    let rows: Int?
    let metric: String
    let value: Double
    let interval: String
    /// The metric over all rows.
    let overall: Double?
    /// Greater is better, whatever the metric.
    let goodness: Double

    static func all(of evidence: Evidence) -> [SliceLine] {
        let overall = evidence.outcome.measurements["overall"]?["value"]?.double
        let sign: Double = evidence.outcome.measurements["greater_is_better"]?.bool == false ? -1 : 1
        return (evidence.outcome.measurements["slices"]?.members ?? []).flatMap { column in
            (column.value.members ?? []).flatMap { slice in
                (slice.value.members ?? []).compactMap { metric -> SliceLine? in
                    guard let value = metric.value["value"]?.double else { return nil }
                    return SliceLine(
                        name: "\(column.key)=\(slice.key)", rows: slice.value["n"]?.int, metric: metric.key,
                        value: value, interval: metric.value.interval, overall: overall,
                        goodness: sign * value)
                }
            }
        }
    }
}

private struct DriftLine {
    let check: String
    let column: String
    let effect: Double
    let chance: Double?

    static func all(of evidence: Evidence) -> [DriftLine] {
        (evidence.outcome.measurements.members ?? []).compactMap { member in
            guard let effect = member.value["effect"]?.double else { return nil }
            return DriftLine(
                check: evidence.check, column: member.key, effect: effect, chance: member.value["p_value"]?.double)
        }
    }
}

extension JSON {
    fileprivate var interval: String {
        guard let low = self["low"]?.double, let high = self["high"]?.double else { return "" }
        return "\(low.brief) – \(high.brief)"
    }
}

extension Double {
    /// Four digits after the point, or four significant ones where the number is small.
    fileprivate var brief: String {
        guard isFinite, magnitude < 1e15 else { return "–" }
        if self == rounded() { return String(Int(self)) }
        if magnitude >= 0.01 { return "\((self * 1e4).rounded() / 1e4)" }
        var scale = 1.0
        while magnitude * scale < 1000, scale < 1e300 { scale *= 10 }
        return "\((self * scale).rounded() / scale)"
    }
}
