/// Finds in an ONNX file what leaves it: operators of domains that no runtime has, and tensors that lie in files outside of its folder.
///
/// Field numbers are those of `onnx.proto` (ONNX 1.17). Functions that the model brings itself are its own operators.
struct ONNXScan {
    /// As `DOMAIN.OPERATOR`.
    private(set) var operators: Set<String> = []
    private(set) var dangers: Set<String> = []
    private var functions: Set<String> = []
    private var depth = 0

    /// Those of ONNX itself, and of ONNX Runtime's own kernels.
    private static let domains: Set<String> = [
        "", "ai.onnx", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview", "ai.onnx.preview.training", "com.microsoft",
        "com.microsoft.nchwc", "com.ms.internal.nhwc",
    ]

    /// More of one are no model.
    private static let most = 100_000

    init(_ source: RandomAccessBytes) throws(Malformed) {
        let model = ProtobufReader(source)
        try model.each([25]) { _, part throws(Malformed) in
            guard functions.count < Self.most else { throw Malformed("it has more than \(Self.most) functions") }
            functions.insert(try Self.name(in: part, domain: 10, name: 1).item)
        }
        var hasGraph = false
        try model.each([7, 20, 25]) { number, part throws(Malformed) in
            switch number {
            case 7:
                hasGraph = true
                try graph(part)
            case 20: try part.each([1, 2]) { _, graph throws(Malformed) in try self.graph(graph) }
            default: try function(part)
            }
        }
        guard hasGraph else { throw Malformed("it is no ONNX model: it has no graph") }
    }

    private mutating func graph(_ message: ProtobufReader) throws(Malformed) {
        guard depth < 32 else { throw Malformed("its graphs are nested more than 32 levels deep") }
        depth += 1
        defer { depth -= 1 }
        try message.each([1, 5, 15]) { number, part throws(Malformed) in
            switch number {
            case 1: try node(part)
            case 5: try tensor(part)
            default: try sparse(part)
            }
        }
    }

    private mutating func function(_ message: ProtobufReader) throws(Malformed) {
        try message.each([7, 11]) { number, part throws(Malformed) in
            if number == 7 { try node(part) } else { try attribute(part) }
        }
    }

    private mutating func node(_ message: ProtobufReader) throws(Malformed) {
        let name = try Self.name(in: message, domain: 7, name: 4)
        if !Self.domains.contains(name.domain), !functions.contains(name.item) {
            guard operators.count < Self.most else {
                throw Malformed("it has more than \(Self.most) operators of others")
            }
            operators.insert(name.item)
        }
        try message.each([5]) { _, part throws(Malformed) in try attribute(part) }
    }

    private mutating func attribute(_ message: ProtobufReader) throws(Malformed) {
        try message.each([5, 6, 10, 11, 22, 23]) { number, part throws(Malformed) in
            switch number {
            case 5, 10: try tensor(part)
            case 6, 11: try graph(part)
            default: try sparse(part)
            }
        }
    }

    /// SparseTensorProto: its values and their places are tensors.
    private mutating func sparse(_ message: ProtobufReader) throws(Malformed) {
        try message.each([1, 2]) { _, part throws(Malformed) in try tensor(part) }
    }

    private mutating func tensor(_ message: ProtobufReader) throws(Malformed) {
        try message.each([13]) { _, entry throws(Malformed) in
            let (key, value) = try entry.texts(1, 2)
            guard key == "location", FilePlace.isOutside(value), dangers.count < 100 else { return }
            dangers.insert("takes weights from '\(value)', which is outside of the model's folder")
        }
    }

    private static func name(
        in message: ProtobufReader, domain: Int, name: Int
    ) throws(Malformed) -> (domain: String, item: String) {
        let (space, operation) = try message.texts(domain, name)
        return (space, "\(space).\(operation)")
    }
}
