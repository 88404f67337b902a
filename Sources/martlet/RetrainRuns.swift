import ControlLoop
import Domain
import Engines
import Git

/// Runs the commands that train models anew, by the engine, each in a copy of the model's folder as Git has it.
struct RetrainRuns: Sendable {
    let workspace: Workspace
    let secret: @Sendable (String) -> String?

    private static let fileLimit = 1 << 40

    func run(_ order: RetrainOrder) async -> CommandResult {
        do { return try await result(of: order) } catch { return CommandResult(ending: .notStarted("\(error)")) }
    }

    private func result(of order: RetrainOrder) async throws -> CommandResult {
        let settings = order.settings
        var secrets: [String: String] = [:]
        for name in settings.secrets {
            guard let value = secret(name) else {
                throw WrongUse("there is no secret '\(name)', which training.retrain needs; set it where Martlet runs")
            }
            secrets[name] = value
        }
        let sandbox = try await workspace.sandbox(run: Tools.hidingSecrets(LocalProcess.run))
        return try await sandbox.withFolder { [secrets] folder in
            try await place(order.version, in: folder)
            return await folder.run(
                ["/bin/sh", "-c", #"cd model && exec "$@""#, "sh"] + settings.command, about: order.unit.model,
                within: .init(time: settings.timeLimit, memory: settings.memoryLimit.bytes, file: Self.fileLimit),
                environment: order.variables, secrets: secrets)
        }
    }

    /// Pointers stay pointers: what starts a pipeline needs no weights.
    private func place(_ version: ModelVersion, in folder: SandboxFolder) async throws {
        let files = try await workspace.store.read { reader in
            var files: [(path: String, bytes: [UInt8], isExecutable: Bool)] = []
            var left = 1 << 30
            try reader.files(in: version.tree, prefix: "") { path, entry in
                guard entry.mode == .file || entry.mode == .executable else { return }
                let bytes = try reader.blob(entry.id, atMost: left)
                left -= bytes.count
                files.append((path, bytes, entry.mode == .executable))
            }
            return files
        }
        for file in files {
            try folder.place(.bytes(file.bytes), at: "model/" + file.path, isExecutable: file.isExecutable)
        }
    }
}
