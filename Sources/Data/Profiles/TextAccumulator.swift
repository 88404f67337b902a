/// Takes the texts of a column and keeps what a profile needs of them.
///
/// Counts while few are different; then, while there are few rows, all of them in a log; then sketches.
struct TextAccumulator: Sendable {
    /// How many different texts are counted before a log or a sketch takes over.
    static let limit = 65_536

    private enum State {
        case table
        case hashes(HashLog)
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

    /// There were too many texts to be known by their hashes alone: the column must be read again with its texts.
    private(set) var lacksTexts = false

    init(exactLimit: Int, expectsMany: Bool, keepsTexts: Bool = true) {
        self.keepsTexts = keepsTexts
        self.exactLimit = exactLimit
        self.expectsMany = expectsMany
    }

    var heldBytes: Int { if case .hashes(let log) = state { log.heldBytes } else { log.heldBytes } }

    /// Adds the texts at `spans` of `bytes`.
    mutating func add(_ spans: UnsafeBufferPointer<TextSpan>, of bytes: UnsafeRawBufferPointer) {
        count += spans.count
        switch state {
        case .table:
            table.add(spans, of: bytes)
            if table.distinct > Self.limit {
                if keepsTexts || expectsMany {
                    log = TextLog(table)
                    state = .log
                } else {
                    state = .hashes(HashLog(table))
                }
                table = TextTable()
            }
        case .hashes(var hashes):
            state = .log
            hashes.add(spans, of: bytes)
            state = .hashes(hashes)
        case .log:
            log.add(spans, of: bytes)
        case .sketch(var sketch):
            state = .log
            sketch.add(spans, of: bytes)
            state = .sketch(sketch)
        }
        if case .hashes = state, count > exactLimit {
            lacksTexts = true
            state = .hashes(HashLog())
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
        case .hashes(let hashes):
            state = .table
            return TextProfile(exactly: TextCounts(consume hashes))
        case .log:
            var log = TextLog()
            swap(&log, &self.log)
            return TextProfile(exactly: TextCounts(consume log))
        }
    }
}

/// Where a text stands in a block, with its `StableHash`.
struct TextSpan: Sendable {
    let start: UInt32
    let count: UInt32
    let hash: UInt64

    /// The text itself where it has at most eight bytes; of one that will be shortened, how many Unicode scalars it has, so that
    /// nobody has to read it again.
    let word: UInt64

    @inline(__always)
    init(start: Int, _ text: UnsafeRawBufferPointer) {
        self.start = UInt32(truncatingIfNeeded: start)
        count = UInt32(truncatingIfNeeded: text.count)
        hash = StableHash.of(text)
        word =
            text.count <= TextArena.longest ? StableHash.word(of: text) : UInt64(TextLengths.scalars(text))
    }

    /// Of a text of 1…8 bytes.
    @inline(__always)
    init(start: Int, count: Int, word: UInt64) {
        self.start = UInt32(truncatingIfNeeded: start)
        self.count = UInt32(truncatingIfNeeded: count)
        self.word = word
        hash = StableHash.of(word: word, count: count)
    }

    /// How many Unicode scalars the text has; `nil` of one that is short enough to count them where they are asked for.
    @inline(__always)
    var scalars: Int? { count <= TextArena.longest ? nil : Int(truncatingIfNeeded: word) }

    @inline(__always)
    func bytes(in block: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: block[Int(start)..<(Int(start) &+ Int(count))])
    }
}
