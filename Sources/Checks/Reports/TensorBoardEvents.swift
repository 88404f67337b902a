import Domain

/// The numbers that a training wrote for TensorBoard (`events.out.tfevents.…`), step by step.
///
/// A file is a list of records as TensorFlow frames them: length, masked CRC-32C of the length, data, masked CRC-32C of the data; the data
/// is a protobuf `Event` (tensorflow/core/util/event.proto). Numbers come as `simple_value` (PyTorch, tensorboardX, TensorFlow 1) or as a
/// tensor without dimensions (TensorFlow 2, Keras); histograms, images and texts are passed over. A last record that is cut is still being
/// written and no error.
struct TensorBoardEvents {
    private let source: RandomAccessBytes
    private(set) var tags: [String] = []
    private var places: [String: Int] = [:]
    private(set) var steps: [Step] = []

    struct Step {
        let number: Int
        /// By the tag's place.
        var values: [Int: String] = [:]
    }

    private static let longestRecord = 64 << 20

    init(_ source: RandomAccessBytes) throws(Malformed) {
        self.source = source
        var start = 0
        while source.size - start >= 12 {
            let header = try source.bytes(at: start, count: 12)
            guard CRC32C.masked(header[..<8]) == Self.word(header[8...]) else {
                throw Malformed("it is no TensorBoard file, or damaged: wrong checksum of a length at byte \(start)")
            }
            let length = header[..<8].reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
            guard length <= Self.longestRecord else { throw Malformed("a record of \(length) bytes at byte \(start)") }
            let end = start + 12 + Int(length)
            guard end + 4 <= source.size else { break }
            let data = try source.bytes(at: start + 12, count: Int(length))
            guard CRC32C.masked(data[...]) == Self.word(try source.bytes(at: end, count: 4)[...]) else {
                throw Malformed("it is damaged: wrong checksum of the record at byte \(start)")
            }
            try event(ProtobufReader(RandomAccessBytes(data)))
            start = end + 4
        }
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    // MARK: Messages

    private mutating func event(_ message: ProtobufReader) throws(Malformed) {
        var message = message, step = 0
        var summaries: [ProtobufReader] = []
        while let field = try message.next() {
            switch (field.number, field.value) {
            case (2, .varint(let number)): step = Int(truncatingIfNeeded: number)
            case (5, .bytes(let start, let count)): summaries.append(message.message(start, count))
            default: break
            }
        }
        for var summary in summaries {
            while let field = try summary.next() {
                guard case (1, .bytes(let start, let count)) = (field.number, field.value) else { continue }
                try value(summary.message(start, count), at: step)
            }
        }
    }

    private mutating func value(_ message: ProtobufReader, at step: Int) throws(Malformed) {
        var message = message
        var tag = "", number: String?
        while let field = try message.next() {
            switch (field.number, field.value) {
            case (1, .bytes(let start, let count)): tag = try message.text(start, count)
            case (2, .fixed32(let bits)): number = "\(Float(bitPattern: bits))"
            case (8, .bytes(let start, let count)): number = try Self.scalar(message.message(start, count))
            default: break
            }
        }
        if let number { add(number, tag, at: step) }
    }

    /// The number of a `TensorProto` that has no dimensions and is a float or a double; `nil` of every other.
    private static func scalar(_ message: ProtobufReader) throws(Malformed) -> String? {
        var message = message
        var isDouble = false, bits: UInt64?
        while let field = try message.next() {
            switch (field.number, field.value) {
            case (1, .varint(let type)):
                guard type == 1 || type == 2 else { return nil }
                isDouble = type == 2
            case (2, .bytes(_, let count)): if count > 0 { return nil }
            case (4, .bytes(let start, let count)), (5, .bytes(let start, let count)),
                (6, .bytes(let start, let count)):
                guard count == (isDouble ? 8 : 4) else { return nil }
                bits = try message.source.bytes(at: start, count: count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
            case (5, .fixed32(let value)): bits = UInt64(value)
            case (6, .fixed64(let value)): bits = value
            default: break
            }
        }
        return bits.map {
            isDouble ? "\(Double(bitPattern: $0))" : "\(Float(bitPattern: UInt32(truncatingIfNeeded: $0)))"
        }
    }

    /// A tag that comes a second time in a step begins a new one, as after a restart.
    private mutating func add(_ number: String, _ tag: String, at step: Int) {
        let place = places[tag] ?? tags.count
        if place == tags.count {
            tags.append(tag)
            places[tag] = place
        }
        if steps.last?.number != step || steps.last?.values[place] != nil { steps.append(Step(number: step)) }
        steps[steps.count - 1].values[place] = number
    }
}

/// CRC-32C (Castagnoli), masked as TensorFlow masks it, so that a checksum of checksums is none.
enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 0 ? value >> 1 : value >> 1 ^ 0x82F6_3B78 }
    }

    static func sum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        let table = table
        return ~bytes.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }

    static func masked(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        let sum = sum(bytes)
        return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
    }
}
