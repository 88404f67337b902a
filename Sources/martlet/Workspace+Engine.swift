import ControlLoop
import Domain
import Engines
import Git
import Manifests

extension Workspace {
    /// What programs that take commands elsewhere may see of this process's environment: as targets and probes do.
    static let seenByPrograms = ["PATH", "HOME", "LANG", "KUBECONFIG"]

    /// Where commands of models run: by the engine that `martlet.yaml` of the protected branch names, whatever a proposal of it says.
    func sandbox(run: @escaping RunCommand = LocalProcess.run) async throws -> Sandbox {
        let settings = try await settings()
        let engine = try Self.engine(settings)
        let seen = Self.seenByPrograms.compactMap { name in ProcessFacts.environment[name].map { (name, $0) } }
        return Sandbox(engine, surroundings: Dictionary(uniqueKeysWithValues: seen), run: run)
    }

    private static func engine(_ settings: RepositorySettings) throws -> any Engine {
        guard let named = settings.engine else { return LocalEngine() }
        do throws(FieldErrors) {
            return try BuiltIns.engines.make(named, as: (any Engine).self)
        } catch {
            let words = error.problems.map { "\(Diagnostic(file: RepositorySettings.file, $0))" }
            throw ArtifactFailure(
                .notYet, "the engine that runs commands cannot be made: \(words.joined(separator: "; "))")
        }
    }

    /// The protected branch's settings. Where they cannot be read, nobody knows where commands are to run.
    private func settings() async throws -> RepositorySettings {
        let (branch, upstream) = (branch, trackedRemote)
        let bytes = try await store.read { reader -> [UInt8]? in
            guard let tip = try CheckContext.tip(of: branch, seenAt: upstream, reader),
                let entry = try reader.entry(at: RepositorySettings.file, in: reader.commit(tip).tree)
            else { return nil }
            return try reader.blob(entry.id, atMost: 1 << 20)
        }
        guard let bytes else { return RepositorySettings() }
        let file = Self.language.read(bytes, path: RepositorySettings.file)
        if let problem = file.diagnostics.first(where: { $0.severity == .error }) {
            throw ArtifactFailure(.notYet, "commands wait until \(RepositorySettings.file) can be read: \(problem)")
        }
        guard case .repository(let settings)? = file.documents.first?.manifest else { return RepositorySettings() }
        return settings
    }
}
