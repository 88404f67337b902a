import Data
public import Domain

/// O2, of those who ask: no client asks more than it may, near the boundary of the decision, outside of the domain, or in small steps.
///
/// Whoever copies a model or looks for what it takes wrongly asks where its answer turns, and changes one feature after the other. A client is
/// told only where its share is greater than the others' by more than chance: the least that its share can be against the most that theirs
/// can, by exact intervals (Clopper and Pearson 1934) at a level that all questions about all clients have together (Bonferroni).
///
/// Requests of one client may hang together, which makes its share look surer than it is: `ratio` and `minShare` leave room for that.
///
/// What it cannot see: an attack under many names, of which each asks little; one whose requests are like everybody's; who stands behind a
/// gateway that the log calls one client; and whatever the log leaves out. Others who do the same hide a client, so look at `by_client`.
public struct Abuse: Check {
    public static let id = "monitor.abuse"
    public static let reads: [DeclaredFile] = [.servingLog]
    public static let summary =
        "No client asks too much, near the decision's boundary, outside of the schema's domain or in small steps."
    public static let looksAt: Set<CheckInput> = [.clock]

    let threshold: Double
    let margin: Double
    let ratio: Double
    let minShare: Double
    let alpha: Double
    let maxShare: Double?
    let maxRate: Int?
    let minRows: Int
    let ignore: [String]
    let window: Duration?
    let maxAge: Duration?

    public init(_ fields: Fields) throws(FieldErrors) {
        threshold = fields.value(
            "threshold", default: 0.5, within: .between(0, 1), "the score at which the decision turns")
        margin = fields.value(
            "margin", default: 0.05, within: .above(0, upTo: 0.5), "how far from it a score is near the boundary")
        ratio = fields.value(
            "ratio", default: 2, within: .between(1, 100),
            "how many times the other clients' share one client's may be, of requests near the boundary and so on")
        minShare = fields.value(
            "minShare", default: 0.1, within: .inside(0, 1), "up to which share of a client's requests nothing is told")
        alpha = fields.value(
            "alpha", default: 0.01, within: .inside(0, 1), "the chance of a false alarm over all clients")
        maxShare = fields.optional(
            "maxShare", within: .inside(0, 1),
            "the greatest share of all requests that one client may send; without it, any")
        maxRate = fields.optional(
            "maxRate", within: .atLeast(1),
            "how many requests one client may send within a minute; without it, any number")
        minRows = fields.value("minRows", default: 1000, within: .atLeast(1), "fewer requests are not looked at yet")
        ignore = fields.value(
            "ignore", default: [], "clients that may do so, such as those who test the model; * stands for anything")
        window = fields.optional("window", "how far back from the newest request to look; without it, all")
        maxAge = fields.maxLogAge
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard subject.manifest.serving?.log != nil else {
            return Outcome(.skipped, "no serving log configured; name it in spec.serving.log")
        }
        return try await Outcome.from {
            // Who asks is no matter of versions.
            let log = try await subject.freshLog(last: window, notOlderThan: maxAge, anyVersion: true)
            guard log.entries.count >= minRows else {
                throw MissingEvidence(
                    "\(log.path): \(log.entries.count.grouped) requests, \(minRows.grouped) are needed", file: log.path)
            }
            guard log.entries.contains(where: { $0.client != nil }) else {
                throw MissingEvidence(
                    "\(log.path): no request names its client; log who asks as \"client\"", file: log.path)
            }
            let clients = try clients(log, subject)
            let patterns = ignore.map(NamePattern.init)
            let judged = clients.filter { client in !patterns.contains { $0.matches(client.name) } }
            var findings = limits(judged, of: log) + gaps(judged, log, subject)
            for habit in ClientTraffic.Habit.allCases { findings += told(habit, among: judged, log.path) }
            return Outcome(
                capped(findings),
                otherwise:
                    "\(log.entries.count.grouped) requests of \(clients.count.grouped) clients: nobody stands out",
                measurements: [
                    "requests": .int(log.entries.count), "clients": .int(clients.count),
                    "by_client": .object(
                        clients.prefix(20).map { (Excerpt.line($0.name), $0.json(of: log.entries.count)) }),
                ])
        }
    }

    /// Those who asked, the most first.
    private func clients(_ log: ServingLog, _ subject: Subject) throws -> [ClientTraffic] {
        var domain = try subject.schema.map { try ServedDomain($0, needed: subject.neededWhenServing($0)) }
        let isBinary = subject.manifest.task == .binaryClassification
        var clients: [String: ClientTraffic] = [:]
        for entry in log.entries {
            let name = entry.client ?? ClientTraffic.unnamed
            let isNear =
                isBinary ? entry.score.map { Bound.isAtMost(abs($0 - threshold), margin, of: [$0, threshold]) } : nil
            let isOutside = entry.features.isEmpty ? nil : domain?.isOutside(entry.features)
            clients[name, default: ClientTraffic(name)].add(entry, isNear: isNear, isOutside: isOutside)
        }
        return clients.values.sorted { ($1.requests, $0.name) < ($0.requests, $1.name) }
    }

