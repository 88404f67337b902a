/// Resamples rows to see how much a metric owes to chance (Efron 1979).
///
/// Up to `exactRows` rows, each replicate draws n rows with replacement by NumPy's generator, so that the numbers can be
/// checked against it. Beyond, each row counts Poisson(1) times, drawn from the seed, the row's key and the replicate: the
/// order of the rows and their division into files do not matter.
public struct Bootstrap: Hashable, Sendable {
    public var replicates: Int
    public var seed: UInt64
    public var ends: Ends

    /// How an interval follows from the replicates.
    public enum Ends: String, Hashable, Sendable, CaseIterable {
        /// Between two of their percentiles.
        case percentile

        /// The same, corrected for bias and skew.
        case bca
    }

    /// More rows are weighted by Poisson draws.
    static let exactRows = 100_000

    private static let threads = 2

    public init(replicates: Int = 2_000, seed: UInt64 = 20_260_101, ends: Ends = .percentile) {
        self.replicates = max(1, replicates)
        self.seed = seed
        self.ends = ends
    }

    /// Fewer replicates of many rows, so that what is measured often is measured in minutes.
    public init(ofRows rows: Int) { self.init(replicates: max(200, min(2000, 200_000_000 / max(1, rows)))) }

    /// What the replicates say about one number.
    public struct Spread: Hashable, Sendable {
        /// Between percentiles, linearly interpolated; `nil` where these cannot be corrected.
        public let interval: Interval?

        /// With n - 1; 0 of a single replicate.
        public let standardError: Double

        /// `nil` where fewer than nine of ten replicates give a value.
        ///
        /// With `leftOut`, the value on all units and without each, the interval is BCa.
        init?(_ values: [Double?], confidence: Double, leftOut: [Double?]? = nil) {
            let sorted = values.compactMap(\.self).filter(\.isFinite).sorted()
            guard sorted.count * 10 >= values.count * 9, let first = sorted.first else { return nil }
            func quantile(_ share: Double) -> Double {
                let place = share * Double(sorted.count - 1)
                let below = Int(place)
                guard below + 1 < sorted.count else { return sorted.last ?? first }
                return sorted[below] + (sorted[below + 1] - sorted[below]) * (place - Double(below))
            }
            let tails = (low: (1 - confidence) / 2, high: (1 + confidence) / 2)
            let mean = CompensatedSum.of(sorted) / Double(sorted.count)
            let variance = CompensatedSum.of(sorted.lazy.map { ($0 - mean) * ($0 - mean) })
            standardError = (variance / Double(max(1, sorted.count - 1))).squareRoot()
            guard let leftOut else {
                interval = Interval(lower: quantile(tails.low), upper: quantile(tails.high))
                return
            }
            interval = BiasCorrection(replicates: sorted, leftOut: leftOut).map {
                Interval(lower: quantile($0.corrected(tails.low)), upper: quantile($0.corrected(tails.high)))
            }
        }
    }

    /// For each metric how its value is spread.
    func spreads(of model: Resampler, keys: [UInt64], confidence: Double) -> [Spread?] {
        spreads(keys, count: model.names.count, confidence) { model.metrics($0) }
    }

    /// For each metric how the difference of two models on the same rows, second minus first, is spread.
    func spreads(of first: Resampler, and second: Resampler, keys: [UInt64], confidence: Double) -> [Spread?] {
        spreads(keys, count: first.names.count, confidence, Self.difference(first, second))
    }

    private func spreads(
        _ keys: [UInt64], count: Int, _ confidence: Double, _ statistic: @escaping Statistic
    ) -> [Spread?] {
        let values = run(keys, count: count, statistic)
        guard ends == .bca else { return values.map { Spread($0, confidence: confidence) } }
        let leftOut = leavingOut(keys, count: count, statistic)
        return zip(values, leftOut).map { Spread($0, confidence: confidence, leftOut: $1) }
    }

    /// For each metric the difference of two models on the same rows, second minus first, in each replicate.
    func differences(of first: Resampler, and second: Resampler, keys: [UInt64]) -> [[Double?]] {
        run(keys, count: first.names.count, Self.difference(first, second))
    }

    /// The same, with Poisson weights whatever the number of rows.
    func poissonDifferences(of first: Resampler, and second: Resampler, keys: [UInt64]) -> [[Double?]] {
        transposed(poisson(keys, Self.difference(first, second)), count: first.names.count)
    }

    /// For each of sixteen replicates some numbers.
    private typealias Statistic = @Sendable (RowWeights) -> [[Double?]]

    private static func difference(_ first: Resampler, _ second: Resampler) -> Statistic {
        { weights in
            zip(first.metrics(weights), second.metrics(weights)).map { one, two in
                zip(one, two).map { one, two in one.flatMap { one in two.map { $0 - one } } }
            }
        }
    }

