import Domain
import Glibc

/// How one kind of model server wants its folder.
///
/// Every layout has a folder for the model, in it one folder for each version named by its number, and one thing that says which is served.
protocol ServingLayout: Sendable {
    /// The model's folder, below the target's path.
    func folder(of model: String) -> String
    /// Where the version folders are, below the model's folder; empty for right there.
    var versions: String { get }
    /// Where in the version's folder the artifact goes; empty where a folder's content goes right there.
    func place(isFolder: Bool, format: ModelFormat?) throws(TargetFailure) -> String
    /// What is served now, by the name of its folder; `nil` where nothing is.
    func served(in folder: String) -> String?
    /// Serves the version of that number, by one step that a reader sees whole or not at all.
    func serve(_ number: Int, format: ModelFormat?, in folder: String) throws(TargetFailure)
    /// What else is not as ``serve`` left it, in words.
    func drift(serving number: Int, format: ModelFormat?, in folder: String) -> String?
    /// What a person has put where ``serve`` would write, or serves already; asked where there is no record of Martlet's.
    func stranger(in folder: String) -> String?
    /// Where a kept version's folder is while another is served.
    func resting(_ number: Int) -> String
    /// Stops serving, where a thing of its own says what is served; the versions themselves go next.
    func takeAway(_ folder: String)
}

extension ServingLayout {
    /// Where the version's folder is while it is served.
    func path(of number: Int, in folder: String) -> String {
        versions.isEmpty ? "\(folder)/\(number)" : "\(folder)/\(versions)/\(number)"
    }

    func drift(serving number: Int, format: ModelFormat?, in folder: String) -> String? { nil }
    func resting(_ number: Int) -> String { String(number) }

    /// The folders that are named by a number, from the least.
    func numbers(in folder: String) -> [Int] {
        FileTree.names(in: folder).compactMap { name in
            Int(name).flatMap { String($0) == name && FileTree.kind(of: "\(folder)/\(name)") == .folder ? $0 : nil }
        }.sorted()
    }

    /// Servers take the name of a folder for the model's, so names with a slash are written with two underscores.
    func flat(_ model: String) -> String { model.pathParts().joined(separator: "__") }
}

/// The usual file name of each format.
extension ModelFormat {
    var fileName: String {
        switch self {
        case .onnx: "model.onnx"
        case .safetensors: "model.safetensors"
        case .json: "model.json"
        case .savedmodel: "saved_model.pb"
        case .torchscript: "model.pt"
        case .pickle: "model.pkl"
        case .joblib: "model.joblib"
        case .keras: "model.keras"
        case .gguf: "model.gguf"
        case .other: "model"
        }
    }
}
