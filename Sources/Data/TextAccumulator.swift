/// Takes the texts of a column and keeps what a profile needs of them.
///
/// Counts while few are different; then, while there are few rows, all of them in a log; then sketches.
struct TextAccumulator: Sendable {
    /// How many different texts are counted before a log or a sketch takes over.
    static let limit = 65_536

    private enum State {
        case table
        case log
        case sketch(TextSketch)
    }

    private var state = State.table
    private var table = TextTable()
    private var log = TextLog()
    private let exactLimit: Int
    private let expectsMany: Bool
    private let keepsTexts: Bool
    private var count = 0

    init(exactLimit: Int, expectsMany: Bool, keepsTexts: Bool = true) {
        self.keepsTexts = keepsTexts
        self.exactLimit = exactLimit
        self.expectsMany = expectsMany
    }

    var heldBytes: Int { log.heldBytes }

    /// Adds the texts at `spans` of `bytes`.
    mutating func add(_ spans: UnsafeBufferPointer<TextSpan>, of bytes: UnsafeRawBufferPointer) {
        count += spans.count
        switch state {
        case .table:
            table.add(spans, of: bytes)
            if table.distinct > Self.limit {
                log = TextLog(table)
                table = TextTable()
                state = .log
            }
        case .log:
            log.add(spans, of: bytes)
        case .sketch(var sketch):
            state = .log
            sketch.add(spans, of: bytes)
            state = .sketch(sketch)
        }
        if case .log = state, expectsMany || count > exactLimit {
            state = .sketch(TextSketch(log))
            log = TextLog()
        }
    }

    /// What is known once all chunks have come; takes it out.
    mutating func finish() -> TextProfile {
        switch state {
        case .table: return TextProfile(exactly: TextCounts(table))
        case .sketch(let sketch): return TextProfile(sketch: sketch)
        case .log:
            var log = TextLog()
            swap(&log, &self.log)
            var counts = TextCounts(log)
            if !keepsTexts { counts.forgetTexts() }
            return TextProfile(exactly: counts)
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
