import Data
public import Domain

/// M2: better offline means better online: the changes of both metrics over promotions or experiments go together.
///
/// Where experiments say how sure the online change is, the slope says how much of it a change of the offline metric stands for.
public struct OfflineOnlineCorrelation: Check {
    public static let id = "model.offline-online-correlation"
    public static let reads: [DeclaredFile] = [.experiments]
    public static let version = 3
    public static let summary = "Changes of the offline metric predict changes of the online metric."

    let file: String
    let minPairs: Int
    let minCorrelation: Double
    let maxP: Double

    public init(_ fields: Fields) throws(FieldErrors) {
        file = fields.value(
            "file", default: "experiments.csv",
            "a table in the model's folder: offline_delta and online_delta, or offline and online; with their standard errors "
                + "online_se, and offline_se where that is not exact, also the slope is measured")
        minPairs = fields.value("minPairs", default: 5, within: .atLeast(3), "fewer experiments say too little")
        minCorrelation = fields.value(
            "minCorrelation", default: 0.5, within: .between(0, 1), "the least rank correlation")
        maxP = fields.value(
            "maxP", default: 0.1, within: .inside(0, 1),
            "the greatest chance of such a correlation without any connection")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let content = try await subject.tools.file(subject.version, file) else {
            return Outcome(
                .skipped, "no experiments: write \(file) with offline_delta and online_delta of each promotion")
        }
        return try await Outcome.from {
            let experiments = try experiments(content), pairs = experiments.map { ($0.offline, $0.online) }
            guard pairs.count >= minPairs else {
                throw MissingEvidence("\(file): \(pairs.count) experiments, \(minPairs) are needed", file: file)
            }
            let agree = pairs.count { $0.0 != 0 && $0.1 != 0 && ($0.0 > 0) == ($0.1 > 0) }
            let sign = Interval.wilson(successes: agree, of: pairs.count)
            let line = DemingLine(experiments.compactMap(\.point)), tau = KendallTau.b(pairs)
            let measurements: JSON = [
                "experiments": .int(pairs.count), "signs_agree": .int(agree), "signs_agree_low": JSON(sign?.lower),
                "signs_agree_high": JSON(sign?.upper), "kendall_tau_b": JSON(tau), "deming_slope": JSON(line?.slope),
                "deming_slope_se": JSON(line?.standardError), "deming_experiments": .int(line?.points ?? 0),
            ]
            guard let tau else {
                let words =
                    "all \(pairs.count) experiments changed one of the metrics alike, signs agree \(agree)/\(pairs.count)"
                let verdict: Verdict = (sign?.upper ?? 1) < 0.5 ? .fail : .inconclusive
                return Outcome([Finding(verdict, words, file: file)], otherwise: words, measurements: measurements)
            }
            let rank = RankCorrelation(pairs)
            let slope = line.map { ", slope \($0.slope.brief) ± \($0.standardError.brief)" } ?? ""
            let words =
                "over \(pairs.count) experiments: ρ = \(rank.rho.brief) (p = \(rank.pValue.brief)), τ-b = \(tau.brief), "
                + "signs agree \(agree)/\(pairs.count)\(slope)"
            return Outcome(
                findings(rank, sign, words), otherwise: words,
                measurements: .object(
                    [("rho", .double(rank.rho)), ("p_value", .double(rank.pValue))]
                        + (measurements.members ?? []).map { ($0.key, $0.value) }))
        }
    }

    private func findings(_ rank: RankCorrelation, _ sign: Interval?, _ words: String) -> [Finding] {
        // Ranks may go together where what is better offline is always worse online.
        let isOpposite = (sign?.upper ?? 1) < 0.5
        guard isOpposite || rank.rho < minCorrelation || rank.pValue > maxP else { return [] }
        let verdict: Verdict = rank.rho <= 0 || isOpposite ? .fail : rank.rho >= 0.2 ? .warn : .inconclusive
        let shows = verdict == .fail ? "does not predict" : "is not shown to predict"
        return [
            Finding(
                verdict, "\(words): the offline metric \(shows) the online one", file: file, value: rank.rho,
                threshold: minCorrelation)
        ]
    }

    /// How both metrics changed, with the standard errors that the table knows.
    private struct Experiment {
        let offline: Double
        let online: Double
        let offlineError: Double?
        let onlineError: Double?

        /// An offline metric without an error is taken as exact.
        var point: DemingLine.Point? {
            onlineError.map { .init(x: offline, y: online, xError: offlineError ?? 0, yError: $0) }
        }

        /// From this level to a later one, whose errors are independent.
        func change(to later: Experiment) -> Experiment {
            func joined(_ one: Double?, _ other: Double?) -> Double? {
                one.flatMap { one in other.map { (one * one + $0 * $0).squareRoot() } }
            }
            return Experiment(
                offline: later.offline - offline, online: later.online - online,
                offlineError: joined(offlineError, later.offlineError),
                onlineError: joined(onlineError, later.onlineError))
        }
    }

    private func experiments(_ content: Content) throws -> [Experiment] {
        let table = try RunTable(evidence: content, path: file)
        if let offline = try table.numbers("offline_delta"), let online = try table.numbers("online_delta") {
            return try whole(offline, online, in: table)
        }
        guard let offline = try table.numbers("offline"), let online = try table.numbers("online") else {
            throw MissingEvidence("\(file) needs offline_delta and online_delta, or offline and online", file: file)
        }
        let levels = try whole(offline, online, in: table)
        return zip(levels, levels.dropFirst()).map { $0.change(to: $1) }
    }

    /// The pairs that are there; one that is infinite or no number at all says nothing of ranks, and hides in no average.
    private func whole(_ one: [Double?], _ other: [Double?], in table: RunTable) throws -> [Experiment] {
        let errors = try [("offline_se", 0), ("online_se", Double.leastNonzeroMagnitude)].map { name, least in
            try table.numbers(name)?.enumerated().map { row, error in
                guard let error, !error.isFinite || error < least else { return error }
                throw table.gap(
                    in: row, "\(name) is \(error), expected a standard error\(least > 0 ? " above 0" : "")")
            }
        }
        var pairs: [Experiment] = []
        for (row, values) in zip(one, other).enumerated() {
            guard let one = values.0, let other = values.1 else { continue }
            guard one.isFinite, other.isFinite else {
                throw table.gap(in: row, "it holds \(one) and \(other)")
            }
            pairs.append(
                Experiment(offline: one, online: other, offlineError: errors[0]?[row], onlineError: errors[1]?[row]))
        }
        return pairs
    }
}
