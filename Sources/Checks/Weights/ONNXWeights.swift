/// Finds the numbers in an ONNX file that are not finite: initializers, constants, and the floats of attributes.
///
/// Field numbers are those of `onnx.proto` (ONNX 1.17). `replaced_value_float` of an Imputer is meant to be NaN and is let be.
struct ONNXWeights {
    private(set) var report = WeightReport()
    private var depth = 0

    static func report(on source: RandomAccessBytes) throws(Malformed) -> WeightReport {
        var weights = ONNXWeights()
        var hasGraph = false
        var model = ProtobufReader(source)
        while let field = try model.next() {
            guard case .bytes(let start, let count) = field.value else { continue }
            let message = model.message(start, count)
            switch field.number {
            case 7:
                hasGraph = true
                try weights.graph(message)
            case 20: try weights.training(message)
            case 25: try weights.function(message)
            default: break
            }
        }
        guard hasGraph else { throw Malformed("it is no ONNX model: it has no graph") }
        return weights.report
    }

    private mutating func training(_ message: ProtobufReader) throws(Malformed) {
        try message.each([1, 2]) { _, part throws(Malformed) in try graph(part) }
    }

    private mutating func function(_ message: ProtobufReader) throws(Malformed) {
        try message.each([7]) { _, part throws(Malformed) in try node(part) }
    }

    private mutating func graph(_ message: ProtobufReader) throws(Malformed) {
        guard depth < 32 else { throw Malformed("its graphs are nested more than 32 levels deep") }
        depth += 1
        defer { depth -= 1 }
        try message.each([1, 5, 15]) { number, part throws(Malformed) in
            switch number {
            case 1: try node(part)
            case 5: try tensor(part, named: "initializer")
            default: try sparse(part, named: "initializer")
            }
        }
    }

    /// SparseTensorProto: its values are a tensor.
    private mutating func sparse(_ message: ProtobufReader, named name: String) throws(Malformed) {
        try message.each([1]) { _, part throws(Malformed) in try tensor(part, named: name) }
    }

    private mutating func node(_ message: ProtobufReader) throws(Malformed) {
        var name = "", operation = ""
        var attributes: [ProtobufReader] = []
        var message = message
        while let field = try message.next() {
            guard case .bytes(let start, let count) = field.value else { continue }
            switch field.number {
            case 3: name = try message.text(start, count)
            case 4: operation = try message.text(start, count)
            case 5: attributes.append(message.message(start, count))
            default: break
            }
        }
        let title = name.isEmpty ? operation : name
        for attribute in attributes { try self.attribute(attribute, of: title, operation) }
    }

    private mutating func attribute(_ message: ProtobufReader, of node: String, _ operation: String) throws(Malformed) {
        var name = ""
        var floats = FloatCounts(), values = 0
        var nested: [(Int, ProtobufReader)] = []
        var message = message
        while let field = try message.next() {
            switch (field.number, field.value) {
            case (1, .bytes(let start, let count)): name = try message.text(start, count)
            case (2, .fixed32(let bits)), (7, .fixed32(let bits)):
                values += 1
                floats = floats + FloatKind.float32.counts(in: Self.bytes(bits))
            case (7, .bytes(let start, let count)):
                var part = WeightReport()
                try part.scan(name, .float32, in: message.source, at: start, length: count)
                values &+= part.values
                floats = floats + part.counts
            case (5, .bytes(let start, let count)), (6, .bytes(let start, let count)),
                (10, .bytes(let start, let count)), (11, .bytes(let start, let count)),
                (22, .bytes(let start, let count)), (23, .bytes(let start, let count)):
                nested.append((field.number, message.message(start, count)))
            default: break
            }
        }
        let title = "\(node)/\(name)"
        if values > 0, !(operation == "Imputer" && name == "replaced_value_float") {
            report.add(title, values: values, floats)
        }
        for (number, part) in nested {
            switch number {
            case 5, 10: try tensor(part, named: title)
            case 6, 11: try graph(part)
            default: try sparse(part, named: title)
            }
        }
    }

    private static func bytes(_ bits: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) }
    }
}

extension ONNXWeights {
    private static let kinds: [UInt64: FloatKind] = [
        1: .float32, 10: .float16, 11: .float64, 14: .float32, 15: .float64, 16: .bfloat16, 17: .float8e4m3fn,
        18: .float8unsignedZero, 19: .float8e5m2, 20: .float8unsignedZero, 24: .float8e8m0,
    ]

