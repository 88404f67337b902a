import Data
public import Domain

/// M2: better offline means better online: the changes of both metrics over promotions or experiments go together.
public struct OfflineOnlineCorrelation: Check {
    public static let id = "model.offline-online-correlation"
    public static let summary = "Changes of the offline metric predict changes of the online metric."

    let file: String
    let minPairs: Int
    let minCorrelation: Double
    let maxP: Double

    public init(_ fields: Fields) throws(FieldErrors) {
        file = fields.value(
            "file", default: "experiments.csv",
            "a table in the model's folder: offline_delta and online_delta, or offline and online")
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
            let pairs = try pairs(content)
            guard pairs.count >= minPairs else {
                throw MissingEvidence("\(file): \(pairs.count) experiments, \(minPairs) are needed", file: file)
            }
            let rank = RankCorrelation(pairs)
            let agree = pairs.count { $0.0 * $0.1 > 0 }
            let sign = Interval.wilson(successes: agree, of: pairs.count)
            let words =
                "over \(pairs.count) experiments: ρ = \(rank.rho.brief) (p = \(rank.pValue.brief)), "
                + "signs agree \(agree)/\(pairs.count)"
            let verdict: Verdict =
                rank.rho >= minCorrelation && rank.pValue <= maxP
                ? .pass
                : rank.rho <= 0 || (sign?.upper ?? 1) < 0.5 ? .fail : rank.rho >= 0.2 ? .warn : .inconclusive
            let finding = Finding(
                verdict,
                "\(words): the offline metric \(verdict == .fail ? "does not predict" : "is not shown to predict") the online one",
                file: file, value: rank.rho, threshold: minCorrelation)
            return Outcome(
                verdict == .pass ? [] : [finding], otherwise: words,
                measurements: [
                    "rho": .double(rank.rho), "p_value": .double(rank.pValue), "signs_agree": .int(agree),
                    "experiments": .int(pairs.count),
                ])
        }
    }

    private func pairs(_ content: Content) throws -> [(Double, Double)] {
        let table: RunTable
        do throws(Malformed) { table = try RunTable(content, path: file) } catch {
            throw MissingEvidence("\(file): \(error)", file: file)
        }
        if let offline = table.numbers("offline_delta"), let online = table.numbers("online_delta") {
            return Self.whole(offline, online)
        }
        guard let offline = table.numbers("offline"), let online = table.numbers("online") else {
            throw MissingEvidence("\(file) needs offline_delta and online_delta, or offline and online", file: file)
        }
        let levels = Self.whole(offline, online)
        return zip(levels, levels.dropFirst()).map { ($1.0 - $0.0, $1.1 - $0.1) }
    }

    private static func whole(_ one: [Double?], _ other: [Double?]) -> [(Double, Double)] {
        zip(one, other).compactMap { one, other in
            guard let one, let other, one.isFinite, other.isFinite else { return nil }
            return (one, other)
        }
    }
}

/// Spearman's rank correlation with its one-sided p-value: by all permutations up to eight pairs, else by Student's t.
struct RankCorrelation {
    let rho: Double
    let pValue: Double

    init(_ pairs: [(Double, Double)]) {
        let one = Self.ranks(pairs.map(\.0)), other = Self.ranks(pairs.map(\.1))
        let rho = Self.correlation(one, other)
        self.rho = rho
        if pairs.count <= 8 {
            var hits = 0, all = 0
            Self.permutations(other) { shuffled in
                all += 1
                if Self.correlation(one, shuffled) >= rho - 1e-12 { hits += 1 }
            }
            pValue = Double(hits) / Double(max(1, all))
        } else {
            let n = Double(pairs.count)
            let t = rho * ((n - 2) / max(1e-12, 1 - rho * rho)).squareRoot()
            pValue = SpecialFunctions.studentTail(t, dof: n - 2)
        }
    }

    /// Ties share their mean rank.
    private static func ranks(_ values: [Double]) -> [Double] {
        values.map { value in
            Double(values.count { $0 < value }) + (Double(values.count { $0 == value }) + 1) / 2
        }
    }

    private static func correlation(_ one: [Double], _ other: [Double]) -> Double {
        let n = Double(one.count), a = one.reduce(0, +) / n, b = other.reduce(0, +) / n
        let products = zip(one, other).reduce(0) { $0 + ($1.0 - a) * ($1.1 - b) }
        let squares = one.reduce(0) { $0 + ($1 - a) * ($1 - a) } * other.reduce(0) { $0 + ($1 - b) * ($1 - b) }
        return squares > 0 ? products / squares.squareRoot() : 0
    }

    /// Heap's algorithm.
    private static func permutations(_ values: [Double], _ visit: ([Double]) -> Void) {
        var values = values
        func go(_ count: Int) {
            guard count > 1 else { return visit(values) }
            for index in 0..<count {
                go(count - 1)
                values.swapAt(count % 2 == 0 ? index : 0, count - 1)
            }
        }
        go(values.count)
    }
}
