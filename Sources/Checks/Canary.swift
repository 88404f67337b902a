import Data
public import Domain

/// I6: before it took all traffic, the version took a little, and was not worse than the one beside it.
///
/// Error rates are compared by an always-valid confidence interval (Johari, Pekelis, Walsh), slow answers and what requests bring by a
/// ``ConfidenceSequence``, so that looking often is no fault; the steps share the chance of a false alarm. Beside all of the traffic there is
/// none to compare with: what was beside the last step that had some stands for it.
public struct Canary: Check {
    public static let id = "infra.canary"
    public static let reads: [DeclaredFile] = [.canary]
    public static let version = 4
    public static let summary =
        "The version took a growing share of traffic without more errors, slower answers or less gain."
    public static let looksAt: Set<CheckInput> = [.environment, .label, .deployed]

    let file: String
    let minRequests: Int
    let minTime: Duration
    let maxErrorIncrease: Double
    let maxLatencyIncrease: Double
    let maxPSI: Double
    let maxValueDrop: Double
    let alpha: Double

    public init(_ fields: Fields) throws(FieldErrors) {
        file = fields.value(
            "file", default: "canary.csv",
            "a table in the model's folder: share (a part of one, or percent if any is above 1), requests, errors, baseline_requests, baseline_errors, minutes, p95_ms, "
                + "baseline_p95_ms of each step; or for p95_ms slow, the requests that took longer than baseline_p95_ms and "
                + "maxLatencyIncrease of it. Where it has them, all_requests, score_psi, value_mean, value_sd, baseline_value_mean and "
                + "baseline_value_sd; version and artifact_digest, which must be this version's (without a tag only another commit is none)"
        )
        minRequests = fields.value(
            "minRequests", default: 1000, within: .atLeast(CanaryStep.burnIn),
            "how many requests each step must have had")
        minTime = fields.value(
            "minTime", default: .seconds(900), "how long each step must have lasted; 0 asks for no minutes")
        maxErrorIncrease = fields.value(
            "maxErrorIncrease", default: 0.005, within: .between(0, 1), "how much greater the error rate may be")
        maxLatencyIncrease = fields.value(
            "maxLatencyIncrease", default: 0.1, within: .between(0, 5),
            "how much slower the 95th percentile, as a share")
        maxPSI = fields.value(
            "maxPSI", default: 0.1, within: .atLeast(0),
            "how far the distribution of scores may be from that beside it (score_psi)")
        maxValueDrop = fields.value(
            "maxValueDrop", default: 0.02, within: .between(0, 1),
            "how much less a request may bring than beside it (value_mean), as a share")
        alpha = fields.value(
            "alpha", default: 0.05, within: .inside(0, 1),
            "the chance of a false alarm over all looks at all steps; p95_ms and score_psi are compared as they stand")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let content = try await subject.tools.file(subject.version, file) else {
            return Outcome(
                .skipped, "no record of a canary: write \(file) with share, requests and errors of each step")
        }
        return try await Outcome.from {
            let table = try RunTable(evidence: content, path: file)
            let steps = try CanaryStep.all(table, path: file)
            guard let first = steps.first else { throw MissingEvidence("\(file) holds no step", file: file) }
            var findings = try await subject.strangers(in: table, file) + growth(steps)
            findings += duration(of: steps) + judged(steps)
            if first.share >= 1 {
                findings.append(Finding(.fail, "\(file): the first step took all traffic at once", file: file))
            }
            return Outcome(
                findings,
                otherwise:
                    "\(steps.count) steps up to \(steps[steps.count - 1].share.percent) of the traffic, no worse than beside it",
                // All traffic at once, or next to none, was no canary.
                measurements: first.share < 1 && steps.contains { $0.requests >= minRequests }
                    ? ["steps": .int(steps.count), "requests": .int(steps.reduce(0) { $0 + $1.requests })] : .empty)
        }
    }

    /// A canary takes more traffic step by step; several looks at one step may stand in several rows.
    private func growth(_ steps: [CanaryStep]) -> [Finding] {
        for (one, other) in zip(steps, steps.dropFirst()) where other.share < one.share {
            return [
                Finding(
                    .fail,
                    "\(file): the share falls from \(one.share.percent) to \(other.share.percent): it was taken back",
                    file: file)
            ]
        }
        guard let first = steps.first, let last = steps.last, first.share == last.share, first.share < 1 else {
            return []
        }
        return [
            Finding(
                .inconclusive,
                "\(file): all traffic that is recorded is at \(first.share.percent): the share has yet to grow",
                file: file)
        ]
    }

    /// Of each share the longest that any of its rows tells.
    private func duration(of steps: [CanaryStep]) -> [Finding] {
        guard minTime > .zero else { return [] }
        return steps.map(\.share).unique.compactMap { share in
            let minutes = steps.filter { $0.share == share }.compactMap(\.minutes).max()
            let least = Double(minTime.milliseconds) / 60_000
            guard minutes.map({ !Bound.isAtLeast($0, least) }) ?? true else { return nil }
            let lasted = minutes.map { "lasted \($0.brief) minutes" } ?? "has no minutes, which say how long it lasted"
            return Finding(
                .inconclusive, "\(file): step at \(share.percent) \(lasted), expected \(minTime.text) (minTime)",
                file: file,
                value: minutes, threshold: least)
        }
    }

