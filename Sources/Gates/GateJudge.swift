public import Domain

/// Turns evidence and policy into what still keeps a version out; nothing means that the gate is open.
///
/// Pure: the same facts at the same moment give the same answer. What is missing, unclear or broken blocks.
public struct GateJudge: Sendable {
    private let zoneFile: @Sendable (String) -> [UInt8]?

    /// `zoneFile` gives the bytes of a compiled time zone by its name.
    public init(zoneFile: @escaping @Sendable (String) -> [UInt8]?) { self.zoneFile = zoneFile }

    /// What still keeps the version out.
    public func blockers(_ facts: GateCase) -> [Blocker] {
        checkBlockers(facts) + scoreBlockers(facts) + approvalBlockers(facts) + soakBlockers(facts)
            + windowBlockers(facts)
    }

    // MARK: Checks and score

    private func checkBlockers(_ facts: GateCase) -> [Blocker] {
        facts.gate.checks.enumerated().compactMap { index, requirement in
            guard requirement.required else { return nil }
            guard facts.evidence.indices.contains(index), let evidence = facts.evidence[index] else {
                return .missing(requirement.check, facts.gateName)
            }
            guard !evidence.outcome.verdict.admits,
                facts.waivers.waiver(of: requirement.check, at: facts.now) == nil
            else { return nil }
            return .refused(requirement.check, evidence, facts.waivers.refused, facts.gate.waivers?.from ?? [])
        }
    }

    private func scoreBlockers(_ facts: GateCase) -> [Blocker] {
        guard let least = facts.gate.score?.least else { return [] }
        guard let card = facts.scorecard else {
            return [
                Blocker(
                    .score, "ML Test Score", "the score is not known, gate '\(facts.gateName)' asks for \(least)",
                    threshold: least, unblockedBy: "checks of the rubric in the gate, or signed evidence")
            ]
        }
        guard card.passing < least else { return [] }
        let short = card.sections.filter { $0.passing < least }
        let words = short.map { "\($0.name) \($0.passing.brief)" }.joined(separator: ", ")
        let raisers = short.map { section in
            let open = section.rows.filter { $0.passingPoints < 1 }
            let rows = open.filter { $0.points > 0 } + open.filter { $0.points == 0 }
            let names = rows.prefix(3).map(\.check).joined(separator: ", ")
            return "\((least - section.passing).brief) more of \(section.name): \(names)"
                + (rows.count > 3 ? " and \(rows.count - 3) more" : "")
        }
        return [
            Blocker(
                .score, "ML Test Score",
                "\(card.passing.brief) passes (\(card.score.brief) is run), gate '\(facts.gateName)' asks for "
                    + "\(least.brief); too low: \(words)",
                value: card.passing, threshold: least, unblockedBy: raisers.joined(separator: "; "),
                since: facts.evidence.compactMap { $0?.time }.max())
        ]
    }

    // MARK: People and time

    private func approvalBlockers(_ facts: GateCase) -> [Blocker] {
        guard let asked = facts.gate.approvals, asked.count > 0 else { return [] }
        let counted = Set(facts.approvals.counted.filter { $0.counts(among: asked.from) }.map(\.person))
        guard counted.count < asked.count else { return [] }
        let who = asked.from.isEmpty ? "anyone in allowed_signers" : asked.from.joined(separator: ", ")
        let nobody =
            facts.approvals.nobodyMaySign ? "nobody can sign: allowed_signers names nobody" : "nobody has agreed"
        let so = counted.isEmpty ? nobody : "\(counted.sorted().joined(separator: ", ")) agreed"
        let others = facts.approvals.counted.filter { !counted.contains($0.person) }.map {
            "\($0.person) agreed, who is not asked"
        }
        let words = ["\(asked.count) must agree, \(so)"] + others + Self.words(of: facts.approvals.refused)
        return [
            Blocker(
                .approval, facts.gateName, words.joined(separator: "; "), value: Double(counted.count),
                threshold: Double(asked.count),
                unblockedBy: facts.approvals.nobodyMaySign
                    ? "a commit that adds those who may sign to allowed_signers, then martlet approve, by \(who)"
                    : "martlet approve, by \(who)",
                nextLook: facts.approvals.nextLook)
        ]
    }

