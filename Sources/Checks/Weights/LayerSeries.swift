import Data
import Domain

/// How one layer went through training, step by step: as checkpoints show it, or as a file of statistics tells it.
struct LayerSeries {
    let name: String
    /// What is measured: weights, or as the file says, such as gradients.
    let kind: String
    var steps: [Step] = []

    struct Step {
        let number: Double
        /// As people call it, such as `step 300`.
        let title: String
        let file: String
        var line: Int?
        /// Of all numbers together (L2).
        var norm: Double?
        /// The share of numbers that are 0; `nil` also where there are too few to tell.
        var zeros: Double?
        /// The share of units that never answer.
        var dead: Double?
        var counts = FloatCounts()

        var isBroken: Bool { !counts.isFinite || !(norm?.isFinite ?? true) }

        /// What is not finite.
        var fault: String { counts.isFinite ? "a norm of \(norm?.brief ?? "")" : counts.text }
    }

    /// What is accepted.
    struct Limits {
        let maxNormSpike: Double
        let maxZeros: Double
        /// Whether a layer may hold infinity, zeros and dead units.
        let allows: (String) -> Bool
    }

    /// More are counted and not told one by one.
    private static let mostTold = 20

    private var title: String { kind == "weights" ? "'\(name)'" : "\(kind) of '\(name)'" }

    /// What is wrong with the layers, the worst of each kind first told.
    static func findings(in all: [LayerSeries], _ limits: Limits) -> [Finding] {
        let each = all.map { $0.findings(limits) }
        let failed = each.flatMap(\.self).filter { $0.verdict == .fail }
        let warned = each.flatMap(\.self).filter { $0.verdict != .fail }
        return told(failed) + told(warned) + told(ended(all))
    }

    private static func told(_ findings: [Finding]) -> [Finding] {
        guard findings.count > mostTold, let last = findings.last else { return findings }
        let more = findings.count - mostTold
        return findings.prefix(mostTold)
            + [Finding(last.verdict, "\(last.file ?? "the checkpoints"): \(more) more such findings", file: last.file)]
    }

    /// Layers of which the last steps tell nothing.
    private static func ended(_ all: [LayerSeries]) -> [Finding] {
        Dictionary(grouping: all, by: \.kind).sorted { $0.key < $1.key }.compactMap { _, same in
            guard let end = same.compactMap({ $0.steps.last }).max(by: { $0.number < $1.number }) else { return nil }
            let early = same.filter { ($0.steps.last?.number ?? end.number) < end.number }
            guard !early.isEmpty else { return nil }
            return Finding(
                .warn,
                "\(end.file): of \(early.map(\.title).listed(4)) \(end.title) tells nothing, as steps before it do",
                file: end.file)
        }
    }

    private func findings(_ limits: Limits) -> [Finding] {
        guard let last = steps.last else { return [] }
        let isAllowed = limits.allows(name)
        return [broken(isAllowed, last), leap(limits)].compactMap(\.self)
            + (isAllowed ? [] : dead(last, limits.maxZeros))
    }

    /// Training with few bits leaves out a step that overflows, so only the last one fails.
    private func broken(_ isAllowed: Bool, _ last: Step) -> Finding? {
        func counts(_ step: Step) -> Bool { step.isBroken && !(isAllowed && step.counts.nan == 0) }
        let broken = steps.filter(counts)
        guard let first = broken.first else { return nil }
        let shown = counts(last) ? last : first
        return Finding(
            counts(last) ? .fail : .warn,
            "\(shown.file): \(title) has \(shown.fault) in \(shown.title), and is not finite in \(broken.count) of "
                + "\(steps.count) steps", file: shown.file, line: shown.line)
    }

    private func leap(_ limits: Limits) -> Finding? {
        let known = steps.filter { $0.norm?.isFinite ?? false }, norms = known.compactMap(\.norm)
        guard let leap = Leap(in: norms, above: limits.maxNormSpike) else { return nil }
        let step = known[leap.index]
        return Finding(
            .fail,
            "\(step.file): the norm of \(title) explodes to \(norms[leap.index].brief) in \(step.title), "
                + "\(leap.times.brief) times its median before", file: step.file, line: step.line, value: leap.times,
            threshold: limits.maxNormSpike)
    }

    private func dead(_ last: Step, _ most: Double) -> [Finding] {
        func finding(_ share: Double?, _ verdict: Verdict, _ words: String) -> Finding? {
            guard let share, !Bound.isAtMost(share, most) else { return nil }
            return Finding(
                verdict,
                "\(last.file): \(title): \(share.percent) \(words) in \(last.title), expected at most \(most.percent); allow names "
                    + "layers that are meant so", file: last.file, line: last.line, value: share, threshold: most)
        }
        return [
            finding(last.dead, .fail, "of its units are dead"), finding(last.zeros, .warn, "of its numbers are 0"),
        ].compactMap(\.self)
    }
}
