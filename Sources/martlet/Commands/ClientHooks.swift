import ArgumentParser
import ControlLoop
import Domain
import Git

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

/// Refuses a commit message whose trailers are incomplete, where it speaks of a promotion or is one.
struct CommitMessageHook: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "commit-msg", abstract: "Check the trailers of a promotion")

    @Argument(help: "The file of the message") var file: String

    func run() async throws {
        let text = String(decoding: try LocalFile.bytes(of: file), as: UTF8.self)
        let message = text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("#") }
            .joined(separator: "\n")
        guard let action = Trailer.action.value(in: message) else {
            guard message.hasPrefix("Promote "), try Self.stagesDeployment() else { return }
            throw Refusal(
                message: "martlet: a promotion says what it promotes: end the message with the lines "
                    + "'Martlet-Action: promote', 'Martlet-Environment: …' and 'Martlet-Model: …', after an empty one")
        }
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
    }

    private static func stagesDeployment() throws -> Bool {
        try GitStore.readStaged(at: ".") { files, _ in
            files.contains { ManifestPath.kind(of: $0.path)?.kind == Deployment.kind }
        }
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
