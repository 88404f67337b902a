import Domain
import Manifests

/// A run's folder as Ultralytics writes it: `args.yaml`, `results.csv`, `weights/best.pt`.
enum UltralyticsImport {
    static func run(in folder: String) throws -> ImportedModel {
        let arguments = try LocalFile.bytes(of: folder + "/args.yaml")
        guard let settings = try? YAMLManifests.tree(arguments).json, settings.members != nil else {
            throw Refusal(message: "\(folder)/args.yaml is no YAML of names and values")
        }
        let names = ["best.onnx", "best.torchscript", "best.pt", "last.pt"]
        guard let weights = names.first(where: { LocalFile.exists("\(folder)/weights/\($0)") }) else {
            throw Refusal(message: "\(folder)/weights has none of \(names.joined(separator: ", "))")
        }
        let task = settings["task"]?.string == "classify" ? "multiclass-classification" : "detection"
        var model = ImportedModel(
            weights: "\(folder)/weights/\(weights)", task: task,
            origin: "an Ultralytics run" + (settings["model"]?.string.map { " of \($0)" } ?? ""))
        model.add("params.yaml", arguments)
        model.hasParameters = true
        if LocalFile.exists(folder + "/results.csv") {
            model.add("training_log.csv", try LocalFile.bytes(of: folder + "/results.csv"))
            model.log = "training_log.csv"
        }
        return model
    }
}
