import Domain

/// The files inside a ZIP archive, as its central directory lists them (APPNOTE 6.3.10; ZIP64 included).
struct ZipDirectory {
    struct Entry: Hashable {
        let name: String
        /// 0 stored, 8 deflated.
        let method: Int
        let compressedSize: Int
        let size: Int
        fileprivate let header: Int
    }

    let entries: [Entry]
    private let source: RandomAccessBytes
    private let room: ByteBudget

    static func looksLikeZip(_ source: RandomAccessBytes) -> Bool {
        guard let first = try? source.bytes(at: 0, count: 4) else { return false }
        return first == [0x50, 0x4B, 3, 4] || first == [0x50, 0x4B, 5, 6]
    }

    /// Whether the end of an archive stands where Python looks for it, whatever the file begins with.
    static func endsLikeZip(_ source: RandomAccessBytes) -> Bool { (try? end(of: source)) != nil }

    /// The last bytes, where they start, and where the archive's end stands in them.
    private static func end(of source: RandomAccessBytes) throws(Malformed) -> (tail: [UInt8], start: Int, end: Int) {
        let start = max(0, source.size - 65_557)
        let tail = try source.bytes(at: start, count: source.size - start)
        let end = stride(from: tail.count - 22, through: 0, by: -1).first {
            tail[$0] == 0x50 && tail[$0 + 1] == 0x4B && tail[$0 + 2] == 5 && tail[$0 + 3] == 6
        }
        guard let end else { throw Malformed("it is no ZIP archive: it has no central directory") }
        return (tail, start, end)
    }

    /// What is expanded of the archive comes out of `room`.
    init(_ source: RandomAccessBytes, within room: ByteBudget = ByteBudget()) throws(Malformed) {
        self.source = source
        self.room = room
        let (tail, tailStart, end) = try Self.end(of: source)
        var count = Self.number(tail, end + 10, 2)
        var size = Self.number(tail, end + 12, 4)
        var position = Self.number(tail, end + 16, 4)
        var place = tailStart + end
        if end >= 20, tail[(end - 20)..<(end - 16)].elementsEqual([0x50, 0x4B, 6, 7]) {
            place = Self.number(tail, end - 20 + 8, 8)
            let bytes = try source.bytes(at: place, count: 56)
            guard place == tailStart + end - 76, bytes.starts(with: [0x50, 0x4B, 6, 6]) else { throw Self.displaced }
            count = Self.number(bytes, 32, 8)
            size = Self.number(bytes, 40, 8)
            position = Self.number(bytes, 48, 8)
        }
        // Some readers believe the position, others count back from the end: an archive must read the same for all.
        guard position >= 0, size >= 0, position + size == place else { throw Self.displaced }
        guard count >= 0, count <= 100_000 else { throw Malformed("its archive claims \(count) files") }
        let directory = position
        var entries: [Entry] = []
        for _ in 0..<count { entries.append(try Self.entry(source, &position)) }
        // Some readers count the files, others read on to the directory's end.
        guard position == place else {
            throw Malformed("its archive's directory holds more than the \(count) files that its end says")
        }
        self.entries = entries
        try refuseAmbiguity(before: directory)
    }

    /// Of two files of one name each reader takes another, and files that lie over one another expand without end.
    private func refuseAmbiguity(before directory: Int) throws(Malformed) {
        var names: Set<String> = []
        for entry in entries {
            if entry.name.contains("\0") { throw Malformed("a name in its archive holds a zero byte") }
            guard names.insert(entry.name).inserted else {
                throw Malformed("its archive holds '\(Excerpt.line(entry.name))' twice")
            }
        }
        var free = 0
        for entry in entries.sorted(by: { $0.header < $1.header }) {
            let start = try dataStart(of: entry)
            guard entry.header >= free, entry.compressedSize >= 0, entry.compressedSize <= directory - start else {
                throw Malformed("file '\(Excerpt.line(entry.name))' in it lies over another")
            }
            free = start + entry.compressedSize
        }
    }

