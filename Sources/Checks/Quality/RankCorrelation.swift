import Data

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
