import Domain

/// A model file that describes a graph of operators: ONNX, or TensorFlow's SavedModel. It runs no code of its own, unless an operator does.
enum GraphFile {
    /// Whether a file's name, or the format that its manifest declares, says that it is one, or a part of one that may hold code.
    static func isNamed(_ name: String, _ format: ModelFormat? = nil) -> Bool { kind(of: name, format) != nil }

    private enum Kind {
        case onnx, savedModel, graph, keras
        /// In a spelling that is not read here.
        case unread(String)
    }

    private static func kind(of name: String, _ format: ModelFormat?) -> Kind? {
        let name = (name.pathParts().last ?? "").lowercased()
        switch name {
        case "saved_model.pb": return .savedModel
        case "saved_model.pbtxt": return .unread("as text")
        case "saved_model.cpb": return .unread("in chunks")
        case "keras_metadata.pb": return .keras
        default:
            if name.hasSuffix(".onnx") || format == .onnx { return .onnx }
            if format == .savedmodel, name.hasSuffix(".pb") { return .savedModel }
            return name.hasSuffix(".pb") && name != "fingerprint.pb" ? .graph : nil
        }
    }

    /// Whether bytes begin as a graph of the kind that their name says, whatever follows.
    static func begins(_ source: RandomAccessBytes, name: String, format: ModelFormat? = nil) -> Bool {
        let graph: Int
        switch kind(of: name, format) {
        case .onnx: graph = 7
        case .savedModel: graph = 2
        default: return false
        }
        var message = ProtobufReader(source)
        while let field = try? message.next() {
            if field.number == graph, case .bytes = field.value { return true }
        }
        return false
    }

    /// `nil` where it proves to be no graph after all.
    static func scan(
        _ source: RandomAccessBytes, name: String, format: ModelFormat? = nil
    ) throws(Malformed) -> PickleFile.Finding? {
        guard let kind = kind(of: name, format) else { return nil }
        var finding = PickleFile.Finding(place: name)
        finding.isPickle = false
        switch kind {
        case .onnx:
            let scan = try ONNXScan(source)
            finding.operators = scan.operators.sorted()
            finding.dangers = scan.dangers.sorted()
        case .savedModel:
            let scan = try TensorFlowScan(savedModel: source)
            finding.operators = scan.operators.sorted()
            // Older ones keep the configuration of Keras' layers beside the graph.
            finding.dangers = scan.dangers.sorted() + (try KerasModel.scanText(source, name: name).dangers)
        case .graph:
            // Many things end in .pb.
            let scan = TensorFlowScan(graph: source)
            guard scan.nodes > 0 else { return nil }
            finding.operators = scan.operators.sorted()
            finding.unseen = scan.fault.map { "it begins as a TensorFlow graph and cannot be read to its end: \($0)" }
        case .keras:
            let scan = try KerasModel.scanText(source, name: name)
            (finding.dangers, finding.imports) = (scan.dangers, scan.imports)
        case .unread(let how):
            finding.unseen = "it is a SavedModel \(how), which is not read here: save it again as saved_model.pb"
        }
        return finding
    }
}
