/// Files that hold another: gzip is unpacked; what else packs or bundles files is known by its first bytes only.
enum PackedFile {
    /// How the file is packed, where that is known but not undone here.
    static func kind(of start: [UInt8]) -> String? {
        if start.count > 262, start[257..<262].elementsEqual("ustar".utf8) { return "a tar archive" }
        return kinds.first { start.starts(with: $0.magic) }?.name
    }

    private static let kinds: [(magic: [UInt8], name: String)] = [
        (Array("BZh".utf8), "packed with bzip2"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "packed with xz"),
        ([0x5D, 0], "packed with lzma"), ([4, 0x22, 0x4D, 0x18], "packed with LZ4"),
        ([0x28, 0xB5, 0x2F, 0xFD], "packed with Zstandard"), (Array("ZF0x".utf8), "packed as joblib did before 0.10"),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "a 7z archive"),
    ]

    static func isZlib(_ start: [UInt8]) -> Bool {
        start.count >= 2 && start[0] == 0x78 && [0x01, 0x5E, 0x9C, 0xDA].contains(start[1])
    }

    static func isGzip(_ start: [UInt8]) -> Bool { start.starts(with: [0x1F, 0x8B]) }

    /// Every member of a gzip file, one after another (RFC 1952), at most `limit` bytes.
    static func gunzip(_ bytes: [UInt8], atMost limit: Int) throws(Malformed) -> [UInt8] {
        var output: [UInt8] = []
        var position = 0
        repeat {
            let start = try dataStart(bytes, position)
            let member = try Inflate.stream(bytes, from: start, atMost: limit - output.count)
            output += member.bytes
            // The checksum and the size, then the next member; zeros may fill up the end.
            position = member.end + 8
            while position < bytes.count, bytes[position] == 0 { position += 1 }
        } while position < bytes.count
        return output
    }

    /// Past the header of the member that starts at `start`.
    private static func dataStart(_ bytes: [UInt8], _ start: Int) throws(Malformed) -> Int {
        guard start + 10 <= bytes.count, bytes[start] == 0x1F, bytes[start + 1] == 0x8B, bytes[start + 2] == 8 else {
            throw Malformed("byte \(start) starts no gzip data")
        }
        let flags = bytes[start + 3]
        var position = start + 10
        if flags & 4 != 0 {
            guard position + 2 <= bytes.count else { throw Malformed("its gzip header is cut off") }
            position += 2 + Int(bytes[position]) + Int(bytes[position + 1]) << 8
        }
        // The name and the comment end with a zero.
        for flag: UInt8 in [8, 16] where flags & flag != 0 {
            guard position < bytes.count, let end = bytes[position...].firstIndex(of: 0) else {
                throw Malformed("its gzip header is cut off")
            }
            position = end + 1
        }
        if flags & 2 != 0 { position += 2 }
        guard position <= bytes.count else { throw Malformed("its gzip header is cut off") }
        return position
    }
}
