import Domain
import Manifests

/// A run's folder as Ultralytics writes it: `args.yaml`, `results.csv`, `weights/best.pt`.
enum UltralyticsImport {
    static func run(in path: String) throws -> ImportedModel {
        let folder = ImportFolder(path)
        guard let arguments = folder.bytes("args.yaml"), let settings = try? YAMLManifests.tree(arguments).json,
            settings.members != nil
        else {
            throw Refusal(message: "\(path)/args.yaml is no YAML of names and values")
        }
        let names = ["best.onnx", "best.torchscript", "best.pt", "last.pt"]
        guard let weights = names.lazy.compactMap({ folder.place(of: "weights/\($0)") }).first else {
            throw Refusal(message: "\(path)/weights has none of \(names.joined(separator: ", "))")
        }
        var model = ImportedModel(
            weights: weights, task: task(settings["task"]?.string),
            origin: "an Ultralytics run" + (settings["model"]?.string.map { " of \($0)" } ?? ""))
        model.add("params.yaml", arguments)
        model.hasParameters = true
        if let log = folder.bytes("results.csv") {
            model.add("training_log.csv", log)
            model.log = "training_log.csv"
        }
        return model
    }

    /// Martlet has no word for the others (segment, pose, obb).
    private static func task(_ name: String?) -> ModelTask? {
        switch name {
        case "detect": .detection
        case "classify": .multiclassClassification
        default: nil
        }
    }
}
