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

    init(_ source: ByteSource) throws(Malformed) {
        var hasGraph = false
        try each(in: ProtobufReader(source), [25]) { scan, part throws(Malformed) in
            guard scan.functions.count < Self.most else { throw Malformed("it has more than \(Self.most) functions") }
            scan.functions.insert(try Self.name(in: part, domain: 10, name: 1).item)
        }
        var model = ProtobufReader(source)
        while let field = try model.next() {
            guard case .bytes(let start, let count) = field.value else { continue }
            let message = model.message(start, count)
            switch field.number {
            case 7:
                hasGraph = true
                try graph(message)
            case 20: try each(in: message, [1, 2]) { scan, part throws(Malformed) in try scan.graph(part) }
            case 25: try function(message)
            default: break
            }
        }
        guard hasGraph else { throw Malformed("it is no ONNX model: it has no graph") }
    }

    /// The messages in the fields of these numbers.
    private mutating func each(
        in message: ProtobufReader, _ numbers: Set<Int>,
        _ visit: (inout ONNXScan, ProtobufReader) throws(Malformed) -> Void
    ) throws(Malformed) {
        var message = message
        while let field = try message.next() {
            guard numbers.contains(field.number), case .bytes(let start, let count) = field.value else { continue }
            try visit(&self, message.message(start, count))
        }
    }

    private mutating func graph(_ message: ProtobufReader) throws(Malformed) {
        guard depth < 32 else { throw Malformed("its graphs are nested more than 32 levels deep") }
        depth += 1
        defer { depth -= 1 }
        try each(in: message, [1]) { scan, part throws(Malformed) in try scan.node(part) }
        try each(in: message, [5]) { scan, part throws(Malformed) in try scan.tensor(part) }
        try each(in: message, [15]) { scan, part throws(Malformed) in try scan.sparse(part) }
    }

    private mutating func function(_ message: ProtobufReader) throws(Malformed) {
        try each(in: message, [7]) { scan, part throws(Malformed) in try scan.node(part) }
        try each(in: message, [11]) { scan, part throws(Malformed) in try scan.attribute(part) }
    }

    private mutating func node(_ message: ProtobufReader) throws(Malformed) {
        let name = try Self.name(in: message, domain: 7, name: 4)
        if !Self.domains.contains(name.domain), !functions.contains(name.item) {
            guard operators.count < Self.most else {
                throw Malformed("it has more than \(Self.most) operators of others")
            }
            operators.insert(name.item)
        }
        try each(in: message, [5]) { scan, part throws(Malformed) in try scan.attribute(part) }
    }

    private mutating func attribute(_ message: ProtobufReader) throws(Malformed) {
        try each(in: message, [5, 10]) { scan, part throws(Malformed) in try scan.tensor(part) }
        try each(in: message, [6, 11]) { scan, part throws(Malformed) in try scan.graph(part) }
        try each(in: message, [22, 23]) { scan, part throws(Malformed) in try scan.sparse(part) }
    }

    /// SparseTensorProto: its values and their places are tensors.
    private mutating func sparse(_ message: ProtobufReader) throws(Malformed) {
        try each(in: message, [1, 2]) { scan, part throws(Malformed) in try scan.tensor(part) }
    }

    private mutating func tensor(_ message: ProtobufReader) throws(Malformed) {
        try each(in: message, [13]) { scan, entry throws(Malformed) in
            let (key, value) = try Self.texts(in: entry, 1, 2)
            guard key == "location", FilePlace.isOutside(value), scan.dangers.count < 100 else { return }
            scan.dangers.insert("takes weights from '\(value)', which is outside of the model's folder")
        }
    }

    private static func name(
        in message: ProtobufReader, domain: Int, name: Int
    ) throws(Malformed) -> (domain: String, item: String) {
        let (space, operation) = try texts(in: message, domain, name)
        return (space, "\(space).\(operation)")
    }

    /// The texts of two fields, empty where they are not there.
    private static func texts(
        in message: ProtobufReader, _ one: Int, _ other: Int
    ) throws(Malformed) -> (String, String) {
        var texts = ("", "")
        var message = message
        while let field = try message.next() {
            guard case .bytes(let start, let count) = field.value else { continue }
            if field.number == one { texts.0 = try message.text(start, count) }
            if field.number == other { texts.1 = try message.text(start, count) }
        }
        return texts
    }
}

/// Where the path of a file leads that stands in a model.
enum FilePlace {
    /// Whether it leaves the folder that it is relative to, on whichever system it is read.
    static func isOutside(_ path: String) -> Bool {
        let parts = path.split(omittingEmptySubsequences: false) { $0 == "/" || $0 == "\\" }
        return parts.contains("..") || parts.first?.isEmpty == true && parts.count > 1
            || parts.first?.dropFirst().first == ":" || path.contains("://") || path.hasPrefix("~")
    }
}