    private static let displaced = Malformed("its archive's directory is not where its end says")

    private static func entry(_ source: RandomAccessBytes, _ position: inout Int) throws(Malformed) -> Entry {
        let fixed = try source.bytes(at: position, count: 46)
        guard fixed.starts(with: [0x50, 0x4B, 1, 2]) else { throw Malformed("its archive's directory is damaged") }
        let nameLength = number(fixed, 28, 2), extraLength = number(fixed, 30, 2)
        let name = try source.bytes(at: position + 46, count: nameLength)
        let extra = try source.bytes(at: position + 46 + nameLength, count: extraLength)
        var sizes = [number(fixed, 24, 4), number(fixed, 20, 4), number(fixed, 42, 4)]
        zip64(extra, &sizes)
        position += 46 + nameLength + extraLength + number(fixed, 32, 2)
        return Entry(
            name: String(decoding: name, as: UTF8.self), method: number(fixed, 10, 2), compressedSize: sizes[1],
            size: sizes[0], header: sizes[2])
    }

    /// Values of 0xFFFFFFFF stand in the extra field 1 with eight bytes each.
    private static func zip64(_ extra: [UInt8], _ sizes: inout [Int]) {
        var position = 0
        while position + 4 <= extra.count {
            let length = number(extra, position + 2, 2)
            if number(extra, position, 2) == 1 {
                var place = position + 4
                for index in sizes.indices where sizes[index] == 0xFFFF_FFFF && place + 8 <= extra.count {
                    sizes[index] = number(extra, place, 8)
                    place += 8
                }
            }
            position += 4 + length
        }
    }

    /// Where the data of an entry starts.
    func dataStart(of entry: Entry) throws(Malformed) -> Int {
        let local = try source.bytes(at: entry.header, count: 30)
        guard local.starts(with: [0x50, 0x4B, 3, 4]) else { throw Malformed("file '\(entry.name)' in it is damaged") }
        return entry.header + 30 + Self.number(local, 26, 2) + Self.number(local, 28, 2)
    }

    /// The bytes of an entry, at most `limit` of them.
    func bytes(of entry: Entry, atMost limit: Int) throws(Malformed) -> [UInt8] {
        let start = try dataStart(of: entry)
        guard entry.compressedSize <= limit else { throw Malformed("file '\(entry.name)' in it is too large to read") }
        let packed = try source.bytes(at: start, count: entry.compressedSize)
        switch entry.method {
        case 0: return packed
        case 8:
            let bytes = try Inflate.bytes(packed, atMost: min(limit, room.left))
            try room.take(bytes.count)
            return bytes
        default: throw Malformed("file '\(entry.name)' in it is compressed by method \(entry.method)")
        }
    }

    /// The first bytes of an entry, `count` of them where there are so many.
    func start(of entry: Entry, count: Int) throws(Malformed) -> [UInt8] {
        guard [0, 8].contains(entry.method), entry.method == 0 || entry.compressedSize <= 1 << 30 else {
            return try bytes(of: entry, atMost: 1 << 30)
        }
        let wanted = entry.method == 0 ? min(count, entry.compressedSize) : entry.compressedSize
        let packed = try source.bytes(at: dataStart(of: entry), count: wanted)
        return entry.method == 8 ? try Inflate.start(packed, count: count) : packed
    }

    /// Little-endian; too large a number becomes -1, which every reader refuses.
    private static func number(_ bytes: [UInt8], _ offset: Int, _ width: Int) -> Int {
        guard offset >= 0, offset + width <= bytes.count else { return -1 }
        let value = (0..<width).reduce(UInt64(0)) { $0 | UInt64(bytes[offset + $1]) << UInt64($1 * 8) }
        return value > UInt64(Int32.max) << 16 ? -1 : Int(value)
    }
}