    private func judged(_ steps: [CanaryStep]) -> [Finding] {
        let shares = steps.map(\.share).unique
        let last = Dictionary(steps.enumerated().map { ($1.share, $0) }) { $1 }
        return steps.enumerated().flatMap { row, step in
            judge(step, alpha: CanaryStep.alpha(ofStep: shares.firstIndex(of: step.share) ?? 0, of: alpha))
                // What an early look leaves open the last one may tell; what it finds bad is bad.
                .filter { $0.verdict == .fail || last[step.share] == row }
        }
    }

    private func judge(_ step: CanaryStep, alpha: Double) -> [Finding] {
        let name =
            "\(file): step at \(step.share.percent)" + (step.isBesideEarlier ? ", with the last step's baseline" : "")
        guard step.requests >= minRequests, step.baselineRequests >= CanaryStep.burnIn else {
            return [
                Finding(
                    .inconclusive,
                    "\(name): \(step.requests.grouped) requests and \(step.baselineRequests.grouped) beside it, "
                        + "\(minRequests.grouped) and \(CanaryStep.burnIn) are needed", file: file,
                    value: Double(step.requests), threshold: Double(minRequests))
            ]
        }
        let sequence = ConfidenceSequence(alpha: alpha, firstLook: CanaryStep.burnIn)
        return [
            errors(step, name, alpha), speed(step, name, sequence), split(step, name), scores(step, name),
            value(step, name, sequence),
        ].compactMap(\.self)
    }

    private func errors(_ step: CanaryStep, _ name: String, _ alpha: Double) -> Finding? {
        let (low, high) = step.errorIncrease(alpha: alpha, scale: maxErrorIncrease)
        guard high > maxErrorIncrease else { return nil }
        let isSure = low > maxErrorIncrease
        return Finding(
            isSure ? .fail : .inconclusive,
            "\(name): error rate \(step.errorRate.percent) against \(step.baselineErrorRate.percent) beside it"
                + (isSure ? "" : ": not shown to be at most \(maxErrorIncrease.percent) more"), file: file,
            value: step.errorRate - step.baselineErrorRate, threshold: maxErrorIncrease)
    }

    /// A quantile is compared by how many requests are beyond it, since a count has an interval that holds at all looks.
    private func speed(_ step: CanaryStep, _ name: String, _ sequence: ConfidenceSequence) -> Finding? {
        if let slow = step.slow {
            guard let interval = sequence.proportion(successes: slow, of: step.requests),
                interval.upper > CanaryStep.slowShare
            else { return nil }
            let share = Double(slow) / Double(step.requests), isSure = interval.lower > CanaryStep.slowShare
            return Finding(
                isSure ? .fail : .inconclusive,
                "\(name): \(share.percent) \(interval.text) of the requests take over \(maxLatencyIncrease.percent) longer than the "
                    + "95th percentile beside it, " + (isSure ? "expected" : "not shown to be")
                    + " at most \(CanaryStep.slowShare.percent)", file: file, value: share,
                threshold: CanaryStep.slowShare)
        }
        guard let slower = step.latencyIncrease else {
            if step.isBesideEarlier { return nil }
            return Finding(
                .inconclusive, "\(name): p95_ms and baseline_p95_ms do not say how fast answers were", file: file)
        }
        guard !Bound.isAtMost(slower, maxLatencyIncrease, of: [1 + slower]) else { return nil }
        return Finding(
            .fail, "\(name): 95th percentile \(slower.percent) slower than beside it", file: file, value: slower,
            threshold: maxLatencyIncrease)
    }

    /// The greatest chance of such a split where requests are dealt out as told: what is dealt out otherwise is not alike.
    private static let splitAlpha = 0.001

    private func split(_ step: CanaryStep, _ name: String) -> Finding? {
        guard let all = step.allRequests, step.share < 1,
            let interval = ConfidenceSequence(alpha: Self.splitAlpha, firstLook: 1).proportion(
                successes: step.requests, of: all), step.share < interval.lower || step.share > interval.upper
        else { return nil }
        let share = Double(step.requests) / Double(max(1, all))
        return Finding(
            .inconclusive,
            "\(name): it had \(share.percent) of all requests: they are not dealt out as told, and those beside it may be others",
            file: file, value: share, threshold: step.share)
    }

    private func scores(_ step: CanaryStep, _ name: String) -> Finding? {
        guard let shift = step.scorePSI, !Bound.isAtMost(shift, maxPSI) else { return nil }
        return Finding(
            .fail, "\(name): the scores' distribution differs by PSI \(shift.brief), expected at most \(maxPSI.brief)",
            file: file, value: shift, threshold: maxPSI)
    }

    private func value(_ step: CanaryStep, _ name: String, _ sequence: ConfidenceSequence) -> Finding? {
        guard let value = step.value, let interval = step.valueIncrease(sequence) else { return nil }
        let margin = maxValueDrop * abs(value.baselineMean)
        guard interval.lower < -margin else { return nil }
        let isSure = interval.upper < -margin
        return Finding(
            isSure ? .fail : .inconclusive,
            "\(name): a request brings \(value.mean.brief) against \(value.baselineMean.brief) beside it"
                + (isSure ? "" : ": not shown to be at most \(maxValueDrop.percent) less"), file: file,
            value: value.mean - value.baselineMean, threshold: -margin)
    }
}
