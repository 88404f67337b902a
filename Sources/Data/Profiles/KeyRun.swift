/// A sorted part of a column's values in a temporary file, while it is read from its start to its end.
struct KeyRun {
    /// Hash, line and count before each text.
    private static let head = 20

    private let file: SpillFile
    private let end: Int
    private let step: Int
    private var place: Int
    private var buffer: [UInt8] = []
    private var position = 0

    /// Of the value that it is at.
    private(set) var hash: UInt64 = 0
    private(set) var line = 0
    private(set) var count: UInt32 = 0

    private var keptCount: Int { min(Int(count), KeyTable.longest) }

    /// - Parameter step: How many bytes are read at a time; more than a value has.
    init(_ file: SpillFile, _ places: Range<Int>, step: Int) {
        (self.file, place, end, self.step) = (file, places.lowerBound, places.upperBound, step)
    }

    /// Goes to the next value; false at the end.
    mutating func next() throws(DataError) -> Bool {
        if buffer.count - position < Self.head + KeyTable.longest, place < end {
            buffer.removeFirst(position)
            position = 0
            let more = min(step, end - place)
            try file.read(more, at: place, into: &buffer)
            place += more
        }
        guard position < buffer.count else { return false }
        buffer.withUnsafeBytes { bytes in
            hash = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            line = bytes.loadUnaligned(fromByteOffset: position + 8, as: Int.self)
            count = bytes.loadUnaligned(fromByteOffset: position + 16, as: UInt32.self)
        }
        position += Self.head + keptCount
        return true
    }

    func withText<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[(position - keptCount)..<position])) }
    }

    func precedes(_ other: KeyRun) -> Bool {
        if hash != other.hash { return hash < other.hash }
        return withText { text in
            other.withText { KeyTable.precedes((hash, count, text), (other.hash, other.count, $0)) }
        }
    }

    /// Writes a table's values, sorted, behind what the file has, and returns where they are.
    static func write(_ table: consuming KeyTable, to file: SpillFile) throws(DataError) -> Range<Int> {
        let start = file.size
        var buffer: [UInt8] = []
        let entries = table.sorted()
        for entry in entries {
            withUnsafeBytes(of: entry.hash) { buffer.append(contentsOf: $0) }
            withUnsafeBytes(of: entry.line) { buffer.append(contentsOf: $0) }
            withUnsafeBytes(of: entry.count) { buffer.append(contentsOf: $0) }
            table.withText(of: entry) { buffer.append(contentsOf: $0) }
            if buffer.count >= 1 << 20 { try flush(&buffer, to: file) }
        }
        try flush(&buffer, to: file)
        return start..<file.size
    }

    private static func flush(_ buffer: inout [UInt8], to file: SpillFile) throws(DataError) {
        try DataError.stopIfCancelled()
        try buffer.withUnsafeBufferPointer { bytes throws(DataError) in
            try file.append(UnsafeRawBufferPointer(bytes))
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
