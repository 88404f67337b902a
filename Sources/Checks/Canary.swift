import Data
public import Domain
import Glibc

/// I6: before it took all traffic, the version took a little, and was not worse than the one beside it.
///
/// Error rates are compared by an always-valid confidence interval (Johari, Pekelis, Walsh), so that looking often is no fault.
public struct Canary: Check {
    public static let id = "infra.canary"
    public static let version = 2
    public static let summary = "The version took a growing share of traffic without more errors or slower answers."
    public static let looksAt: Set<CheckInput> = [.environment, .label]

    let file: String
    let minRequests: Int
    let maxErrorIncrease: Double
    let maxLatencyIncrease: Double
    let alpha: Double

    public init(_ fields: Fields) throws(FieldErrors) {
        file = fields.value(
            "file", default: "canary.csv",
            "a table in the model's folder: share, requests, errors, baseline_requests, baseline_errors, p95_ms, "
                + "baseline_p95_ms of each step; version and artifact_digest, where it has them, must be this version's"
        )
        minRequests = fields.value(
            "minRequests", default: 1000, within: .atLeast(CanaryStep.burnIn),
            "how many requests each step must have had")
        maxErrorIncrease = fields.value(
            "maxErrorIncrease", default: 0.005, within: .between(0, 1), "how much greater the error rate may be")
        maxLatencyIncrease = fields.value(
            "maxLatencyIncrease", default: 0.1, within: .between(0, 5),
            "how much slower the 95th percentile, as a share")
        alpha = fields.value(
            "alpha", default: 0.05, within: .inside(0, 1), "the chance of a false alarm over all looks")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let content = try await subject.tools.file(subject.version, file) else {
            return Outcome(
                .skipped, "no record of a canary: write \(file) with share, requests and errors of each step")
        }
        return try await Outcome.from {
            let table: RunTable
            do throws(Malformed) { table = try RunTable(content, path: file) } catch {
                throw MissingEvidence("\(file): \(error)", file: file)
            }
            let steps = try CanaryStep.all(table, path: file)
            guard let first = steps.first else { throw MissingEvidence("\(file) holds no step", file: file) }
            var findings = try await subject.strangers(in: table, file) + growth(steps)
            findings += steps.flatMap(judge)
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

    private func judge(_ step: CanaryStep) -> [Finding] {
        let name = "\(file): step at \(step.share.percent)"
        guard step.requests >= minRequests, step.baselineRequests >= CanaryStep.burnIn else {
            return [
                Finding(
                    .inconclusive,
                    "\(name): \(step.requests.grouped) requests and \(step.baselineRequests.grouped) beside it, "
                        + "\(minRequests.grouped) and \(CanaryStep.burnIn) are needed", file: file,
                    value: Double(step.requests), threshold: Double(minRequests))
            ]
        }
        var findings: [Finding] = []
        let (low, high) = step.errorIncrease(alpha: alpha, scale: maxErrorIncrease)
        let words = "\(name): error rate \(step.errorRate.percent) against \(step.baselineErrorRate.percent) beside it"
        if low > maxErrorIncrease {
            findings.append(
                Finding(
                    .fail, words, file: file, value: step.errorRate - step.baselineErrorRate,
                    threshold: maxErrorIncrease))
        } else if high > maxErrorIncrease {
            findings.append(
                Finding(
                    .inconclusive, "\(words): not shown to be at most \(maxErrorIncrease.percent) more", file: file,
                    value: step.errorRate - step.baselineErrorRate, threshold: maxErrorIncrease))
        }
        guard let slower = step.latencyIncrease else {
            findings.append(
                Finding(
                    .inconclusive, "\(name): p95_ms and baseline_p95_ms do not say how fast answers were", file: file))
            return findings
        }
        if !Bound.isAtMost(slower, maxLatencyIncrease, of: [1 + slower]) {
            findings.append(
                Finding(
                    .fail, "\(name): 95th percentile \(slower.percent) slower than beside it", file: file,
                    value: slower,
                    threshold: maxLatencyIncrease))
        }
        return findings
    }
}

/// One step of a rollout.
struct CanaryStep {
    let share: Double
    let requests: Int
    let errors: Int
    let baselineRequests: Int
    let baselineErrors: Int
    /// `nil` where either side's latency is no positive number.
    let latencyIncrease: Double?

    /// Fewer requests of an arm are no normal approximation.
    static let burnIn = 100

    static func all(_ table: RunTable, path: String) throws(MissingEvidence) -> [CanaryStep] {
        let names = ["share", "requests", "errors", "baseline_requests", "baseline_errors"]
        var columns: [[Double?]] = []
        for name in names { columns.append(try table.numbers(try table.column(name, or: [], in: path)) ?? []) }
        let latency = try table.numbers("p95_ms"), beside = try table.numbers("baseline_p95_ms")
        let scale = try unit(of: columns[0], in: path)
        var steps: [CanaryStep] = []
        for row in table.rows.indices {
            let values = columns.compactMap { $0[row] }
            guard values.count == names.count, values.allSatisfy({ $0.isFinite && $0 >= 0 && $0 < 1e15 }),
                values[2] <= values[1], values[4] <= values[3]
            else {
                throw MissingEvidence(
                    "\(path): row \(row + 1) does not hold \(names.joined(separator: ", "))", file: path)
            }
            let slower = latency?[row].flatMap { now in
                beside?[row].flatMap { $0 > 0 && now > 0 && (now / $0).isFinite ? now / $0 - 1 : nil }
            }
            steps.append(
                CanaryStep(
                    share: values[0] / scale, requests: Int(values[1]),
                    errors: Int(values[2]),
                    baselineRequests: Int(values[3]), baselineErrors: Int(values[4]), latencyIncrease: slower))
        }
        return steps
    }

    /// Shares are percentages where any is above 1, else parts of one.
    private static func unit(of shares: [Double?], in path: String) throws(MissingEvidence) -> Double {
        let greatest = shares.compactMap(\.self).max() ?? 0
        guard !(greatest > 100) else { throw MissingEvidence("\(path): a share of \(greatest.brief) %", file: path) }
        return greatest > 1 ? 100 : 1
    }

    var errorRate: Double { Double(errors) / Double(max(1, requests)) }
    var baselineErrorRate: Double { Double(baselineErrors) / Double(max(1, baselineRequests)) }

    /// The always-valid interval of the difference of the rates, with a prior as wide as `scale`.
    func errorIncrease(alpha: Double, scale: Double) -> (Double, Double) {
        let sizes = [Double(max(1, requests)), Double(max(1, baselineRequests))]
        let n = 2 / (1 / sizes[0] + 1 / sizes[1])
        let floor = 1 / n
        // Of unequal arms, n(s₁²/n₁ + s₂²/n₂): the small one is the less certain.
        let variance = zip([errorRate, baselineErrorRate], sizes).reduce(0) { sum, arm in
            sum + n * max(arm.0 * (1 - arm.0), floor) / arm.1
        }
        let prior = max(scale * scale, 1e-12), total = variance + n * prior
        let reach = (variance * total / (n * n * prior) * (2 * log(1 / alpha) + log(total / variance))).squareRoot()
        let difference = errorRate - baselineErrorRate
        return (difference - reach, difference + reach)
    }
}
