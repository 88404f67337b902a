import ArgumentParser
import Domain
import Git
import Manifests

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Bring a model from elsewhere into the repository: MLflow, Ultralytics, or a file",
        discussion: """
            Copies the weights to models/NAME and writes the manifest beside them, with the schema, parameters, metrics and \
            training log that come with the model. A file that is there is kept. Nothing is unpickled, and nothing committed.

                martlet import mlruns/0/models/m-8c5e/artifacts --name credit-risk
                martlet import runs/detect/train --name shapes
                martlet import model.onnx --name lending/credit-risk --task regression
            """)

    @Argument(
        help: "A file of weights, or a folder: an MLflow model or run, an Ultralytics run", completion: .file())
    var path: String

    @Option(help: "The model's name; without it, that of the file or folder")
    var name: String?

    @Option(
        help:
            "\(Self.tasks.joined(separator: ", ")); without it what the import tells, else a guess of binary-classification",
        completion: .list(Self.tasks))
    var task: String?

    @Option(name: .customShort("C"), help: "The clone to write into")
    var repository: String = "."

    @Option(help: "text for people, json for programs")
    var output: OutputFormat = .text

    func run() async throws {
        let kind = try task.map(Self.kind)
        var model = try ImportedModel.read(path)
        if let kind { model.task = kind }
        let name = try checkedName(model)
        guard let top = try GitFolder.repository(repository).workTree else {
            throw WrongUse("\(repository) has no files to write beside: import into a clone, and push")
        }
        let folder = "\(top)/models/\(name)"
        try requireOwn(in: top, model, name)
        try requireAlone(name, in: top)
        var written: [String] = [], kept: [String] = []
        func note(_ file: String, _ isNew: Bool) {
            if isNew { written.append(file) } else { kept.append(file) }
            if output == .text { Terminal.say("\(isNew ? "wrote" : "kept ")   models/\(name)/\(file)") }
        }
        // The manifest comes last: it says that the rest is there.
        let isNew = !LocalFile.exists("\(folder)/\(model.artifact.name)")
        if isNew { try LocalFile.copy(model.artifact.source, to: "\(folder)/\(model.artifact.name)") }
        note(model.artifact.name, isNew)
        for text in model.texts(name).reversed() {
            let isNew = !LocalFile.exists("\(folder)/\(text.name)")
            if isNew { try LocalFile.write(text.bytes, to: "\(folder)/\(text.name)") }
            note(text.name, isNew)
        }
        switch output {
        case .json:
            let answer: JSON = [
                "name": .string(name), "folder": .string("models/\(name)"),
                "written": .array(written.map(JSON.string)), "kept": .array(kept.map(JSON.string)),
            ]
            Terminal.say(answer.text(pretty: true))
        case .text:
            Terminal.say(
                "Next: say in models/\(name)/model.yaml what speaks for it, then run 'martlet validate'. A large file of "
                    + "weights belongs in Git LFS, in DVC or behind a uri, not in Git.")
        }
    }

    private static let tasks = ModelTask.allCases.map(\.rawValue)

    private static func kind(_ task: String) throws -> ModelTask {
        guard let kind = ModelTask(rawValue: task) else {
            let near = Suggestion.nearest(to: task, in: tasks).map { "did you mean '\($0)'?" }
            throw WrongUse("there is no task '\(task)'; \(near ?? "known: \(tasks.joined(separator: ", "))")")
        }
        return kind
    }

    /// Nothing may be written out of the repository, and no file of weights is the model's manifest or card.
    private func requireOwn(in top: String, _ model: ImportedModel, _ name: String) throws {
        var place = top
        for part in "models/\(name)".pathParts() {
            place += "/\(part)"
            guard !LocalFile.isLink(place) else {
                throw WrongUse("\(place) is a link; models lie in the repository itself")
            }
        }
        let weights = model.artifact.name
        guard !weights.hasPrefix("."), !model.texts(name).contains(where: { $0.name == weights }) else {
            throw WrongUse(
                "weights must not be called '\(Excerpt.line(weights, limit: 100))', as a file of the model's own is")
        }
    }

    /// A model inside the folder of another would be part of its versions, which `validate` refuses.
    private func requireAlone(_ name: String, in top: String) throws {
        var outer = name[...]
        while let slash = outer.lastIndex(of: "/") {
            outer = outer[..<slash]
            guard !LocalFile.exists("\(top)/models/\(outer)/model.yaml") else {
                throw WrongUse("models/\(name) would lie inside the model '\(outer)'; give another --name")
            }
        }
        let models = UntrustedFolder(path: "\(top)/models/\(name)")
        guard LocalFile.isFolder(models.path), !models.has("model.yaml") else { return }
        var inner: String?
        try models.walk { path, _ in
            if path.hasSuffix("/model.yaml") { inner = String(path.dropLast("/model.yaml".count)) }
        }
        if let inner {
            throw WrongUse("models/\(name) would lie around the model '\(name)/\(inner)'; give another --name")
        }
    }

    private func checkedName(_ model: ImportedModel) throws -> String {
        let last = ImportedModel.lastPart(of: path)
        let name =
            self.name ?? (LocalFile.isFolder(path) ? last : last.split(separator: ".").first.map(String.init) ?? last)
        guard ManifestName.isValid(name) else {
            throw WrongUse("'\(name)' is no name for a model; give one of letters, digits, - and _: --name NAME")
        }
        return name
    }
}
