import ArgumentParser
import ControlLoop
import Domain
import Engines
import Git

/// Refuses a push that breaks the rules. Looks into the quarantine, and moves nothing.
struct PreReceiveHook: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pre-receive", abstract: "Refuse pushes that break the rules")

    @Option(help: "The protected branch; without it, the one that martlet.yaml names, or the default branch")
    var branch: String?

    func run() async throws {
        let updates = HookInput.updates()
        guard !updates.isEmpty else {
            throw Refusal(
                message:
                    "martlet: the push is refused: Git tells this hook what is pushed, and nothing of that has come. Another "
                    + "program of the hook has read it: call martlet first, as 'martlet hook install --server' says")
        }
        let store = try GitStore(opening: ".", fromEnvironment: true)
        let guarded = if let branch { [branch] } else { await Workspace.guardedBranches(of: store, pushed: updates) }
        var objections: [String] = []
        for name in guarded {
            let pushGuard = PushGuard(
                language: Workspace.language, validation: Wiring.validation, branch: name,
                prefix: await Workspace.references(of: name, in: store),
                verify: SignatureVerifier(store, environment: ProcessFacts.environment, run: LocalProcess.run).verdict)
            for objection in try await pushGuard.objections(to: updates, in: store).map({ "\($0)" })
            where !objections.contains(objection) {
                objections.append(objection)
            }
        }
        guard !objections.isEmpty else { return }
        for objection in objections.prefix(50) { Terminal.complain("martlet: \(objection)") }
        throw Refusal(message: "martlet: the push is refused; nothing was changed")
    }
}

/// Wakes the controller. Never fails a push that is already in.
struct PostReceiveHook: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "post-receive", abstract: "Wake the controller")

    func run() {
        _ = HookInput.lines()
        let folder = ProcessFacts.environment["GIT_DIR"] ?? "."
        WakeSocket.sendToAll(at: (folder == "." ? LocalFile.currentFolder : folder) + "/" + WakeSocket.name)
    }
}

/// What Git writes to a hook's standard input. It must be read to the end, or Git may die of a broken pipe.
enum HookInput {
    static func lines() -> [String] {
        var lines: [String] = []
        while let line = readLine(strippingNewline: true) { lines.append(line) }
        return lines
    }

    /// `OLD NEW REFERENCE` a line.
    static func updates() -> [ReferenceUpdate] {
        lines().compactMap { line in
            let fields = line.split(separator: " ", maxSplits: 2)
            guard fields.count == 3, let old = ObjectID(String(fields[0])), let new = ObjectID(String(fields[1])) else {
                return nil
            }
            return ReferenceUpdate(String(fields[2]), from: old == .zero ? nil : old, to: new == .zero ? nil : new)
        }
    }
}
