import Domain
import Engines

extension SandboxFolder {
    /// Puts the files of a model version into `model/`, pointers followed, and gives their paths there.
    func place(filesOf version: ModelVersion, _ tools: Subject.Tools) async throws -> [String] {
        let files = try await tools.store.read { reader in
            var files: [(path: String, isExecutable: Bool)] = []
            try reader.files(in: version.tree, prefix: "") { path, entry in
                guard entry.mode == .file || entry.mode == .executable else { return }
                files.append((path, entry.mode == .executable))
            }
            return files
        }
        for (path, isExecutable) in files {
            if let content = try await tools.file(version, path) {
                try place(content, at: "model/" + path, isExecutable: isExecutable)
            }
        }
        return files.map(\.path)
    }
}