    private func run(_ keys: [UInt64], count: Int, _ statistic: @escaping Statistic) -> [[Double?]] {
        guard !keys.isEmpty else { return Array(repeating: [], count: count) }
        let isMany = keys.count > Self.exactRows
        return transposed(isMany ? poisson(keys, statistic) : resampled(keys.count, statistic), count: count)
    }

    /// For each metric its value on all units, then without each in turn.
    private func leavingOut(_ keys: [UInt64], count: Int, _ statistic: @escaping Statistic) -> [[Double?]] {
        let jackknife = Jackknife(keys)
        let sets = inRounds(jackknife.rounds, statistic) { jackknife.weights(round: $0) }.prefix(jackknife.sets)
        return (0..<count).map { metric in sets.map { $0[metric] } }
    }

    private func transposed(_ results: [[Double?]], count: Int) -> [[Double?]] {
        (0..<count).map { metric in results.prefix(replicates).map { $0[metric] } }
    }

    /// Rounds of sixteen replicates.
    private var rounds: Int { (replicates + Resampler.lanes - 1) / Resampler.lanes }

    /// Draws come one after the other; what follows from them is computed on two threads. In a task that was cancelled the rest is left
    /// out, since nobody waits for the result.
    private func resampled(_ rows: Int, _ statistic: @escaping Statistic) -> [[Double?]] {
        var random = NumPyRandom(seed: seed)
        let results = Shared(Array(repeating: [[Double?]](), count: rounds))
        for first in stride(from: 0, to: rounds, by: Self.threads) where !Task.isCancelled {
            let weights = (first..<min(rounds, first + Self.threads)).map { _ in Self.drawn(rows, &random) }
            Workers.each(weights.count, threads: Self.threads) { index in
                let values = weights[index].withUnsafeBufferPointer(statistic)
                results.update { $0[first + index] = values }
            }
        }
        return results.update { $0 }.flatMap(\.self)
    }

    private static func drawn(_ rows: Int, _ random: inout NumPyRandom) -> [SIMD16<UInt8>] {
        var weights = [SIMD16<UInt8>](repeating: .zero, count: rows)
        weights.withUnsafeMutableBytes { weights in
            for lane in 0..<Resampler.lanes {
                for _ in 0..<rows { weights[Int(random.integer(below: UInt32(rows))) &* 16 &+ lane] &+= 1 }
            }
        }
        return weights
    }

    private func poisson(_ keys: [UInt64], _ statistic: @escaping Statistic) -> [[Double?]] {
        inRounds(rounds, statistic) { [seed] in PoissonCounts.weights(of: keys, seed: seed, round: $0) }
    }

    /// On two threads; each round depends on its number alone, so that the result does not depend on them. What is left when the task is
    /// cancelled the thread of the caller, which knows it, takes and leaves out.
    private func inRounds(
        _ count: Int, _ statistic: @escaping Statistic, _ weights: @escaping @Sendable (Int) -> [SIMD16<UInt8>]
    ) -> [[Double?]] {
        let results = Shared(Array(repeating: [[Double?]](), count: count))
        Workers.each(count, threads: Self.threads) { round in
            guard !Task.isCancelled else { return }
            let values = weights(round).withUnsafeBufferPointer(statistic)
            results.update { $0[round] = values }
        }
        return results.update { $0 }.flatMap(\.self)
    }
}

/// Poisson(1) numbers from uniform ones.
enum PoissonCounts {
    /// For each 16-bit number the count whose share of the distribution it falls in.
    private static let table: [UInt8] = {
        var table: [UInt8] = []
        var term = 1 / 2.718281828459045
        var sum = 0.0
        for count in 0..<12 {
            sum += term
            term /= Double(count + 1)
            while table.count < 1 << 16, Double(table.count) < (sum * 65_536).rounded() { table.append(UInt8(count)) }
        }
        return table
    }()

    /// For each key the counts of the sixteen replicates of a round, from the bits of four random numbers.
    static func weights(of keys: [UInt64], seed: UInt64, round: Int) -> [SIMD16<UInt8>] {
        let starts = (0..<4).map { SplitMix.mix(seed &+ UInt64(4 * round + $0) &* 0x9E37_79B9_7F4A_7C15) }
        var weights = [SIMD16<UInt8>](repeating: .zero, count: keys.count)
        weights.withUnsafeMutableBytes { weights in
            table.withUnsafeBufferPointer { table in
                for (row, key) in keys.enumerated() {
                    for part in 0..<4 {
                        var random = SplitMix.mix(key ^ starts[part])
                        for lane in 0..<4 {
                            weights[16 &* row &+ 4 &* part &+ lane] = table[Int(truncatingIfNeeded: random & 0xFFFF)]
                            random >>= 16
                        }
                    }
                }
            }
        }
        return weights
    }
}