    /// Whoever may push tags can make thousands that do not count.
    private static func words(of refused: [Approvals.Refusal]) -> [String] {
        let most = 10
        let more = refused.count > most ? ["\(refused.count - most) more do not count"] : []
        return refused.prefix(most).map { Excerpt.line($0.description, limit: 300) } + more
    }

    private func soakBlockers(_ facts: GateCase) -> [Blocker] {
        let asked = facts.gate.soakFor
        guard asked > .zero else { return [] }
        return facts.verifiedUpstream.sorted { $0.key < $1.key }.compactMap { environment, health in
            if let doubt = health.doubt {
                return Blocker(
                    .soak, environment,
                    "in \(environment) \(doubt), gate '\(facts.gateName)' asks that it has run well for \(asked.text)",
                    threshold: Double(asked.milliseconds) / 1000, unblockedBy: "a look that finds it well",
                    nextLook: health.nextLook, since: health.since)
            }
            let end = health.since + asked
            let known = min(health.until ?? facts.now, facts.now)
            guard known < end else { return nil }
            let isOver = facts.now >= end
            let done = max(0, (known - health.since).milliseconds)
            // Not how long it has run by now: what is shown on a forge would change at every look.
            return Blocker(
                .soak, environment,
                "it has run well in \(environment) since \(health.since), gate '\(facts.gateName)' asks for "
                    + asked.text,
                value: Double(done) / 1000, threshold: Double(asked.milliseconds) / 1000,
                unblockedBy: isOver ? "the next look at it, if that finds it well" : "time: at \(end)",
                nextLook: isOver ? health.nextLook : end, since: health.since)
        }
    }

    private func windowBlockers(_ facts: GateCase) -> [Blocker] {
        guard !facts.windows.isEmpty else { return [] }
        var openings: [Timestamp] = []
        for window in facts.windows {
            do throws(MaintenanceWindow.Problem) {
                let window = try MaintenanceWindow(window, zoneFile: zoneFile)
                if window.isOpen(at: facts.now) { return [] }
                if let next = window.nextOpening(from: facts.now) { openings.append(next) }
            } catch {
                return [
                    Blocker(
                        .window, window.allow.description, error.description,
                        unblockedBy: "a commit that corrects spec.windows")
                ]
            }
        }
        let names = facts.windows.map { "\($0.allow) \($0.zone)" }.joined(separator: "; ")
        let next = openings.min()
        return [
            Blocker(
                .window, names, "versions may enter at \(names)",
                unblockedBy: next.map { "time: it opens at \($0)" } ?? "a commit that changes spec.windows",
                nextLook: next)
        ]
    }
}

extension Double {
    /// A score as people write it: `2`, `1.5`.
    fileprivate var brief: String { self == rounded() && magnitude < 1e15 ? "\(Int(self))" : "\(self)" }
}

extension Blocker {
    fileprivate static func missing(_ check: String, _ gate: String) -> Blocker {
        Blocker(
            .check, check, "gate '\(gate)' asks for \(check), which has not been run on this version",
            unblockedBy: "Martlet runs it by itself: the controller, or martlet reconcile")
    }

    fileprivate static func refused(
        _ check: String, _ evidence: Evidence, _ waivers: [Waivers.Refusal], _ waiving: [String]
    ) -> Blocker {
        let outcome = evidence.outcome
        let finding = outcome.findings.first { $0.verdict == outcome.verdict }
        let remedy =
            switch outcome.verdict {
            case _ where outcome.mayChange: "what is missing or damaged is put right; Martlet looks again by itself"
            case .inconclusive: "evidence that is missing or too thin"
            case .error: "Martlet tries again by itself"
            case .skipped: "what is said here, in the gate's settings of the check or in the model's manifest"
            default: "a new version that passes"
            }
        let words =
            ["\(outcome.verdict.rawValue): \(outcome.summary)"]
            + waivers.filter { $0.check == check }.map(\.description)
        let waiver = waiving.isEmpty ? "" : "; or a signed waiver by \(waiving.joined(separator: " or "))"
        return Blocker(
            .check, check, words.joined(separator: "; "), value: finding?.value,
            threshold: finding?.threshold, unblockedBy: remedy + waiver, since: evidence.time)
    }
}
