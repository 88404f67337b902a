import ArgumentParser
import Domain
import Git
import Glibc
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

    @Option(help: "What it does", completion: .list(ModelTask.allCases.map(\.rawValue)))
    var task: String?

    @Option(name: .customShort("C"), help: "The clone to write into")
    var repository: String = "."

    @Option(help: "text for people, json for programs")
    var output: OutputFormat = .text

    func run() async throws {
        if let task, ModelTask(rawValue: task) == nil {
            let near = Suggestion.nearest(to: task, in: ModelTask.allCases.map(\.rawValue))
            throw WrongUse("there is no task '\(task)'; did you mean '\(near ?? "regression")'?")
        }
        var model = try ImportedModel.read(path)
        if let task { model.task = task }
        let name = try checkedName(model)
        guard let top = try GitFolder.repository(repository).workTree else {
            throw WrongUse("\(repository) has no files to write beside: import into a clone, and push")
        }
        let folder = "\(top)/models/\(name)"
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

extension LocalFile {
    /// The names in a folder in order; none where it cannot be read.
    static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    static func isLink(_ path: String) -> Bool {
        var facts = stat()
        return lstat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFLNK
    }

    /// Copies a file, or a folder with all that is in it; links are not followed out of what was named.
    static func copy(_ source: String, to target: String) throws {
        if isFolder(source) {
            for name in names(in: source) {
                guard !isLink("\(source)/\(name)") else { continue }
                try copy("\(source)/\(name)", to: "\(target)/\(name)")
            }
            return
        }
        let descriptor = open(source, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(path: source) }
        defer { close(descriptor) }
        // Under another name until it is whole.
        let part = target + ".part"
        unlink(part)
        try write([], to: part)
        let copy = open(part, O_WRONLY | O_CLOEXEC)
        guard copy >= 0 else { throw FileFailure(path: part) }
        defer { close(copy) }
        while true {
            let count = sendfile(copy, descriptor, nil, 1 << 30)
            guard count >= 0 else { throw FileFailure(path: part) }
            if count == 0 { break }
        }
        guard rename(part, target) == 0 else { throw FileFailure(path: target) }
    }
}
