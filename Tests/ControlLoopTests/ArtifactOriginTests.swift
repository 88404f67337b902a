import Domain
import Git
import Manifests
import TestSupport
import Testing

@testable import ControlLoop

/// Who brought the bytes of an artifact.
struct ArtifactOriginTests {
    private static let one = String(repeating: "1", count: 64), two = String(repeating: "2", count: 64)

    @Test func `an edit of something else in the manifest brings nothing`() async throws {
        try await withHistory { history in
            try history.commit("older", manifest(Self.two, "file:///a"))
            try history.commit("brought", manifest(Self.one, "file:///a"))
            try history.commit("edited", manifest(Self.one, "file:///a", "  owners: [ml]\n"))
            try history.commit("beside", ["models/m/NOTES.md": "x\n"])
            #expect(try await history.origin() == ["brought"])
        }
    }

    @Test func `a new address and a new digest each count, and what came back came with whoever brought it back`()
        async throws
    {
        try await withHistory { history in
            try history.commit("first", manifest(Self.one, "file:///a"))
            try history.commit("moved", manifest(Self.one, "file:///b"))
            #expect(try await history.origin() == ["first", "moved"])
            try history.commit("other", manifest(Self.two, "file:///b"))
            try history.commit("back", manifest(Self.one, "file:///b"))
            #expect(try await history.origin() == ["back"])
        }
    }

    @Test func `a merge that took one side brought nothing`() async throws {
        try await withHistory { history in
            try history.commit("first", manifest(Self.two, "file:///a"))
            let repository = history.repository
            try repository.git("checkout", "--quiet", "-b", "side")
            try history.commit("brought", manifest(Self.one, "file:///a"))
            try repository.git("checkout", "--quiet", "main")
            try history.commit("beside", ["README.md": "x\n"])
            try repository.git("merge", "--quiet", "--no-ff", "-m", "merged", "side")
            #expect(try await history.origin() == ["brought"])
        }
    }

    @Test func `where a manifest could not be read, who mended it and who wrote what stood before count`() async throws
    {
        try await withHistory { history in
            try history.commit("brought", manifest(Self.one, "file:///a"))
            try history.commit("edited", manifest(Self.one, "file:///a", "  owners: [ml]\n"))
            try history.commit("broken", ["models/m/model.yaml": "a: [\n"])
            try history.commit("mended", manifest(Self.one, "file:///a"))
            #expect(try await history.origin() == ["brought", "mended"])
        }
    }

    @Test func `bytes in Git count by themselves, and all who changed a DVC pointer that other files share`()
        async throws
    {
        try await withHistory { history in
            let manifest = manifest(path: "weights/a.bin")
            try history.commit("first", manifest.merging(["models/m/weights.dvc": "outs: 1\n"]) { $1 })
            try history.commit("brought", ["models/m/weights.dvc": "outs: 2\n"])
            try history.commit("edited", self.manifest(path: "weights/a.bin", "  owners: [ml]\n"))
            #expect(try await history.origin() == ["brought", "first"])
            try history.commit("bytes", ["models/m/weights/a.bin": "x\n"])
            // A pointer that nobody follows is none.
            try history.commit(
                "beside", ["models/m/weights/a.bin.dvc": "outs: 3\n", "models/m/weights.dvc": "outs: 4\n"])
            #expect(try await history.origin() == ["bytes"])
        }
    }

    @Test func `what is not in Git at all came with the manifest that says so`() async throws {
        try await withHistory { history in
            try history.commit("first", manifest(path: "b.bin"))
            try history.commit("brought", manifest(path: "a.bin"))
            try history.commit("edited", manifest(path: "a.bin", "  owners: [ml]\n"))
            #expect(try await history.origin() == ["brought"])
        }
    }

    @Test func `where history is too long nobody can tell`() async throws {
        try await withHistory { history in
            try history.commit("first", manifest(Self.one, "file:///a"))
            for number in 1...4 { try history.commit("\(number)", ["models/m/NOTES.md": "\(number)\n"]) }
            #expect(try await history.origin(atMost: 10) == ["first"])
            #expect(try await history.origin(atMost: 9) == nil)
            try history.commit("edited", manifest(Self.one, "file:///a", "  owners: [ml]\n"))
            #expect(try await history.origin(bytes: 1 << 20) == ["first"])
            #expect(try await history.origin(bytes: 100) == nil)
        }
    }

    private func manifest(_ digest: String, _ uri: String, _ more: String = "") -> [String: String] {
        model("uri: \"\(uri)\", sha256: \"\(digest)\"", more)
    }

    private func manifest(path: String, _ more: String = "") -> [String: String] { model("path: \(path)", more) }

    private func model(_ artifact: String, _ more: String) -> [String: String] {
        let head = "apiVersion: martlet.dev/v1\nkind: Model\nmetadata: {name: m}\nspec:\n  task: regression\n"
        return ["models/m/model.yaml": "\(head)  artifact: {\(artifact)}\n\(more)"]
    }

    private func withHistory(_ body: (History) async throws -> Void) async throws {
        try await withTemporaryRepository { try await body(History(repository: $0)) }
    }

    /// Commits by the words that they were made with.
    private struct History {
        let repository: TemporaryRepository

        func commit(_ words: String, _ files: [String: String]) throws {
            try repository.commit(files, message: words, push: false)
        }

        func origin(atMost commits: Int = ArtifactOrigin.mostCommits, bytes: Int = 1 << 26) async throws -> [String]? {
            let tip = try id(repository.git("rev-parse", "HEAD"))
            let store = try GitStore(opening: repository.work)
            return try await store.read { reader in
                let name = VersionName(model: "m", revision: tip)
                guard let known = try KnownVersion.read(name, reader, YAMLManifests()) else { return [] }
                var origin = ArtifactOrigin(of: "m", reader, YAMLManifests(), atMost: commits, bytes: bytes)
                return try origin.commits(of: known.manifest.artifact, from: reader.commit(tip))?.map {
                    String($0.message.prefix { $0 != "\n" })
                }.sorted()
            }
        }
    }
}
