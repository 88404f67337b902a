/// Walks the fields of one Protocol Buffers message on the wire, without a schema and without copying what it skips.
struct ProtobufReader {
    let source: RandomAccessBytes
    private(set) var position: Int
    let end: Int

    init(_ source: RandomAccessBytes) {
        self.source = source
        position = 0
        end = source.size
    }

    private init(_ source: RandomAccessBytes, from start: Int, to end: Int) {
        self.source = source
        position = start
        self.end = end
    }

    struct Field {
        let number: Int
        let value: Value
    }

    enum Value {
        case varint(UInt64)
        case fixed32(UInt32)
        case fixed64(UInt64)
        case bytes(start: Int, count: Int)
    }

    /// How deep groups nest at most, as in protobuf's own readers.
    private static let mostGroups = 100

    /// The next field, or `nil` at the end of the message. Groups are skipped, as every reader skips what its schema does not have.
    mutating func next() throws(Malformed) -> Field? {
        // The numbers of those that are open.
        var groups: [Int] = []
        while position < end {
            // Readers take the tag's low 32 bits.
            let tag = UInt32(truncatingIfNeeded: try varint()), number = Int(tag >> 3)
            guard number > 0 else { throw Malformed("it is no protobuf: field number 0") }
            switch tag & 7 {
            case 3:
                groups.append(number)
                guard groups.count <= Self.mostGroups else {
                    throw Malformed("its groups are nested more than \(Self.mostGroups) deep")
                }
            case 4:
                guard groups.popLast() == number else {
                    throw Malformed("group \(number) ends at byte \(position) and has not begun")
                }
            default:
                let value = try value(ofType: tag & 7, number)
                if groups.isEmpty { return Field(number: number, value: value) }
            }
        }
        guard groups.isEmpty else { throw Malformed("it ends inside of a group") }
        return nil
    }

    private mutating func value(ofType type: UInt32, _ number: Int) throws(Malformed) -> Value {
        switch type {
        case 0: return .varint(try varint())
        case 1: return .fixed64(try fixed(8))
        case 2:
            let count = try varint()
            guard count <= UInt64(end - position) else {
                throw Malformed("field \(number) at byte \(position) reaches beyond its message")
            }
            let start = position
            position += Int(count)
            return .bytes(start: start, count: Int(count))
        case 5: return .fixed32(UInt32(truncatingIfNeeded: try fixed(4)))
        default: throw Malformed("it is no protobuf: wire type \(type) at byte \(position)")
        }
    }

    /// The message inside a field of bytes.
    func message(_ start: Int, _ count: Int) -> ProtobufReader {
        ProtobufReader(source, from: start, to: start + count)
    }

    /// Visits the messages in the fields of these numbers, in their order.
    func each(
        _ numbers: Set<Int>, _ visit: (_ number: Int, _ message: ProtobufReader) throws(Malformed) -> Void
    ) throws(Malformed) {
        var fields = self
        while let field = try fields.next() {
            guard numbers.contains(field.number), case .bytes(let start, let count) = field.value else { continue }
            try visit(field.number, message(start, count))
        }
    }

    /// The texts of two fields, empty where they are not there.
    func texts(_ one: Int, _ other: Int) throws(Malformed) -> (String, String) {
        var fields = self, texts = ("", "")
        while let field = try fields.next() {
            guard case .bytes(let start, let count) = field.value else { continue }
            if field.number == one { texts.0 = try text(start, count) }
            if field.number == other { texts.1 = try text(start, count) }
        }
        return texts
    }

    func text(_ start: Int, _ count: Int) throws(Malformed) -> String {
        guard count <= 1 << 16 else { throw Malformed("a name of \(count) bytes") }
        return String(decoding: try source.bytes(at: start, count: count), as: UTF8.self)
    }

    /// The numbers of a packed field of varints.
    func packed(_ start: Int, _ count: Int, _ visit: (UInt64) -> Void) throws(Malformed) {
        var inner = message(start, count)
        while inner.position < inner.end { visit(try inner.varint()) }
    }

    private mutating func varint() throws(Malformed) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            guard position < end else { throw Malformed("it ends inside a number at byte \(position)") }
            let byte = try source.byte(at: position)
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw Malformed("it is no protobuf: a number of more than ten bytes at byte \(position)")
    }

    private mutating func fixed(_ width: Int) throws(Malformed) -> UInt64 {
        guard width <= end - position else { throw Malformed("it ends inside a number at byte \(position)") }
        var value: UInt64 = 0
        for index in 0..<width { value |= UInt64(try source.byte(at: position + index)) << UInt64(index * 8) }
        position += width
        return value
    }
}