    // MARK: Limits

    private func limits(_ clients: [ClientTraffic], of log: ServingLog) -> [Finding] {
        clients.flatMap { client in
            var findings: [Finding] = []
            let share = Double(client.requests) / Double(log.entries.count)
            if let maxShare, !Bound.isAtMost(share, maxShare) {
                findings.append(
                    Finding(
                        .fail,
                        "\(client.title) sent \(share.percent) of all requests, allowed \(maxShare.percent) (maxShare)",
                        file: log.path, value: share, threshold: maxShare))
            }
            if let maxRate, let peak = client.peak, peak > maxRate {
                findings.append(
                    Finding(
                        .fail,
                        "\(client.title) sent \(peak.grouped) requests within a minute, allowed \(maxRate.grouped) (maxRate)",
                        file: log.path, value: Double(peak), threshold: Double(maxRate)))
            }
            return findings
        }
    }

    // MARK: Habits

    /// Whose share stands out from that of the others.
    private func told(_ habit: ClientTraffic.Habit, among clients: [ClientTraffic], _ path: String) -> [Finding] {
        let counts = clients.map { $0.counts[habit] ?? ClientTraffic.Count() }
        let all = counts.reduce(into: ClientTraffic.Count()) { $0.add($1) }
        let confidence = 1 - alpha / Double(max(1, clients.count) * ClientTraffic.Habit.allCases.count)
        return zip(clients, counts).compactMap { client, own in
            let others = all.without(own)
            guard let share = own.share else { return nil }
            // What is outside of the domain is so without anybody to compare with.
            guard let usual = others.share ?? (habit == .outside ? 0 : nil), share > max(minShare, ratio * usual),
                let least = own.interval(confidence)?.lower
            else { return nil }
            let most = others.interval(confidence)?.upper ?? 0
            guard least > max(minShare, ratio * most) else { return nil }
            return Finding(
                .fail,
                "\(client.title): \(share.percent) of its \(own.of.grouped) requests \(habit.words)"
                    + (others.of > 0 ? ", of the others' \(usual.percent)" : ""), file: path, value: share,
                threshold: max(minShare, ratio * most))
        }
    }

    /// What could not be looked at.
    private func gaps(_ clients: [ClientTraffic], _ log: ServingLog, _ subject: Subject) -> [Finding] {
        var findings: [Finding] = []
        func note(_ verdict: Verdict, _ words: String) {
            findings.append(Finding(verdict, "\(log.path): \(words)", file: log.path))
        }
        if clients.count < 2 {
            note(
                .inconclusive,
                "\(clients.count) client\(clients.count == 1 ? "" : "s") to look at: nobody to compare with")
        }
        let scored = log.entries.count { $0.score != nil }
        if subject.manifest.task != .binaryClassification {
            note(.skipped, "only a binary classification has a boundary that a score is near to")
        } else if scored < minRows {
            note(
                .inconclusive,
                "\(scored.grouped) requests have a score, \(minRows.grouped) are needed to see who asks near the boundary"
            )
        }
        if log.features.isEmpty {
            note(
                .inconclusive, "no request has features: who asks outside of the domain or in small steps is not known")
        } else if subject.schema == nil {
            note(.skipped, "no spec.schema says what lies outside of the domain")
        }
        var habits: [ClientTraffic.Habit] = []
        if subject.manifest.task == .binaryClassification, scored >= minRows { habits.append(.near) }
        if !log.features.isEmpty { habits += subject.schema == nil ? [.step] : [.outside, .step] }
        for habit in habits {
            let counts = clients.compactMap { $0.counts[habit]?.of }.filter { $0 > 0 }
            let requests = counts.reduce(0, +)
            // The first request of a client is no step.
            if requests + clients.count < minRows {
                note(
                    .inconclusive,
                    "\(requests.grouped) requests tell whether they \(habit.words), \(minRows.grouped) are needed")
            } else if habit != .outside, counts.count < 2, clients.count > 1 {
                note(
                    .inconclusive,
                    "of one client it can be told whether its requests \(habit.words): nobody to compare with")
            }
        }
        if maxRate != nil, log.entries.contains(where: { $0.time == nil }) {
            note(.inconclusive, "requests without a time (ts) say nothing of maxRate")
        }
        let silent = log.entries.count { $0.client == nil }
        if silent > 0 { note(.warn, "\(silent.grouped) requests name no client, and count as one") }
        return findings
    }

    /// Evidence must not grow with the clients that somebody makes up.
    private func capped(_ findings: [Finding]) -> [Finding] {
        let most = 40
        guard findings.count > most else { return findings }
        let rest = findings.dropFirst(most)
        let worst = rest.reduce(Verdict.pass) { $0.combined(with: $1.verdict) }
        return Array(findings.prefix(most)) + [Finding(worst, "and \(rest.count.grouped) findings more")]
    }
}
