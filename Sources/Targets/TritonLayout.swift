import Domain
import Glibc

/// `PATH/MODEL/NUMBER/model.onnx` beside a `config.pbtxt` whose version policy names the number (Triton, model repository).
///
/// Of a model `lending/credit-risk` the folder and Triton's name are `lending__credit-risk`.
struct TritonLayout: ServingLayout {
    /// More lines for `config.pbtxt`.
    let config: String?

    let versions = ""

    func folder(of model: String) -> String { flat(model) }

    func place(isFolder: Bool, format: ModelFormat?) throws(TargetFailure) -> String {
        switch format {
        case .onnx: "model.onnx"
        case .torchscript: "model.pt"
        case .savedmodel: "model.savedmodel"
        case nil, .other, .json, .safetensors, .pickle, .joblib, .keras, .gguf:
            if config == nil {
                throw TargetFailure(
                    "Triton has no platform for the format '\(format?.rawValue ?? "none")'; give the artifact's format "
                        + "(onnx, torchscript, savedmodel), or the target's 'config' with a line such as backend: \"python\""
                )
            } else {
                isFolder ? "" : (format ?? .other).fileName
            }
        }
    }

    func served(in folder: String) -> String? {
        guard let bytes = FileTree.bytes(of: "\(folder)/config.pbtxt", atMost: 1 << 20) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let start = text.firstRange(of: "versions: [") else { return "" }
        let number = text[start.upperBound...].prefix { $0 != "]" }.filter { !$0.isWhitespace }
        return FileTree.kind(of: "\(folder)/\(number)") == .folder ? String(number) : ""
    }

    func serve(_ number: Int, format: ModelFormat?, in folder: String) throws(TargetFailure) {
        try FileTree.replace(
            "\(folder)/config.pbtxt", with: text(number, format, folder),
            draft: "\(folder)/\(ModelFolder.draftPrefix)config")
    }

    func drift(serving number: Int, format: ModelFormat?, in folder: String) -> String? {
        let found = FileTree.bytes(of: "\(folder)/config.pbtxt", atMost: 1 << 20)
        return found == text(number, format, folder) ? nil : "config.pbtxt was changed"
    }

    /// Without a configuration, Triton may serve what a person has put under a number, and would do so no more.
    func stranger(in folder: String) -> String? {
        let path = "\(folder)/config.pbtxt"
        guard FileTree.kind(of: path) != nil else { return numbers(in: folder).last.map { "\(folder)/\($0)" } }
        let bytes = FileTree.bytes(of: path, atMost: 1 << 20) ?? []
        return bytes.starts(with: Self.mark.utf8) ? nil : path
    }

    func takeAway(_ folder: String) { unlink("\(folder)/config.pbtxt") }

    /// Begins what Martlet wrote.
    private static let mark = "# Written by Martlet"

    private func text(_ number: Int, _ format: ModelFormat?, _ folder: String) -> [UInt8] {
        let name = folder.pathParts().last.map(String.init) ?? ""
        let platform =
            switch format {
            case .onnx: "platform: \"onnxruntime_onnx\"\n"
            case .torchscript: "platform: \"pytorch_libtorch\"\n"
            case .savedmodel: "platform: \"tensorflow_savedmodel\"\n"
            default: ""
            }
        let text = """
            \(Self.mark), and written again where it is changed. More lines: the target's setting 'config'.
            name: "\(name)"
            \(platform)version_policy: { specific: { versions: [ \(number) ] } }

            """
        return Array((text + (config.map { $0.hasSuffix("\n") ? $0 : $0 + "\n" } ?? "")).utf8)
    }
}
