import Data
public import Domain

/// M2: better offline means better online: the changes of both metrics over promotions or experiments go together.
public struct OfflineOnlineCorrelation: Check {
    public static let id = "model.offline-online-correlation"
    public static let version = 2
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
        if let offline = try table.numbers("offline_delta"), let online = try table.numbers("online_delta") {
            return try whole(offline, online)
        }
        guard let offline = try table.numbers("offline"), let online = try table.numbers("online") else {
            throw MissingEvidence("\(file) needs offline_delta and online_delta, or offline and online", file: file)
        }
        let levels = try whole(offline, online)
        return zip(levels, levels.dropFirst()).map { ($1.0 - $0.0, $1.1 - $0.1) }
    }

    /// The pairs that are there; one that is infinite or no number at all says nothing of ranks, and hides in no average.
    private func whole(_ one: [Double?], _ other: [Double?]) throws(MissingEvidence) -> [(Double, Double)] {
        var pairs: [(Double, Double)] = []
        for (row, values) in zip(one, other).enumerated() {
            guard let one = values.0, let other = values.1 else { continue }
            guard one.isFinite, other.isFinite else {
                throw MissingEvidence("\(file): row \(row + 1) holds \(one) and \(other)", file: file)
            }
            pairs.append((one, other))
        }
        return pairs
    }
}

/// Spearman's rank correlation with its one-sided p-value: by all permutations up to nine pairs, else by Student's t.
struct RankCorrelation {
    let rho: Double
    let pValue: Double

    init(_ pairs: [(Double, Double)]) {
        let one = Self.ranks(pairs.map(\.0)), other = Self.ranks(pairs.map(\.1))
        let rho = Self.correlation(one, other)
        self.rho = rho
        if pairs.count <= 9 {
            pValue = Self.exact(one, other)
        } else {
            let n = Double(pairs.count)
            let t = rho * ((n - 2) / max(1e-12, 1 - rho * rho)).squareRoot()
            pValue = SpecialFunctions.studentTail(t, dof: n - 2)
        }
    }

    /// The coefficient alone, of however many pairs; `nil` where one side is constant.
    static func rho(_ pairs: [(Double, Double)]) -> Double? {
        let (one, other) = (pairs.map(\.0), pairs.map(\.1))
        guard Set(one).count > 1, Set(other).count > 1 else { return nil }
        return correlation(ranks(one), ranks(other))
    }

    /// Ties share their mean rank.
    private static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = Array(repeating: 0.0, count: values.count), begin = 0
        while begin < order.count {
            var end = begin + 1
            while end < order.count, values[order[end]] == values[order[begin]] { end += 1 }
            for place in begin..<end { ranks[order[place]] = Double(begin + end + 1) / 2 }
            begin = end
        }
        return ranks
    }

    private static func correlation(_ one: [Double], _ other: [Double]) -> Double {
        let n = Double(one.count), a = one.reduce(0, +) / n, b = other.reduce(0, +) / n
        let products = zip(one, other).reduce(0) { $0 + ($1.0 - a) * ($1.1 - b) }
        let squares = one.reduce(0) { $0 + ($1 - a) * ($1 - a) } * other.reduce(0) { $0 + ($1 - b) * ($1 - b) }
        return squares > 0 ? products / squares.squareRoot() : 0
    }

    /// The share of all orders of `other` that correlate at least as well. The sum of products orders them as the correlation
    /// does, and twice a rank is a whole number, so equal ones are equal exactly.
    private static func exact(_ one: [Double], _ other: [Double]) -> Double {
        let left = one.map { Int(2 * $0) }, right = other.map { Int(2 * $0) }
        let found = zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
        var hits = 0, all = 0
        func place(_ row: Int, _ used: Int, _ sum: Int) {
            guard row < left.count else {
                all += 1
                hits += sum >= found ? 1 : 0
                return
            }
            for index in right.indices where used & 1 << index == 0 {
                place(row + 1, used | 1 << index, sum + left[row] * right[index])
            }
        }
        place(0, 0, 0)
        return Double(hits) / Double(max(1, all))
    }
}
