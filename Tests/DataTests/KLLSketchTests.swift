import Testing

@testable import Data

struct KLLSketchTests {
    private func sketch(_ values: [Double], size: Int = 512, chunk: Int = 1000, seed: UInt64 = 1) -> KLLSketch {
        var sketch = KLLSketch(size: size, seed: seed)
        values.withUnsafeBufferPointer { values in
            for start in stride(from: 0, to: values.count, by: chunk) {
                sketch.add(UnsafeBufferPointer(rebasing: values[start..<min(values.count, start + chunk)]))
            }
        }
        return sketch
    }

    private func shuffled(_ count: Int, seed: UInt64) -> [Double] {
        var generator = SplitMix(seed: seed)
        return (0..<count).map(Double.init).shuffled(using: &generator)
    }

    /// The largest difference of a rank from the truth, for the numbers 0..<count.
    private func worstRank(_ sketch: KLLSketch) -> Double {
        var before = 0
        var worst = 0.0
        for item in sketch.weighted {
            worst = max(worst, abs(Double(before) - item.value) / Double(sketch.count))
            before += item.weight
            worst = max(worst, abs(Double(before) - item.value - 1) / Double(sketch.count))
        }
        return worst
    }

    @Test(arguments: [1, 100, 511, 5000, 60_000, 400_000])
    func `the weights sum to the count, and ranks are near the truth`(count: Int) {
        let sketch = sketch(shuffled(count, seed: 7))
        #expect(sketch.count == count)
        #expect(sketch.weighted.reduce(0) { $0 + $1.weight } == count)
        #expect(worstRank(sketch) <= 2 * sketch.rankError + 2 / Double(count))
    }

    @Test(arguments: [1, 2, 5, 64])
    func `sketches of shards merge to one of the whole`(shards: Int) {
        let values = shuffled(200_000, seed: 9)
        var merged = KLLSketch(size: 512, seed: 5)
        let size = values.count / shards
        for shard in 0..<shards {
            merged.merge(sketch(Array(values[shard * size..<(shard + 1) * size]), seed: UInt64(shard)))
        }
        #expect(merged.count == size * shards)
        #expect(merged.weighted.reduce(0) { $0 + $1.weight } == merged.count)
        #expect(worstRank(merged) <= 3 * merged.rankError)
    }

    @Test func `the same values in the same order give the same sketch, however they are cut`() {
        let values = shuffled(100_000, seed: 1)
        #expect(sketch(values, chunk: 1000) == sketch(values, chunk: 1000))
        #expect(sketch(values, chunk: 333) == sketch(values, chunk: 7919))
    }

    @Test(arguments: [0, 1])
    func `sorted input is no worse`(direction: Int) {
        let values = (0..<300_000).map { Double(direction == 0 ? $0 : 299_999 - $0) }
        let sketch = sketch(values)
        #expect(worstRank(sketch) <= 2 * sketch.rankError)
    }

    @Test func `counted numbers weigh as much as repeated ones`() {
        var counted = KLLSketch(size: 256)
        counted.add((0..<3000).map { (Double($0), 1 + $0 % 100) })
        #expect(counted.weighted.reduce(0) { $0 + $1.weight } == counted.count)
        #expect(counted.count == (0..<3000).reduce(0) { $0 + 1 + $1 % 100 })
    }

    /// Counted first, as a column is of which few values differ at the beginning, then value by value.
    @Test(arguments: [0.06, 0.5, 0.9]) func `ranks are as near to the truth where one value is much of a column`(
        share: Double
    ) {
        for seed in UInt64(1)...4 {
            var generator = SplitMix(seed: seed)
            let values = (0..<600_000).map { _ in
                Double.random(in: 0..<1, using: &generator) < share
                    ? 0 : Double.random(in: -1...1, using: &generator)
            }
            var sketch = KLLSketch(size: 1024, seed: seed)
            sketch.add(SortedValues(of: Array(values[..<400_000])).runs)
            values[400_000...].withUnsafeBufferPointer { sketch.add($0) }
            #expect(sketch.count == 600_000 && sketch.weighted.reduce(0) { $0 + $1.weight } == 600_000)
            let known = SortedValues(of: values)
            let found = SortedValues(ascending: sketch.weighted.map { ($0.value, $0.weight) })
            for step in 1..<100 {
                let value = known.value(rank: 6_000 * step)
                let off = abs(found.count(atMost: value) - known.count(atMost: value))
                #expect(Double(off) <= sketch.functionError * 600_000, "\(share) \(seed) \(step): \(off)")
            }
        }
    }

    @Test(arguments: [512, 1024]) func `hardly any rank is further off than it says`(size: Int) {
        let worst = (1...20).map {
            worstRank(sketch(shuffled(100_000, seed: UInt64($0)), size: size, seed: UInt64($0)))
        }
        let error = sketch(shuffled(100_000, seed: 1), size: size).functionError
        #expect(worst.count { $0 > error } <= 1 && (worst.max() ?? 0) > error / 3, "\(worst), \(error)")
        #expect(KLLSketch().functionError == 0 && sketch(shuffled(512, seed: 1)).functionError == 0)
    }
}
