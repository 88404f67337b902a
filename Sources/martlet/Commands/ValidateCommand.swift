import ArgumentParser
import ControlLoop
import Domain
import Git
import Manifests

struct ValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Find what is wrong with the manifests, with file, line and column",
        discussion: """
            In a clone, the files as they lie there; in a bare repository, or with --revision or --branch, those of a commit.

                martlet validate
                martlet validate --revision HEAD~1 --output json
                martlet validate --format github
            """)

    @OptionGroup var common: RepositoryOptions

    @Option(help: "A commit, branch or tag")
    var revision: String?

    @Option(help: "For a CI system: github (annotations), gitlab (Code Quality), junit or sarif, instead of --output")
    var format: CIFormat?

    func run() async throws {
        let diagnostics = try await Progress.during { try await find($0) }
        let isOK = !diagnostics.contains { $0.severity == .error }
        if let format {
            Terminal.say(format.text(CIReport(diagnostics)))
            if !isOK { throw Refusal() }
            return
        }
        switch common.output {
        case .json:
            Terminal.say(
                JSON.object([("ok", .bool(isOK)), ("diagnostics", .array(diagnostics.map(\.json)))]).text(pretty: true))
        case .text:
            for diagnostic in diagnostics { Terminal.say(diagnostic.description) }
            if isOK { Terminal.say("All manifests are valid.") }
        }
        if !isOK { throw Refusal() }
    }

    private func find(_ progress: Progress) async throws -> [Diagnostic] {
        let validation = Wiring.validation(signingWith: await SigningKeyRemark.publicKey())
        if revision != nil, common.branch != nil { throw WrongUse("give --revision or --branch, not both") }
        let store = try GitFolder.open(common.path)
        guard let store, revision != nil || common.branch != nil || store.workTree == nil else {
            return try await files(below: store?.workTree ?? common.path, validation, store, progress)
        }
        let asked = revision ?? common.branch
        let name: String
        if let asked {
            name = asked
        } else {
            name = store.headBranch == nil ? "HEAD" : await Workspace.protectedBranch(of: store)
        }
        guard let id = try await store.revision(name) else { throw WrongUse("there is no commit '\(name)'") }
        let diagnostics = try await validation.diagnostics(at: id, in: store) {
            progress.tell("\($0) of \($1) manifests")
        }
        if diagnostics.isEmpty, try await !validation.hasManifests(at: id, in: store) { throw nothing(in: name) }
        return diagnostics
    }

    private func files(
        below path: String, _ validation: Validation, _ store: GitStore?, _ progress: Progress
    ) async throws -> [Diagnostic] {
        let folder = UntrustedFolder(path: path)
        var isEmpty = true, deeper: [String] = [], closed: [Diagnostic] = [], count = 0
        var crowded: [CrowdedFolder] = []
        let diagnostics = try await validation.diagnostics(
            of: { visit in
                try folder.walk { path, read in
                    count += 1
                    if count % 1000 == 0 { progress.tell("\(count) files so far") }
                    if isEmpty { isEmpty = ManifestPath.kind(of: path) == nil }
                    if isEmpty, path.hasSuffix("/martlet.yaml"), deeper.count < 100 { deeper.append(path) }
                    withoutActuallyEscaping(read) { visit(path, $0) }
                } counted: { path, folders, files in
                    if let found = CrowdedFolder(path, folders: folders, files: files) { crowded.append(found) }
                } closed: { path, why in
                    if ManifestPath.isInFolder(path) { closed.append(.closedFolder(path, why)) }
                }
            }, read: folder.content, exists: folder.has, store: store)
        let meant = deeper.first { LocalFile.isSame("\(path)/\($0)", common.path + "/martlet.yaml") }
        if isEmpty, let inner = meant ?? deeper.min() {
            throw WrongUse(
                "manifests must lie at the top of the repository, \(path); martlet.yaml is in "
                    + "\(inner.dropLast(RepositorySettings.file.utf8.count)): to look at that folder by itself, copy it out of the repository"
            )
        }
        if store?.isSparse ?? false {
            Terminal.complain(
                "This checkout is sparse: what it leaves out counts as missing here. To look at a commit: martlet validate --revision HEAD"
            )
        }
        if isEmpty, diagnostics.isEmpty {
            if let first = closed.first { throw CouldNot(message: "Error: \(first)") }
            throw nothing(in: path)
        }
        return diagnostics + closed + crowded.filter { !$0.isInModel(folder.has) }.map(\.diagnostic)
    }

    private func nothing(in place: String) -> CouldNot {
        CouldNot(message: "Error: there are no manifests in \(place); martlet init writes the first ones")
    }
}

extension Diagnostic {
    /// Nothing is known to be wrong there: what Git does not hold may be anybody's, such as a database's.
    fileprivate static func closedFolder(_ path: String, _ why: String) -> Diagnostic {
        Diagnostic(
            file: path, severity: .warning, code: "unreadable", message: "the folder cannot be read: \(why)",
            hint: "manifests in it were not looked at")
    }
}
