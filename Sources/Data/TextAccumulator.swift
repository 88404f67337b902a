/// Takes the texts of a column and keeps what a profile needs of them.
///
/// Counts of all texts while there are few rows or few different texts; then sketches.
struct TextAccumulator: Sendable {
    /// How many different texts are counted before a sketch takes over.
    static let limit = 65_536

    private enum State {
        case counts(TextCounts)
        case sketch(TextSketch)
    }

    private var state = State.counts(TextCounts())
    private let exactLimit: Int
    private let expectsMany: Bool
    private var count = 0

    init(exactLimit: Int, expectsMany: Bool) {
        self.exactLimit = exactLimit
        self.expectsMany = expectsMany
    }

    /// Adds the texts at `spans` of `bytes`.
    mutating func add(_ spans: UnsafeBufferPointer<TextSpan>, of bytes: UnsafeRawBufferPointer) {
        count += spans.count
        switch state {
        case .counts(var counts):
            state = .counts(TextCounts())
            for span in spans { counts.add(span.bytes(in: bytes), hash: span.hash) }
            let isFull = counts.distinct > Self.limit && (expectsMany || count > exactLimit)
            state = isFull ? .sketch(TextSketch(counts)) : .counts(counts)
        case .sketch(var sketch):
            state = .counts(TextCounts())
            for span in spans { sketch.add(span.bytes(in: bytes), hash: span.hash) }
            state = .sketch(sketch)
        }
    }

    /// What is known once all chunks have come.
    func profile() -> TextProfile {
        switch state {
        case .counts(let counts): TextProfile(exactly: counts)
        case .sketch(let sketch): TextProfile(sketch: sketch)
        }
    }
}

/// Where a text stands in a block, with its `StableHash`.
struct TextSpan: Sendable {
    let start: UInt32
    let count: UInt32
    let hash: UInt64

    @inline(__always)
    func bytes(in block: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: block[Int(start)..<(Int(start) &+ Int(count))])
    }
}
