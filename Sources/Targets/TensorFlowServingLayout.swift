import Domain
import Glibc

/// `PATH/MODEL/NUMBER/saved_model.pb`: TensorFlow Serving serves the greatest number that it finds.
///
/// So a version with a greater number than the one that must run rests under a name that is no number: `.kept-NUMBER`.
struct TensorFlowServingLayout: ServingLayout {
    let versions = ""

    func folder(of model: String) -> String { flat(model) }

    func place(isFolder: Bool, format: ModelFormat?) -> String { isFolder ? "" : (format ?? .savedmodel).fileName }

    func served(in folder: String) -> String? { numbers(in: folder).last.map(String.init) }

    func resting(_ number: Int) -> String { ".kept-\(number)" }

    /// The greatest goes last: until then it is served, and its going is the one step that changes what is.
    func serve(_ number: Int, format: ModelFormat?, in folder: String) throws(TargetFailure) {
        for greater in numbers(in: folder).filter({ $0 > number }) {
            let rest = "\(folder)/\(resting(greater))"
            FileTree.remove(rest)
            guard rename("\(folder)/\(greater)", rest) == 0 else {
                throw TargetFailure(system: "cannot move version \(greater) out of the way in \(folder)")
            }
        }
    }

    /// Any number: the greatest would be served no more, and nothing but the record says whose one is.
    func stranger(in folder: String) -> String? { numbers(in: folder).last.map { "\(folder)/\($0)" } }

    func takeAway(_ folder: String) {}
}
