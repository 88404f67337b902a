import Domain
import Manifests

/// Models and runs as MLflow's file store keeps them (mlflow.org/docs, "MLflow Models" and "Tracking").
enum MLflowImport {
    /// A folder with `MLmodel`, and the parameters and metrics of its run where that lies near.
    static func model(in path: String) throws -> ImportedModel {
        let folder = ImportFolder(path)
        guard let bytes = folder.bytes("MLmodel"), let description = try? YAMLManifests.tree(bytes).json else {
            throw Refusal(message: "\(path)/MLmodel is no YAML that can be read")
        }
        guard let (weights, key) = weights(description) else {
            throw Refusal(
                message: "\(path)/MLmodel names no file of weights in its flavors (\(keys.joined(separator: ", "))); "
                    + "name the file of weights itself")
        }
        guard let place = folder.place(of: weights) else {
            throw Refusal(
                message:
                    "\(path)/MLmodel names '\(Excerpt.line(weights, limit: 100))', which is no file or folder in it")
        }
        let run = description["run_id"]?.string
        var model = ImportedModel(
            weights: place, origin: "an MLflow model" + (run.map { " of run \($0)" } ?? ""))
        if key == "saved_model_dir" { model.format = .savedmodel }
        if key == "python_model", description["flavors"]?["python_function"]?["artifacts"]?.members?.isEmpty == false {
            model.origin += "; its Python code also reads files under artifacts/ there, which were not brought"
        }
        if let inputs = description["signature"]?["inputs"]?.string { model.schema = columns(inputs) }
        if let packages = folder.bytes("requirements.txt") { model.add("requirements.txt", packages) }
        if let run, let place = self.place(of: run, from: path) { addRun(ImportFolder(place), to: &model) }
        return model
    }

    /// A run's folder, `mlruns/EXPERIMENT/RUN`: its parameters, metrics and model.
    static func run(in path: String) throws -> ImportedModel {
        let outputs = LocalFile.names(in: path + "/outputs").map { "\(path)/../models/\($0)/artifacts" }
        let own = LocalFile.names(in: path + "/artifacts").map { "\(path)/artifacts/\($0)" }
        let places = (outputs + own).filter { !LocalFile.isLink($0) && LocalFile.exists($0 + "/MLmodel") }
        guard let place = places.first else {
            throw Refusal(
                message: "the run \(path) has no model: name the folder with its MLmodel, or the file of weights")
        }
        guard places.count == 1 else {
            let list = places.sorted().prefix(20).map { "    " + Excerpt.line($0, limit: 300) }.joined(separator: "\n")
            throw Refusal(
                message: "the run \(path) has \(places.count) models; name the folder of one of them:\n\(list)")
        }
        return try model(in: place)
    }

    /// Each flavour calls them otherwise. What says most comes first: `data` may also be what a model needs besides.
    private static let keys = [
        "saved_model_dir", "pickled_model", "model_path", "model_binary", "model_data", "python_model", "data",
    ]

    private static func weights(_ description: JSON) -> (path: String, key: String)? {
        let flavors = description["flavors"]?.members ?? []
        let own = flavors.filter { $0.key != "python_function" }.map(\.value)
        let general = flavors.filter { $0.key == "python_function" }.map(\.value)
        for flavor in own + general {
            for key in keys {
                if let path = flavor[key]?.string, !path.isEmpty { return (path, key) }
            }
        }
        return nil
    }

    /// The columns of a signature: JSON in a text. One of tensors names none.
    private static func columns(_ text: String) -> [ImportedModel.Column] {
        guard let items = try? JSON(parsing: Array(text.utf8)).array else { return [] }
        var seen: Set<String> = []
        return items.compactMap { item in
            guard let name = item["name"]?.string, let type = item["type"]?.string, seen.insert(name).inserted else {
                return nil
            }
            let kind: Schema.ColumnType? =
                switch type {
                case "boolean": .bool
                case "integer", "long": .int
                case "float", "double": .float
                case "string": .string
                case "datetime": .timestamp
                default: nil
                }
            return kind.map { .init(name: name, type: $0, isNullable: item["required"]?.bool == false) }
        }
    }

    /// The run's folder: beside the model's, or one of those around it.
    private static func place(of run: String, from folder: String) -> String? {
        guard !run.contains("/"), !run.contains("..") else { return nil }
        var around = folder
        for _ in 0..<5 {
            if ImportedModel.lastPart(of: around) == run, LocalFile.exists(around + "/params") { return around }
            if LocalFile.exists("\(around)/\(run)/params") { return "\(around)/\(run)" }
            around += "/.."
        }
        return nil
    }

    private static func addRun(_ run: ImportFolder, to model: inout ImportedModel) {
        let parameters = run.files(in: "params").compactMap { name in
            run.text("params/" + name).map { "\(JSON.string(name).text()): \(plain($0))\n" }
        }
        if !parameters.isEmpty {
            model.add("params.yaml", Array(parameters.joined().utf8))
            model.hasParameters = true
        }
        model.add(
            "metrics.json",
            run.files(in: "metrics").compactMap { name in
                run.text("metrics/" + name).flatMap(last).map { (name, JSON($0)) }
            })
    }

    /// Numbers and truth values as they are where they are spelled as one writes them; all else, such as ids, in quotes.
    private static func plain(_ value: String) -> String {
        if value == "true" || value == "false" || Int(value).map(String.init) == value { return value }
        if value.contains("."), let number = Double(value), number.isFinite, "\(number)" == value { return value }
        return JSON.string(value).text()
    }

    /// The value of the greatest step; a line is `MILLISECONDS VALUE STEP`.
    private static func last(_ history: String) -> Double? {
        let points = history.split(separator: "\n").compactMap { line -> (step: Int, value: Double)? in
            let parts = line.split(separator: " ")
            guard parts.count >= 2, let value = Double(parts[1]) else { return nil }
            return (parts.count > 2 ? Int(parts[2]) ?? 0 : 0, value)
        }
        guard let end = points.map(\.step).max() else { return nil }
        return points.last { $0.step == end }?.value
    }
}
