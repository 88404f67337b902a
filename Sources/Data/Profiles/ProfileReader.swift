import Glibc

/// Cuts a source into blocks of whole rows, the same ones every time.
struct ProfileReader {
    private var source: any ByteStream
    private let format: TextFormat
    private let blockBytes: Int
    private var rest: [UInt8] = []
    private var isAtEnd = false

    /// Bytes of all blocks so far.
    private(set) var offset = 0

    init(_ source: any ByteStream, _ format: TextFormat, blockBytes: Int) {
        self.source = source
        self.format = format
        self.blockBytes = max(64, blockBytes)
    }

    var size: Int? { source.size }

    /// Replaces `block` by the next rows; false at the end.
    mutating func next(_ block: inout [UInt8]) throws(DataError) -> Bool {
        block.removeAll(keepingCapacity: true)
        block += rest
        rest.removeAll(keepingCapacity: true)
        while !isAtEnd {
            let before = block.count
            try source.read(max(blockBytes, before) - before % blockBytes, into: &block)
            isAtEnd = block.count == before
            guard block.count <= 1 << 31 - 1 else {
                throw DataError("a row is longer than 2 GiB", remedy: "check the file's quotes and line ends")
            }
            let complete = isAtEnd ? block.count : completeRows(block)
            guard complete > 0 else { continue }
            rest += block[complete...]
            block.removeLast(block.count - complete)
            break
        }
        offset += block.count
        return !block.isEmpty
    }

    mutating func rewind() throws(DataError) {
        try source.rewind()
        rest.removeAll()
        isAtEnd = false
        offset = 0
    }

    private func completeRows(_ block: [UInt8]) -> Int {
        block.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            if format == .csv, memchr(base, 0x22, bytes.count) != nil { return CSVChunks.completeRows(in: bytes) }
            return bytes.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        }
    }

    /// How many lines end in the first `count` bytes of the source; reads it again.
    mutating func lines(before count: Int) throws(DataError) -> Int {
        try source.rewind()
        var left = count
        var lines = 0
        var previous: UInt8 = 0
        var buffer: [UInt8] = []
        while left > 0 {
            buffer.removeAll(keepingCapacity: true)
            try source.read(min(left, 1 << 20), into: &buffer)
            if buffer.isEmpty { break }
            for byte in buffer {
                if byte == 0x0D || byte == 0x0A && previous != 0x0D { lines += 1 }
                previous = byte
            }
            left -= buffer.count
        }
        return lines
    }
}
