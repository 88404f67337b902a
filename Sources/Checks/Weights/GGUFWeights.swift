import Domain

/// Walks a GGUF file (ggml's `docs/gguf.md`, versions 2 and 3): a header that fits the file, and weights that are finite.
enum GGUFWeights {
    private static let kinds: [Int: FloatKind] = [0: .float32, 1: .float16, 28: .float64, 30: .bfloat16]
    /// Whole numbers by their width.
    private static let whole = [24: 1, 25: 2, 26: 4, 27: 8]
    /// Quantised types: values and bytes of a block.
    private static let blocks = [
        2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36), 10: (256, 84), 11: (256, 110),
        12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    ]

    private struct Tensor {
        let name: String
        let values: Int
        let isMatrix: Bool
        let type: Int
        let offset: Int
    }

    static func report(on source: RandomAccessBytes) throws(Malformed) -> WeightReport {
        var reader = GGUFReader(source)
        guard try source.bytes(at: 0, count: min(4, source.size)) == Array("GGUF".utf8) else {
            throw Malformed("it does not begin with GGUF")
        }
        reader.position = 4
        let version = try reader.number(4)
        guard version == 2 || version == 3 else { throw Malformed("its version \(version) is not known") }
        // A tensor takes at least 24 bytes and an entry 13, so that a false count ends the walk early.
        let tensors = try reader.number(8), entries = try reader.number(8)
        guard tensors <= source.size / 24, entries <= source.size / 13 else {
            throw Malformed("its header claims \(tensors) tensors and \(entries) entries")
        }
        var alignment = 32
        for _ in 0..<entries {
            let key = try reader.text()
            let value = try reader.value(try reader.number(4))
            if key == "general.alignment", let value { alignment = value }
        }
        guard (1...(1 << 20)).contains(alignment) else { throw Malformed("its alignment is \(alignment)") }
        var found: [Tensor] = []
        for _ in 0..<tensors { found.append(try tensor(&reader)) }
        let start = (reader.position + alignment - 1) / alignment * alignment
        var report = WeightReport()
        for tensor in found { try look(at: tensor, start, source, &report) }
        return report
    }

    private static func tensor(_ reader: inout GGUFReader) throws(Malformed) -> Tensor {
        let name = try reader.text()
        let sides = try reader.number(4)
        guard sides <= 8 else { throw Malformed("tensor '\(Excerpt.line(name))' claims \(sides) dimensions") }
        var values = 1, shape: [Int] = []
        for _ in 0..<sides {
            shape.append(try reader.number(8))
            let (product, overflow) = values.multipliedReportingOverflow(by: shape[shape.count - 1])
            guard !overflow else { throw Malformed("tensor '\(Excerpt.line(name))' is larger than any file") }
            values = product
        }
        return Tensor(
            name: name, values: values, isMatrix: shape.isMatrix, type: try reader.number(4),
            offset: try reader.number(8))
    }

    private static func look(
        at tensor: Tensor, _ start: Int, _ source: RandomAccessBytes, _ report: inout WeightReport
    ) throws(Malformed) {
        let name = Excerpt.line(tensor.name)
        let width =
            kinds[tensor.type].map { (1, $0.width) } ?? whole[tensor.type].map { (1, $0) } ?? blocks[tensor.type]
        guard let (values, bytes) = width else {
            report.unseen.append("tensor '\(name)' has the type \(tensor.type), which is not known")
            return
        }
        let (size, overflow) = (tensor.values / values).multipliedReportingOverflow(by: bytes)
        guard tensor.values % values == 0, !overflow, start <= source.size, tensor.offset <= source.size - start,
            size <= source.size - start - tensor.offset
        else { throw Malformed("tensor '\(name)' claims \(tensor.values) values beyond the end of the file") }
        if let kind = kinds[tensor.type] {
            try report.scan(name, kind, in: source, at: start + tensor.offset, length: size, isMatrix: tensor.isMatrix)
        } else {
            report.tensors += 1
            if blocks[tensor.type] != nil { report.unseen.append("tensor '\(name)' is quantised") }
        }
    }
}

/// Reads the header's numbers and texts, least significant byte first.
private struct GGUFReader {
    private let source: RandomAccessBytes
    var position = 0

    init(_ source: RandomAccessBytes) { self.source = source }

    mutating func number(_ width: Int) throws(Malformed) -> Int {
        let bytes = try source.bytes(at: position, count: width)
        position += width
        let value = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard value <= UInt64(1) << 48 else { throw Malformed("byte \(position - width) holds the number \(value)") }
        return Int(value)
    }

    mutating func text() throws(Malformed) -> String {
        let count = try number(8)
        guard count <= 1 << 20 else { throw Malformed("a name at byte \(position - 8) claims \(count) bytes") }
        let bytes = try source.bytes(at: position, count: count)
        position += count
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let widths = [0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8]

    /// Passes over a value; what an unsigned number of four bytes holds is handed out.
    mutating func value(_ type: Int) throws(Malformed) -> Int? {
        if type == 4 { return try number(4) }
        if let width = Self.widths[type] {
            try skip(width)
        } else if type == 8 {
            try skip(try number(8))
        } else if type == 9 {
            let element = try number(4), count = try number(8)
            if let width = Self.widths[element] {
                guard count <= 1 << 40 else { throw Malformed("a list at byte \(position) claims \(count) elements") }
                try skip(count * width)
            } else if element == 8 {
                for _ in 0..<count { try skip(try number(8)) }
            } else {
                throw Malformed("a list at byte \(position) holds values of type \(element)")
            }
        } else {
            throw Malformed("byte \(position) holds a value of type \(type), which is not known")
        }
        return nil
    }

    private mutating func skip(_ count: Int) throws(Malformed) {
        guard count <= source.size - position else { throw Malformed("it is cut off at byte \(source.size)") }
        position += count
    }
}
