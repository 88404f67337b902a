/// Finds every text that makes up more than a 1024th of a stream, in bounded memory (Misra, Gries 1982).
///
/// When the table is full, all counts are lowered by their median and what falls to zero goes. A count is therefore too low
/// by at most `uncertainty`, itself at most a 2048th of all. Sketches merge; the same texts in the same order give the same one.
struct HeavyHitters: Sendable {
    private static let capacity = 4096

    private(set) var entries = TextTable(capacity: capacity)
    private(set) var uncertainty = 0

    @inline(__always)
    mutating func add(_ bytes: UnsafeRawBufferPointer, hash: UInt64, times: Int = 1) {
        entries.add(bytes, hash: hash, times: times)
        if entries.distinct > Self.capacity { lower() }
    }

    mutating func merge(_ other: HeavyHitters) {
        uncertainty += other.uncertainty
        for index in 0..<other.entries.distinct {
            other.entries.withBytes(at: index) { bytes in
                add(bytes, hash: StableHash.of(bytes), times: other.entries.count(at: index))
            }
        }
    }

    @inline(never)
    private mutating func lower() {
        let median = medianCount()
        uncertainty += median
        entries = entries.lowered(by: median)
    }

    /// Mostly 1, which needs no sorting.
    private func medianCount() -> Int {
        let counts = (0..<entries.distinct).map { entries.count(at: $0) }
        let ones = counts.count { $0 == 1 }
        return ones * 2 >= counts.count ? 1 : counts.sorted()[counts.count / 2]
    }
}
