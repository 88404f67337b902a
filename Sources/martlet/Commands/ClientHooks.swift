import ArgumentParser
import ControlLoop
import Domain
import Git
import Manifests

/// Refuses a commit whose staged manifests are invalid.
struct PreCommitHook: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "pre-commit", abstract: "Check the staged manifests")

    @Argument(help: "Files, as the pre-commit framework names them; the index decides") var files: [String] = []

    func run() throws { try Self.check() }

    static func check() throws {
        let validation = Wiring.validation
        let diagnostics = try GitStore.readStaged(at: ".") { files, reader in
            try files.filter { ManifestPath.kind(of: $0.path) != nil }.flatMap { file in
                validation.diagnostics(of: try reader.blob(file.id, atMost: 1 << 20), path: file.path, reader)
            }
        }
        for diagnostic in diagnostics { Terminal.complain(diagnostic.description) }
        if diagnostics.contains(where: { $0.severity == .error }) {
            throw Refusal(message: "martlet: the staged manifests are not valid")
        }
    }
}

/// Refuses a commit message whose trailers are incomplete, or are missing where the commit moves deployments forward.
struct CommitMessageHook: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "commit-msg", abstract: "Check the trailers of a promotion")

    @Argument(help: "The file of the message") var file: String

    func run() async throws {
        let message = Self.cleaned(try LocalFile.bytes(of: file))
        if let line = Trailer.disguised(in: message) {
            throw Refusal(
                message:
                    "martlet: Git reads the line '\(Excerpt.line(line))' as a trailer of Martlet's, and Martlet does not: write it as "
                    + "'\(Trailer.action.line("promote"))', in a last paragraph of such lines alone, or leave it out")
        }
        guard let action = Trailer.action.value(in: message) else { return try Self.requirePlain() }
        let needed: [Trailer] =
            action == "promote"
            ? [.environment, .model] : action == "lift" ? [.environment, .lifts] : [.environment, .rejects]
        guard ["promote", "rollback", "hold", "lift"].contains(action) else {
            throw Refusal(message: "martlet: Martlet-Action: \(action) is none of promote, rollback, hold, lift")
        }
        let missing = needed.filter { $0.values(in: message).isEmpty }
        guard missing.isEmpty else {
            throw Refusal(
                message: "martlet: Martlet-Action: \(action) needs "
                    + missing.map { $0.rawValue + ":" }.joined(separator: " and "))
        }
        if action == "promote" { try Self.requireMoves(message) }
    }

    /// A promotion moves what it says. `git commit --amend` is told from what the commit has already that it writes anew.
    private static func requireMoves(_ message: String) throws {
        let named = Trailer.model.values(in: message), environment = Trailer.environment.value(in: message) ?? ""
        let unmoved = try GitStore.readStaged(at: ".") { files, reader -> [String] in
            let head = try reader.resolve("HEAD").map { try reader.commit($0) }
            let before = [head?.tree, try head?.parents.first.map { try reader.commit($0).tree }]
            return try named.filter { text in
                guard let name = VersionName(text) else { return true }
                let path = Snapshot.path(ofDeployment: name.model, in: environment)
                func known(in tree: ObjectID?) throws -> Pin? {
                    try StagedMove.pin(tree.flatMap { try reader.entry(at: path, in: $0)?.id }, path, reader)
                }
                let staged = try files.first { $0.path == path }.map { try StagedMove.pin($0.id, path, reader) }
                guard let pin = try staged ?? known(in: head?.tree), pin.revision == name.revision else { return true }
                return try before.allSatisfy { try pin.revision == known(in: $0)?.revision }
            }
        }
        guard let first = unmoved.first else { return }
        throw Refusal(
            message:
                "martlet: the message says that it promotes \(Excerpt.line(first, limit: 200)) to \(Excerpt.line(environment)), and "
                + "what is staged does not: stage that deployment, or leave the Martlet- lines out")
    }

    /// The message as Git will write it: without comments, without what an editor shows below it (`git commit -v`), and without blanks
    /// at the ends of lines.
    private static func cleaned(_ bytes: [UInt8]) -> String {
        let cut = Array("# ------------------------ >8 ------------------------".utf8)
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .prefix { !$0.starts(with: cut) }.filter { $0.first != UInt8(ascii: "#") }
        let ends = lines.map { line in
            line[..<((line.lastIndex { ![0x20, 0x09, 0x0D].contains($0) }).map { $0 + 1 } ?? line.startIndex)]
        }
        return String(decoding: Array(ends.joined(separator: [UInt8(ascii: "\n")])), as: UTF8.self)
    }

    /// A commit without trailers must not promote. What a merge brings was promoted elsewhere, and a way back needs no words.
    private static func requirePlain() throws {
        let moves = try GitStore.readStaged(at: ".") { files, reader -> [StagedMove] in
            guard try reader.resolve("MERGE_HEAD") == nil else { return [] }
            let before = try reader.resolve("HEAD").map { try reader.commit($0).tree }
            // What does more than to promote into one environment, such as to set one up, is no promotion.
            let places = files.map { ManifestPath.kind(of: $0.path) }
            guard let environment = places.first??.environment,
                places.allSatisfy({ $0?.kind == Deployment.kind && $0?.environment == environment }),
                try before.map({ try reader.entry(at: Snapshot.file(ofEnvironment: environment), in: $0) != nil })
                    == true
            else { return [] }
            return try files.compactMap { try StagedMove($0.path, $0.id, before, reader) }
        }
        guard let environment = moves.first?.environment else { return }
        let lines =
            [Trailer.action.line("promote"), Trailer.environment.line(environment)]
            + moves.map { Trailer.model.line($0.version.description) }
        throw Refusal(
            message:
                "martlet: a promotion says what it promotes: end the message with these lines, after an empty one:\n"
                + lines.map { "    \($0)" }.joined(separator: "\n"))
    }
}

