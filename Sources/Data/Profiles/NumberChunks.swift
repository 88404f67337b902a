/// Numbers one after the other, in chunks that never move; packed where they are decimal numbers of few digits.
struct NumberChunks: Sendable {
    private static let chunkSize = 8192

    private enum Chunk {
        case decimals(DecimalRun)
        case doubles([Double])

        var decimals: DecimalRun? { if case .decimals(let run) = self { run } else { nil } }
    }

    /// Full ones.
    private var chunks: [Chunk] = []
    private var last: [Double] = []

    /// Decimal places so far, `nil` once a chunk could not be packed.
    private var places: Int? = 0
    private(set) var count = 0
    private(set) var bytes = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ values: UnsafeBufferPointer<Double>) {
        count += values.count
        var index = 0
        while index < values.count {
            if last.isEmpty { last.reserveCapacity(Self.chunkSize) }
            let end = min(values.count, index + Self.chunkSize - last.count)
            last.append(contentsOf: UnsafeBufferPointer(rebasing: values[index..<end]))
            index = end
            if last.count == Self.chunkSize { close() }
        }
    }

    /// Hands out the numbers in their order, chunk by chunk.
    func forEach(_ body: (UnsafeBufferPointer<Double>) -> Void) {
        for chunk in chunks {
            switch chunk {
            case .decimals(let run): run.withNumbers(body)
            case .doubles(let values): values.withUnsafeBufferPointer(body)
            }
        }
        last.withUnsafeBufferPointer(body)
    }

    /// All numbers and those of `others`, ascending; takes them out.
    consuming func sorted(with others: SortedValues) -> [Double] {
        others.repeated.withUnsafeBufferPointer { append($0) }
        if let decimals = takePacked() { return decimals.sorted() }
        return RadixSort.sorted(takeAll())
    }

    /// All numbers; takes them out chunk by chunk, so that memory holds all of them once.
    private mutating func takeAll() -> [Double] {
        var all: [Double] = []
        all.reserveCapacity(count)
        for index in chunks.indices {
            switch chunks[index] {
            case .decimals(let run): run.withNumbers { all.append(contentsOf: $0) }
            case .doubles(let values): all.append(contentsOf: values)
            }
            chunks[index] = .doubles([])
        }
        all.append(contentsOf: last)
        last = []
        return all
    }

    private mutating func close() {
        let run = last.withUnsafeBufferPointer { values in
            places.flatMap { DecimalRun(values, atLeast: $0) }
        }
        places = run?.places
        if let run {
            chunks.append(.decimals(run))
            bytes += Self.chunkSize * MemoryLayout<Int32>.size
            last.removeAll(keepingCapacity: true)
        } else {
            chunks.append(.doubles(last))
            bytes += Self.chunkSize * MemoryLayout<Double>.size
            last = []
        }
    }

    /// All numbers, where each chunk could be packed; takes them out.
    private mutating func takePacked() -> DecimalRun? {
        guard let places, let rest = last.withUnsafeBufferPointer({ DecimalRun($0, atLeast: places) }) else {
            return nil
        }
        var runs = chunks.compactMap(\.decimals)
        guard runs.count == chunks.count else { return nil }
        chunks = []
        runs.append(rest)
        if let joined = DecimalRun.joined(&runs) { return joined }
        chunks = runs.dropLast().map(Chunk.decimals)
        return nil
    }
}
