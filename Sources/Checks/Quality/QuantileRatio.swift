import Data
import Glibc

/// How many times greater a quantile of one row of numbers is than that of another, with a bound that chance seldom passes.
///
/// Neighbours in time are alike, so whole blocks of them are drawn, with the row bent to a ring (Politis and Romano 1992). Blocks are as
/// long as the correlation of neighbours asks for (Carlstein 1986); the seed is fixed, so that the same rows give the same bound.
struct QuantileRatio {
    let value: Double
    /// One-sided.
    let lower: Double

    /// Of longer rows the last count.
    static let most = 20_000
    static let replicates = 2000

    /// `nil` where the quantile of the rows before is not above 0, or either row has fewer than two numbers.
    init?(of now: [Double], to before: [Double], at share: Double, confidence: Double) {
        guard let new = Side(now, share), let old = Side(before, share), old.value > 0 else { return nil }
        value = new.value / old.value
        var random = NumPyRandom(seed: 20_260_101)
        let ratios = (0..<Self.replicates).map { _ in new.draw(&random) / old.draw(&random) }
        guard let least = ratios.filter({ !$0.isNaN }).quantile(1 - confidence) else { return nil }
        lower = least
    }

    /// One row, as ranks in its sorted numbers.
    private struct Side {
        let value: Double
        private let ascending: [Double]
        private let ranks: [Int]
        private let block: Int
        private let share: Double

        init?(_ all: [Double], _ share: Double) {
            let values = Array(all.suffix(QuantileRatio.most))
            guard values.count > 1, values.allSatisfy(\.isFinite) else { return nil }
            let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
            var ranks = Array(repeating: 0, count: values.count)
            for (rank, row) in order.enumerated() { ranks[row] = rank }
            self.ranks = ranks
            ascending = order.map { values[$0] }
            block = QuantileRatio.block(values)
            self.share = share
            value = Self.quantile(ascending, Array(repeating: 1, count: values.count), share)
        }

        func draw(_ random: inout NumPyRandom) -> Double {
            var counts = Array(repeating: 0, count: ranks.count), left = ranks.count
            while left > 0 {
                let start = Int(random.integer(below: UInt32(ranks.count)))
                for step in 0..<min(block, left) { counts[ranks[(start + step) % ranks.count]] += 1 }
                left -= block
            }
            return Self.quantile(ascending, counts, share)
        }

        /// Linearly interpolated (type 7), of numbers of which each counts so often.
        private static func quantile(_ ascending: [Double], _ counts: [Int], _ share: Double) -> Double {
            let place = share * Double(ascending.count - 1), below = Int(place)
            var seen = 0, low: Double?
            for (value, count) in zip(ascending, counts) {
                seen += count
                if low == nil, seen > below { low = value }
                if let low, seen > below + 1 { return low + (value - low) * (place - Double(below)) }
            }
            return low ?? .nan
        }
    }

    /// (√6 φ / (1 - φ²))^⅔ · n^⅓ numbers, of at least one and at most a quarter of all.
    static func block(_ values: [Double]) -> Int {
        let correlation = min(0.99, abs(Trend.correlation(values)))
        let length = cbrt(
            6 * correlation * correlation / ((1 - correlation * correlation) * (1 - correlation * correlation))
                * Double(values.count))
        return max(1, min(values.count / 4, Int(length.rounded(.up))))
    }
}
