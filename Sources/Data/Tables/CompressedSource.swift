import CCompression

/// The bytes that a gzip or zstd stream holds, expanded as they are read; several streams one after the other are one.
final class CompressedSource: ByteStream {
    private enum Stream {
        case gzip
        case zstd
    }

    private static let step = 1 << 16

    private var source: any ByteStream
    private let stream: Stream
    private var inflater = z_stream()
    private let context: OpaquePointer?
    private var input: [UInt8] = []
    private var position = 0
    private var isBetweenStreams = true
    private var sawStream = false

    /// How many there will be is not known before they are expanded.
    let size: Int? = nil

    /// `source` itself, or expanded where its first bytes say that it is compressed.
    static func expanding(_ source: any ByteStream) throws(DataError) -> any ByteStream {
        var source = source
        var head: [UInt8] = []
        try source.read(4, into: &head)
        try source.rewind()
        if head.starts(with: [0x1F, 0x8B]) { return CompressedSource(source, .gzip) }
        if isZstd(head) { return CompressedSource(source, .zstd) }
        return source
    }

    /// A frame, or one to be skipped, with which some programs begin (RFC 8878, 3.1.2: sixteen magic numbers).
    static func isZstd(_ head: [UInt8]) -> Bool {
        head.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
            || head.count >= 4 && head[0] & 0xF0 == 0x50 && head[1...3].elementsEqual([0x2A, 0x4D, 0x18])
    }

    private init(_ source: any ByteStream, _ stream: Stream) {
        self.source = source
        self.stream = stream
        context = stream == .zstd ? ZSTD_createDCtx() : nil
        _ = martlet_inflate_init(&inflater)
    }

    deinit {
        inflateEnd(&inflater)
        ZSTD_freeDCtx(context)
    }

    func read(_ count: Int, into buffer: inout [UInt8]) throws(DataError) {
        try DataError.stopIfCancelled()
        let wanted = buffer.count + count
        while buffer.count < wanted {
            if position == input.count, try !refill() { return }
            let room = min(Self.step, wanted - buffer.count)
            let start = buffer.count
            buffer.append(contentsOf: repeatElement(0, count: room))
            let got = buffer.withUnsafeMutableBytes { bytes in
                expand(into: UnsafeMutableRawBufferPointer(rebasing: bytes[start..<(start + room)]))
            }
            buffer.removeLast(room - max(0, got))
            guard got >= 0 else {
                throw DataError("the compressed file is damaged", remedy: "compress or fetch the file again")
            }
        }
    }

    func rewind() throws(DataError) {
        try source.rewind()
        input = []
        position = 0
        isBetweenStreams = true
        sawStream = false
        inflateReset(&inflater)
        if let context { ZSTD_DCtx_reset(context, ZSTD_reset_session_only) }
    }

    /// Reads more compressed bytes; false at the end, which must not be inside a stream.
    private func refill() throws(DataError) -> Bool {
        input.removeAll(keepingCapacity: true)
        position = 0
        try source.read(Self.step, into: &input)
        if !input.isEmpty { return true }
        guard isBetweenStreams else {
            throw DataError("the compressed file is cut off", remedy: "compress or fetch the file again")
        }
        return false
    }

    /// How many bytes came out; -1 if the input is malformed.
    private func expand(into output: UnsafeMutableRawBufferPointer) -> Int {
        input.withUnsafeMutableBytes { input in
            let rest = UnsafeMutableRawBufferPointer(rebasing: input[position...])
            return stream == .gzip ? expandGzip(rest, output) : expandZstd(rest, output)
        }
    }

    private func expandGzip(_ rest: UnsafeMutableRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) -> Int {
        if isBetweenStreams {
            // Padding after the last stream is usual on tapes and in archives.
            if sawStream, rest.first == 0 {
                position += rest.count
                return 0
            }
            inflateReset(&inflater)
            isBetweenStreams = false
        }
        inflater.next_in = rest.baseAddress?.assumingMemoryBound(to: UInt8.self)
        inflater.avail_in = UInt32(rest.count)
        inflater.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        inflater.avail_out = UInt32(output.count)
        let code = inflate(&inflater, Z_NO_FLUSH)
        guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else { return -1 }
        position += rest.count - Int(inflater.avail_in)
        if code == Z_STREAM_END { (isBetweenStreams, sawStream) = (true, true) }
        return output.count - Int(inflater.avail_out)
    }

    private func expandZstd(_ rest: UnsafeMutableRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) -> Int {
        guard let context else { return -1 }
        var source = ZSTD_inBuffer(src: UnsafeRawPointer(rest.baseAddress), size: rest.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let code = ZSTD_decompressStream(context, &target, &source)
        guard ZSTD_isError(code) == 0 else { return -1 }
        position += source.pos
        isBetweenStreams = code == 0
        return target.pos
    }
}

/// Expands whole tables that are compressed with gzip or zstd.
public enum Decompression {
    /// Whether a file that begins so is one that is expanded.
    public static func isPacked(_ head: [UInt8]) -> Bool {
        head.starts(with: [0x1F, 0x8B]) || CompressedSource.isZstd(head)
    }

    /// `bytes` themselves, or what they expand to where their first bytes say that they are compressed; at most `limit` bytes.
    ///
    /// Where `limitsRows`, also no more lines than ``RowLimit`` lets be read, which are counted while they come.
    public static func expanded(
        _ bytes: [UInt8], limit: Int = 4 << 30, limitsRows: Bool = false
    ) throws(DataError) -> [UInt8] {
        try bytes.withUnsafeBufferPointer { buffer throws(DataError) in
            var source = try CompressedSource.expanding(MemorySource(UnsafeRawBufferPointer(buffer)))
            guard source is CompressedSource else {
                if limitsRows { try RowLimit.refuse(lines: bytes.count { $0 == 0x0A }) }
                return bytes
            }
            var output: [UInt8] = []
            var lines = 0
            while true {
                let before = output.count
                try source.read(1 << 20, into: &output)
                if output.count == before { return output }
                if limitsRows {
                    lines += output[before...].count { $0 == 0x0A }
                    try RowLimit.refuse(lines: lines)
                }
                guard output.count <= limit else { throw tooLarge(limit) }
            }
        }
    }

    static func tooLarge(_ limit: Int) -> DataError {
        DataError(
            "the table expands to more than \(limit >> 20) MiB, which is not read into memory",
            remedy: "unpack it, or take a sample of its rows; profile and drift read it in steps")
    }
}