/// A deployment that is staged with a newer version than HEAD has.
private struct StagedMove {
    let environment: String
    let version: VersionName

    /// `nil` where the file is no deployment, or goes to no newer version.
    init?(_ path: String, _ blob: ObjectID, _ before: ObjectID?, _ reader: any ObjectReader) throws {
        guard let place = ManifestPath.kind(of: path), place.kind == Deployment.kind,
            let environment = place.environment
        else { return nil }
        let old = try Self.pin(before.flatMap { try reader.entry(at: path, in: $0)?.id }, path, reader)
        guard let new = try Self.pin(blob, path, reader), new.revision != old?.revision else { return nil }
        if let old, reader.has(old.revision), reader.has(new.revision),
            try reader.reaches(new.revision, from: old.revision)
        {
            return nil
        }
        self.environment = environment
        version = VersionName(model: place.name, revision: new.revision)
    }

    /// What a deployment's file names.
    static func pin(_ blob: ObjectID?, _ path: String, _ reader: any ObjectReader) throws -> Pin? {
        guard let blob else { return nil }
        let documents = Workspace.language.read(try reader.blob(blob, atMost: 1 << 20), path: path).documents
        guard case .deployment(let deployment)? = documents.first?.manifest else { return nil }
        return deployment.pin
    }
}

/// Refuses to push commits whose manifests are invalid.
struct PrePushHook: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pre-push", abstract: "Check the manifests of what is pushed")

    @Argument(help: "The remote's name") var remote: String?
    @Argument(help: "The remote's URL") var url: String?

    func run() async throws {
        let store = try GitStore(opening: ".", fromEnvironment: true)
        let validation = Wiring.validation
        var bad = false
        for line in HookInput.lines() {
            let fields = line.split(separator: " ")
            guard fields.count == 4, let pushed = ObjectID(String(fields[1])), pushed != .zero,
                fields[2].hasPrefix("refs/heads/")
            else { continue }
            for diagnostic in try await validation.diagnostics(at: pushed, in: store)
            where diagnostic.severity == .error {
                Terminal.complain(diagnostic.description)
                bad = true
            }
        }
        if bad {
            throw Refusal(
                message: "martlet: not pushed; git push --no-verify pushes anyway, but the server may refuse it")
        }
    }
}
