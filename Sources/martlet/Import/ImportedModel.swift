import Domain
import Manifests

/// A model that lies elsewhere, as the files of `models/NAME/` that it becomes.
struct ImportedModel {
    /// What it does; `nil` where nothing tells.
    var task: ModelTask?
    /// The weights: a file or folder, and what it is called beside the manifest.
    let artifact: (source: String, name: String)
    /// How they are written; `nil` where only the name tells.
    var format: ModelFormat?
    /// By their names in the model's folder.
    private(set) var files: [(name: String, bytes: [UInt8])] = []
    var schema: [Column] = []
    var hasParameters = false
    var log: String?
    /// Where it comes from, for the model card.
    var origin: String

    struct Column {
        let name: String
        let type: Schema.ColumnType
        var isNullable = false
    }

    init(weights: String, named name: String? = nil, task: ModelTask? = nil, origin: String) {
        artifact = (weights, name ?? Self.lastPart(of: weights))
        self.task = task
        self.origin = origin
    }

    /// What lies at the path: an MLflow model or run, an Ultralytics run, or else a file of weights.
    static func read(_ path: String) throws -> ImportedModel {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        guard LocalFile.exists(path) else { throw WrongUse("there is no \(path)") }
        if LocalFile.exists(path + "/MLmodel") { return try MLflowImport.model(in: path) }
        if LocalFile.exists(path + "/meta.yaml") { return try MLflowImport.run(in: path) }
        if LocalFile.exists(path + "/args.yaml") { return try UltralyticsImport.run(in: path) }
        guard !LocalFile.isFolder(path) else {
            throw WrongUse(
                "\(path) is no folder of MLflow (with MLmodel or meta.yaml) or Ultralytics (with args.yaml); name the file of weights"
            )
        }
        return ImportedModel(weights: path, origin: lastPart(of: path))
    }

    mutating func add(_ name: String, _ bytes: [UInt8]) { files.append((name, bytes)) }

    /// Numbers by name, such as `metrics.json` holds.
    mutating func add(_ name: String, _ members: [(String, JSON)]) {
        guard !members.isEmpty else { return }
        add(name, Array((JSON.object(members).text(pretty: true) + "\n").utf8))
    }

    /// Everything but the weights, by path in the model's folder; ready to be checked by `martlet validate`.
    func texts(_ name: String) -> [(name: String, bytes: [UInt8])] {
        var texts = [("model.yaml", Array(manifest(name).utf8)), ("README.md", Array(card(name).utf8))]
        if !schema.isEmpty { texts.append(("schema.yaml", Array(schemaText(name).utf8))) }
        return texts + files
    }

    private func manifest(_ name: String) -> String {
        let format = format ?? Self.format(of: artifact.name)
        var lines = [
            "apiVersion: martlet.dev/v1", "kind: Model", "metadata:", "  name: \(Self.quoted(name))", "spec:",
            "  task: \((task ?? .binaryClassification).rawValue)" + (task == nil ? "    # a guess: --task" : ""),
            "  artifact: {path: \(Self.quoted(artifact.name)), format: \(format.rawValue)}",
        ]
        if !schema.isEmpty { lines.append("  schema: schema.yaml") }
        if hasParameters || log != nil { lines.append("  training:") }
        if hasParameters { lines.append("    params: params.yaml") }
        if let log { lines.append("    log: \(Self.quoted(log))") }
        lines += [
            "  # What speaks for it: a table of predictions with labels, and the data that they are of.",
            "  # evaluation:", "  #   data: \(name)-eval", "  #   predictions: predictions.csv",
            "  #   columns: {id: id, label: label, prediction: prediction, score: score}", "",
        ]
        return lines.joined(separator: "\n")
    }

    private func schemaText(_ name: String) -> String {
        let columns = schema.map { column in
            "    - {name: \(Self.quoted(column.name)), type: \(column.type.rawValue)"
                + (column.isNullable ? ", nullable: true}" : "}")
        }
        return """
            # From the model's signature: add ranges and allowed values, and the label.
            apiVersion: martlet.dev/v1
            kind: Schema
            metadata:
              name: \(Self.quoted(name))
            spec:
              columns:
            \(columns.joined(separator: "\n"))

            """
    }

    private func card(_ name: String) -> String {
        """
        # \(name)

        Imported from \(Excerpt.line(origin, limit: 200)).

        ## Intended use

        <!-- What it is for, and who may use it. -->

        ## Data

        <!-- What it was trained and tested on. -->

        ## Metrics

        <!-- How well it does, and on whom. -->

        ## Limitations

        <!-- Where it must not be used. -->

        """
    }

    static func lastPart(of path: String) -> String { path.pathParts().last.map(String.init) ?? path }

    private static func quoted(_ text: String) -> String { JSON.string(text).text() }

    static func format(of name: String) -> ModelFormat {
        switch name.split(separator: ".").last?.lowercased() {
        case "onnx": .onnx
        case "safetensors": .safetensors
        case "json": .json
        case "pkl", "pickle": .pickle
        case "joblib": .joblib
        case "keras", "h5": .keras
        case "gguf": .gguf
        case "torchscript": .torchscript
        default: .other
        }
    }
}
