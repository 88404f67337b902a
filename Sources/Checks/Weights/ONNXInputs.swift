/// The names of an ONNX model's inputs: what it is really asked with. Initializers that older files list as inputs are left out.
enum ONNXInputs {
    static func names(_ source: RandomAccessBytes) throws(Malformed) -> [String] {
        var model = ProtobufReader(source)
        while let field = try model.next() {
            guard field.number == 7, case .bytes(let start, let count) = field.value else { continue }
            return try graph(model.message(start, count))
        }
        throw Malformed("it is no ONNX model: it has no graph")
    }

    private static func graph(_ message: ProtobufReader) throws(Malformed) -> [String] {
        var inputs: [String] = [], constants: Set<String> = []
        var message = message
        while let field = try message.next() {
            guard case .bytes(let start, let count) = field.value else { continue }
            switch field.number {
            case 11: if let name = try name(message.message(start, count), field: 1) { inputs.append(name) }
            case 5: if let name = try name(message.message(start, count), field: 8) { constants.insert(name) }
            default: break
            }
        }
        return inputs.filter { !constants.contains($0) }
    }

    private static func name(_ message: ProtobufReader, field number: Int) throws(Malformed) -> String? {
        var message = message
        while let field = try message.next() {
            if field.number == number, case .bytes(let start, let count) = field.value {
                return try message.text(start, count)
            }
        }
        return nil
    }
}
