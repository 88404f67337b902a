import ControlLoop
import Domain
import Engines
import Git
import Manifests

/// What `validate` says of the key that Martlet signs with here, where the repository asks for signed records.
enum SigningKeyRemark {
    /// The public half of the SSH key in use; `nil` where there is none, or it is an OpenPGP key, which only signing can tell more of.
    static func publicKey() async -> String? {
        let environment = ProcessFacts.environment
        guard let text = environment["MARTLET_SIGNING_KEY"], !text.isEmpty, case .ssh(let path) = CommitSigner.Key(text)
        else { return nil }
        // Whoever signs is told of a key that cannot be read.
        return try? await OwnSignature.publicKey(path, environment, LocalProcess.run)
    }

    /// A warning where the key is not one of those whose signatures count.
    static func of(_ key: String?, in snapshot: Snapshot, _ files: Validation.Files) -> [Diagnostic] {
        let asked = Set(snapshot.settings.recordSigners.map { $0.lowercased() })
        guard let key, !asked.isEmpty else { return [] }
        let signers = Signers(
            allowed: files.bytes(Signers.file) ?? [], revoked: files.bytes("\(Signers.folder)/revoked") ?? [])
        guard signers.names(ofKey: key).isDisjoint(with: asked) else { return [] }
        let place = files.bytes(RepositorySettings.file).flatMap {
            Workspace.language.place(of: ["spec", "recordSigners"], in: $0, path: RepositorySettings.file)
        }
        return [
            Diagnostic(
                file: RepositorySettings.file, place: place ?? Place(line: 1, column: 1), severity: .warning,
                code: "unknown-person",
                message:
                    "recordSigners: the key of MARTLET_SIGNING_KEY is none of theirs, so records that it signs count for nothing",
                hint: "commit a line 'NAME KEY' with its public half to \(Signers.file), and NAME here")
        ]
    }
}
