import CCompression

/// The ways of compressing that tables come in.
enum Compression: Hashable, Sendable {
    case none
    case snappy
    case gzip
    case zstd
    case lz4Raw

    /// The bytes of one compressed block, which must be exactly `size`.
    func expand(_ bytes: UnsafeRawBufferPointer, size: Int) throws(DataError) -> [UInt8] {
        if self == .none {
            guard bytes.count == size else { throw Self.damaged }
            return Array(bytes)
        }
        guard size >= 0, size <= 1 << 30 else {
            throw DataError("a block of \(size) bytes, expected at most 1 GiB", remedy: "write smaller pages")
        }
        var got = -1
        let output = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            got = expand(bytes, into: UnsafeMutableRawBufferPointer(buffer))
            count = max(0, min(got, size))
        }
        guard got == size else { throw Self.damaged }
        return output
    }

    /// CRC-32 as gzip and Parquet have it.
    static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(
            truncatingIfNeeded: crc32(0, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(bytes.count)))
    }

    private static let damaged = DataError("compressed data is damaged", remedy: "write or fetch the file again")

    /// How many bytes came out, -1 if the input is malformed or does not fit.
    private func expand(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int {
        guard let source = bytes.baseAddress, let target = output.baseAddress else {
            return output.count == 0 ? 0 : -1
        }
        switch self {
        case .none: return -1
        case .snappy:
            var count = output.count
            let code = snappy_uncompress(
                source.assumingMemoryBound(to: CChar.self), bytes.count, target.assumingMemoryBound(to: CChar.self),
                &count)
            return code == SNAPPY_OK ? count : -1
        case .zstd:
            let count = ZSTD_decompress(target, output.count, source, bytes.count)
            return ZSTD_isError(count) == 0 ? count : -1
        case .lz4Raw:
            guard let input = Int32(exactly: bytes.count), let room = Int32(exactly: output.count) else { return -1 }
            return Int(
                LZ4_decompress_safe(
                    source.assumingMemoryBound(to: CChar.self), target.assumingMemoryBound(to: CChar.self), input, room)
            )
        case .gzip: return Self.inflateAll(bytes, into: output)
        }
    }

    private static func inflateAll(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int {
        var stream = z_stream()
        guard martlet_inflate_init(&stream) == Z_OK else { return -1 }
        defer { inflateEnd(&stream) }
        stream.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.avail_in = UInt32(truncatingIfNeeded: bytes.count)
        stream.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.avail_out = UInt32(truncatingIfNeeded: output.count)
        return inflate(&stream, Z_FINISH) == Z_STREAM_END ? Int(stream.total_out) : -1
    }
}
