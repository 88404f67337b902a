import Domain
import Glibc

/// `PATH/MODEL/NUMBER/saved_model.pb`: TensorFlow Serving serves the greatest number that it finds.
///
/// So a version with a greater number than the one that must run rests under a name that is no number: `.kept-NUMBER`.
struct TensorFlowServingLayout: ServingLayout {
    let versions = ""

    func folder(of model: String) -> String { flat(model) }

    func place(isFolder: Bool, format: ModelFormat?) -> String { isFolder ? "" : (format ?? .savedmodel).fileName }

    func served(in folder: String) -> String? { numbers(in: folder).max().map(String.init) }

    func resting(_ number: Int) -> String { ".kept-\(number)" }

    /// The greatest goes last: until then it is served, and its going is the one step that changes what is.
    func serve(_ number: Int, format: ModelFormat?, in folder: String) throws(TargetFailure) {
        for greater in numbers(in: folder).filter({ $0 > number }).sorted() {
            let rest = "\(folder)/\(resting(greater))"
            FileTree.remove(rest)
            guard rename("\(folder)/\(greater)", rest) == 0 else {
                throw TargetFailure(system: "cannot move version \(greater) out of the way in \(folder)")
            }
        }
    }

    private func numbers(in folder: String) -> [Int] {
        FileTree.names(in: folder).compactMap { name in
            Int(name).flatMap { String($0) == name && FileTree.kind(of: "\(folder)/\(name)") == .folder ? $0 : nil }
        }
    }
}