    /// What a TensorProto says of itself; its data may be raw, typed, or in another file.
    private struct Tensor {
        var name: String?
        var type: UInt64 = 0
        var dimensions: [Int] = []
        var parts: [(number: Int, value: ProtobufReader.Value)] = []
        var external: [String: String] = [:]
        var isExternal = false
    }

    /// A file may hold a dimension in each byte.
    private static let mostDimensions = 64

    private mutating func tensor(_ message: ProtobufReader, named fallback: String) throws(Malformed) {
        var tensor = Tensor()
        var message = message
        while let field = try message.next() {
            switch (field.number, field.value) {
            case (1, .varint(let size)): tensor.dimensions.append(Int(truncatingIfNeeded: size))
            case (1, .bytes(let start, let count)):
                try message.packed(start, count) {
                    if tensor.dimensions.count <= Self.mostDimensions {
                        tensor.dimensions.append(Int(truncatingIfNeeded: $0))
                    }
                }
            case (2, .varint(let type)): tensor.type = type
            case (8, .bytes(let start, let count)): tensor.name = try message.text(start, count)
            case (4, _), (5, _), (9, _), (10, _): tensor.parts.append((field.number, field.value))
            case (13, .bytes(let start, let count)):
                let (key, value) = try message.message(start, count).texts(1, 2)
                tensor.external[key] = value
            case (14, .varint(let location)): tensor.isExternal = location == 1
            default: break
            }
            guard tensor.dimensions.count <= Self.mostDimensions else {
                throw Malformed(
                    "tensor '\(tensor.name ?? fallback)' has more than \(Self.mostDimensions) dimensions")
            }
        }
        guard let kind = Self.kinds[tensor.type] else {
            report.tensors += 1
            return
        }
        let name = tensor.name.flatMap { $0.isEmpty ? nil : $0 } ?? fallback
        if tensor.isExternal {
            try external(tensor, name, kind)
        } else {
            try values(tensor, name, kind, in: message)
        }
    }

    private mutating func external(_ tensor: Tensor, _ name: String, _ kind: FloatKind) throws(Malformed) {
        guard let path = tensor.external["location"] else {
            throw Malformed("tensor '\(name)' lies in another file that it does not name")
        }
        let offset = tensor.external["offset"].map { Int($0) ?? -1 } ?? 0
        let length = tensor.external["length"].map { Int($0) ?? -1 }
        guard offset >= 0, length ?? 0 >= 0 else { throw Malformed("tensor '\(name)' has no valid place in '\(path)'") }
        report.external.append(
            .init(
                tensor: name, path: path, offset: offset, length: length, kind: kind,
                isMatrix: tensor.dimensions.isMatrix))
    }

    private mutating func values(
        _ tensor: Tensor, _ name: String, _ kind: FloatKind, in message: ProtobufReader
    ) throws(Malformed) {
        var part = WeightReport()
        for (number, value) in tensor.parts {
            switch (number, value) {
            case (9, .bytes(let start, let count)):
                try part.scan(name, kind, in: message.source, at: start, length: count)
            case (4, .bytes(let start, let count)):
                try part.scan(name, .float32, in: message.source, at: start, length: count)
            case (10, .bytes(let start, let count)):
                try part.scan(name, .float64, in: message.source, at: start, length: count)
            case (4, .fixed32(let bits)): part.add(name, values: 1, FloatKind.float32.counts(in: Self.bytes(bits)))
            case (10, .fixed64(let bits)):
                part.add(name, values: 1, FloatCounts(Double(bitPattern: bits)))
            case (5, .varint(let bits)): part.add(name, values: 1, Self.small(bits, kind))
            case (5, .bytes(let start, let count)):
                var found = FloatCounts(), values = 0
                try message.packed(start, count) { bits in
                    values += 1
                    found = found + Self.small(bits, kind)
                }
                part.add(name, values: values, found)
            default: break
            }
        }
        report.add(name, values: part.values, part.counts, isMatrix: tensor.dimensions.isMatrix)
    }

    /// A half or a byte, which `int32_data` holds in the low bits of a whole number.
    private static func small(_ bits: UInt64, _ kind: FloatKind) -> FloatCounts {
        guard kind.width <= 2 else { return FloatCounts() }
        return kind.counts(in: Array(bytes(UInt32(truncatingIfNeeded: bits)).prefix(kind.width)))
    }
}
