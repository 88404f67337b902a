import Glibc

/// Keeps the bytes of many short texts in chunks that never move.
///
/// A text longer than `longest` bytes is kept as its first 224 bytes and a hash of all, so that columns of documents stay small.
struct TextArena: Sendable {
    static let longest = 256
    private static let chunkSize = 1 << 16
    private static let largeChunkSize = 1 << 20

    /// Texts are copied so many bytes at a step, the last of which may lie behind the text.
    private static let step = 16

    private var chunks: [[UInt8]] = []

    /// Where a text stands: chunk, offset and length in 24, 31 and 9 bits.
    struct Place: BitwiseCopyable, Hashable, Comparable, Sendable {
        fileprivate let bits: UInt64

        @inline(__always)
        fileprivate init(chunk: Int, offset: Int, count: Int) {
            bits =
                UInt64(truncatingIfNeeded: chunk) << 40 | UInt64(truncatingIfNeeded: offset) << 9
                | UInt64(truncatingIfNeeded: count)
        }

        /// The place of a text of `count` bytes that stands right behind.
        @inline(__always)
        func next(count: Int) -> Place { Place(chunk: chunk, offset: offset &+ self.count, count: count) }

        /// The place of the same text once `chunks` others stand before its arena's.
        func moved(by chunks: Int) -> Place { Place(bits: bits &+ UInt64(chunks) << 40) }

        /// By the order in which they were kept.
        static func < (one: Place, other: Place) -> Bool { one.bits < other.bits }

        private init(bits: UInt64) { self.bits = bits }

        @inline(__always) fileprivate var chunk: Int { Int(truncatingIfNeeded: bits >> 40) }
        @inline(__always) fileprivate var offset: Int { Int(truncatingIfNeeded: bits >> 9 & 0x7FFF_FFFF) }
        @inline(__always) var count: Int { Int(truncatingIfNeeded: bits & 0x1FF) }
    }

    var chunkCount: Int { chunks.count }
    var bytes: Int { chunks.reduce(0) { $0 + $1.count } }

    /// Keeps a text of at most `longest` bytes.
    @inline(__always)
    mutating func append(_ bytes: UnsafeRawBufferPointer) -> Place {
        if chunks.isEmpty || chunks[chunks.count &- 1].count &+ bytes.count > Self.chunkSize {
            var chunk: [UInt8] = []
            chunk.reserveCapacity(Self.chunkSize)
            chunks.append(chunk)
        }
        let last = chunks.count &- 1
        let place = Place(chunk: last, offset: chunks[last].count, count: bytes.count)
        chunks[last].append(contentsOf: bytes)
        return place
    }

    /// Keeps the texts at `spans` of `block`, none longer than `longest` and `total` bytes together, one after the other;
    /// returns the place before them, and whether all of them are ASCII.
    mutating func append(
        _ spans: UnsafeBufferPointer<TextSpan>, of block: UnsafeRawBufferPointer, total: Int
    ) -> (place: Place, isASCII: Bool) {
        let room = total + Self.step
        if chunks.last.map({ $0.capacity - $0.count < room }) ?? true {
            var chunk: [UInt8] = []
            chunk.reserveCapacity(max(room, Self.largeChunkSize))
            chunks.append(chunk)
        }
        let last = chunks.count - 1
        let place = Place(chunk: last, offset: chunks[last].count, count: 0)
        var high = SIMD2<UInt64>()
        chunks[last].append(addingCapacity: room) { output in
            output.withUnsafeMutableBufferPointer { chunk, initialized in
                guard let start = chunk.baseAddress else { return }
                var rest = UnsafeMutableRawPointer(start + initialized)
                for span in spans {
                    high |= Self.copy(span.bytes(in: block), of: block, to: rest)
                    rest += Int(span.count)
                }
                initialized &+= total
            }
        }
        return (place, (high[0] | high[1]) & 0x8080_8080_8080_8080 == 0)
    }

    /// Copies a text of a block in whole steps where the block goes on behind it; returns all its bits, and some of what follows.
    @inline(__always)
    private static func copy(
        _ bytes: UnsafeRawBufferPointer, of block: UnsafeRawBufferPointer, to place: UnsafeMutableRawPointer
    ) -> SIMD2<UInt64> {
        guard let start = bytes.baseAddress, let first = block.baseAddress,
            start - first &+ bytes.count &+ step <= block.count
        else {
            place.copyMemory(from: bytes.baseAddress ?? UnsafeRawPointer(place), byteCount: bytes.count)
            return SIMD2(repeating: .max)
        }
        var all = SIMD2<UInt64>()
        var offset = 0
        repeat {
            let part = (start + offset).loadUnaligned(as: SIMD2<UInt64>.self)
            (place + offset).storeBytes(of: part, as: SIMD2<UInt64>.self)
            all |= part
            offset &+= step
        } while offset < bytes.count
        return all
    }

    /// Takes over another arena's texts; their places move by the number of chunks before.
    mutating func append(_ other: TextArena) { chunks += other.chunks }

    @inline(__always)
    func withBytes<Result>(_ place: Place, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        chunks[place.chunk].withUnsafeBytes { chunk in
            body(UnsafeRawBufferPointer(rebasing: chunk[place.offset..<(place.offset &+ place.count)]))
        }
    }

    @inline(__always)
    func isEqual(_ place: Place, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard place.count == bytes.count else { return false }
        return withBytes(place) { Self.isEqual($0, bytes) }
    }

    func areEqual(_ one: Place, _ other: Place) -> Bool { withBytes(one) { isEqual(other, $0) } }

    /// By bytes, a text before those that it begins.
    func precedes(_ one: Place, _ other: Place) -> Bool {
        withBytes(one) { one in withBytes(other) { Self.precedes(one, $0) } }
    }

    /// What is kept of a long text.
    static func shortened(_ bytes: UnsafeRawBufferPointer, _ hash: UInt64) -> [UInt8] {
        var end = 224
        while end > 220, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return Array(bytes[..<end]) + Array("…#\(String(hash, radix: 16))".utf8)
    }

    @inline(__always)
    static func precedes(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
        guard let first = one.baseAddress, let second = other.baseAddress else { return one.count < other.count }
        let order = memcmp(first, second, min(one.count, other.count))
        return order == 0 ? one.count < other.count : order < 0
    }

    /// Of texts of the same length.
    @inline(__always)
    private static func isEqual(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index &+ 8 <= one.count {
            if one.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                != other.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            {
                return false
            }
            index &+= 8
        }
        while index < one.count {
            if one[index] != other[index] { return false }
            index &+= 1
        }
        return true
    }
}
