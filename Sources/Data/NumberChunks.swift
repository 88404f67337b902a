/// Numbers one after the other, in chunks that never move.
struct NumberChunks: Sendable {
    private static let chunkSize = 8192

    private(set) var chunks: [[Double]] = []
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ values: UnsafeBufferPointer<Double>) {
        count += values.count
        var index = 0
        while index < values.count {
            if chunks.last.map({ $0.count == Self.chunkSize }) ?? true {
                var chunk: [Double] = []
                chunk.reserveCapacity(Self.chunkSize)
                chunks.append(chunk)
            }
            let last = chunks.count - 1
            let end = min(values.count, index + Self.chunkSize - chunks[last].count)
            chunks[last].append(contentsOf: UnsafeBufferPointer(rebasing: values[index..<end]))
            index = end
        }
    }

    /// All numbers and those of `others`, ascending; takes them out.
    consuming func sorted(with others: SortedValues) -> [Double] {
        var all: [Double] = []
        all.reserveCapacity(count + others.count)
        for index in chunks.indices {
            all += chunks[index]
            chunks[index] = []
        }
        for run in others.runs { all.append(contentsOf: repeatElement(run.value, count: run.count)) }
        return RadixSort.sorted(all)
    }
}
