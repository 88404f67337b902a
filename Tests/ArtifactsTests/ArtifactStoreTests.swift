import Domain
import Foundation
import TestSupport
import Testing

@testable import Artifacts

struct ArtifactStoreTests: InScene {
    let scene: ArtifactScene

    init() throws {
        scene = try ArtifactScene("weights of a model\r\nin two lines\r\n") { scratch in
            { url, path, limit in
                try scratch.write("\(url) \(limit)\n".utf8, to: "downloads/\(UUID())")
                guard url.hasSuffix("/files/md5/\(url.suffix(33))") || url.hasSuffix("model.onnx?token=secret") else {
                    throw Unreachable()
                }
                try Data("weights of a model\r\nin two lines\r\n".utf8).write(to: URL(filePath: path))
            }
        }
    }

    @Test func `a file in Git is read once`() async throws {
        let id = ObjectID("0123456789012345678901234567890123456789")
        let files = tree(["models/a/model.onnx": weights], ids: ["models/a/model.onnx": id])
        let artifact = try await store.artifact(ArtifactPointer(path: "model.onnx"), in: "models/a", of: files)
        #expect(artifact.digest == sha256 && artifact.size == weights.count)
        #expect(try Array(Data(contentsOf: URL(filePath: artifact.path))) == weights)
        var unreadable = files
        unreadable.blob = { _ in throw Unreachable() }
        let again = try await store.artifact(ArtifactPointer(path: "model.onnx"), in: "models/a", of: unreadable)
        #expect(again == artifact)
    }

    @Test func `the same text is a pointer in a .dvc file and text elsewhere`() async throws {
        let id = ObjectID("0123456789012345678901234567890123456789")
        try place(weights, named: md5)
        var files = tree(
            ["models/a/model.dvc": dvc(md5), "models/a/notes.txt": dvc(md5)],
            ids: ["models/a/model.dvc": id, "models/a/notes.txt": id])
        files.dvcCaches = [scratch.path + "/remote"]
        for _ in 1...2 {
            #expect(
                try await store.artifact(ArtifactPointer(path: "model"), in: "models/a", of: files).digest == sha256)
            let notes = try await store.artifact(ArtifactPointer(path: "notes.txt"), in: "models/a", of: files)
            #expect(notes.digest == SHA256.digest(of: dvc(md5)))
        }
    }

    @Test(arguments: [("a,b\r\n1,2\r\n", "a,b\n1,2\n"), ("a,b\n1,2\n", "a,b\r\n1,2\r\n")])
    func `where Git has changed nothing but line ends, that is said`(text: String, other: String) async throws {
        let pointer = ArtifactPointer(path: "eval.csv", sha256: SHA256.digest(of: Array(text.utf8)))
        func words(_ found: String) async -> String {
            let error = await #expect(throws: ArtifactFailure.self) {
                try await store.artifact(pointer, in: "data", of: tree(["data/eval.csv": Array(found.utf8)]))
            }
            return error?.description ?? ""
        }
        #expect(await words(other).contains("Git changed its line ends: put '*.csv -text' into .gitattributes"))
        #expect(await words(other + "3,4\n").contains("put the right file there"))
    }

    @Test func `what the digest decides is not read`() async throws {
        let file = try scratch.write(weights, to: "model.onnx")
        let pointer = ArtifactPointer(uri: "file://\(file)", sha256: sha256)
        let first = try await store.artifact(pointer, in: "models/a", of: tree([:]))
        try FileManager.default.removeItem(atPath: file)
        #expect(try await store.artifact(pointer, in: "models/a", of: tree([:])) == first)
    }

    @Test func `what is gone from Git is missing, whatever is kept of it`() async throws {
        let digits = sha256.digits
        let id = ObjectID("0123456789012345678901234567890123456789")
        try scratch.write(weights, to: "lfs/\(digits.prefix(2))/\(digits.dropFirst(2).prefix(2))/\(digits)")
        try place(weights, named: md5)
        let text = Array(
            "version https://git-lfs.github.com/spec/v1\noid sha256:\(digits)\nsize \(weights.count)\n".utf8)
        let pointer = ArtifactPointer(path: "model.onnx", sha256: sha256, size: weights.count)
        for (name, bytes) in [("model.onnx", weights), ("model.onnx", text), ("model.onnx.dvc", dvc(md5))] {
            var files = tree(["models/a/\(name)": bytes], ids: ["models/a/\(name)": id])
            files.lfsFolders = [scratch.path + "/lfs"]
            files.dvcCaches = [scratch.path + "/remote"]
            #expect(try await store.artifact(pointer, in: "models/a", of: files).digest == sha256)
            await expect(.missing, ["models/a/model.onnx: neither it nor models/a/model.onnx.dvc is in Git"]) {
                try await store.artifact(pointer, in: "models/a", of: tree([:]))
            }
        }
    }

    @Test func `what was changed in Git is refused under the old digest, though that is kept`() async throws {
        let pointer = ArtifactPointer(path: "model.onnx", sha256: sha256)
        let before = tree(["models/a/model.onnx": weights])
        #expect(try await store.artifact(pointer, in: "models/a", of: before).digest == sha256)
        await expect(.digestMismatch, ["models/a/model.onnx: expected \(sha256)"]) {
            try await store.artifact(pointer, in: "models/a", of: tree(["models/a/model.onnx": weights + [0]]))
        }
    }

    @Test func `a Git LFS pointer leads to the object in the clone`() async throws {
        let digits = sha256.digits
        try scratch.write(weights, to: "lfs/\(digits.prefix(2))/\(digits.dropFirst(2).prefix(2))/\(digits)")
        let text = "version https://git-lfs.github.com/spec/v1\noid sha256:\(digits)\nsize \(weights.count)\n"
        var files = tree(["models/a/model.onnx": Array(text.utf8)])
        let pointer = ArtifactPointer(path: "model.onnx")
        await expect(.notYet, ["models/a/model.onnx", digits, "git lfs fetch"]) {
            try await store.artifact(pointer, in: "models/a", of: files)
        }
        var origin = files
        origin.pushedTo = "/srv/models.git"
        await expect(
            .notYet, ["run 'git lfs push --all origin' in a clone", "/srv/models.git"], without: "git lfs fetch"
        ) {
            try await store.artifact(pointer, in: "models/a", of: origin)
        }
        files.lfsFolders = [scratch.path + "/none", scratch.path + "/lfs"]
        #expect(try await store.artifact(pointer, in: "models/a", of: files).digest == sha256)
        #expect(try await store.content("models/a/model.onnx", of: files)?.size == weights.count)
        let other = Digest(String(repeating: "1", count: 64))
        await expect(.digestMismatch, ["but its Git LFS pointer names"]) {
            try await store.artifact(ArtifactPointer(path: "model.onnx", sha256: other), in: "models/a", of: files)
        }
    }

    @Test func `a damaged object of Git LFS is refused`() async throws {
        let digits = sha256.digits
        try scratch.write(weights.reversed(), to: "lfs/\(digits.prefix(2))/\(digits.dropFirst(2).prefix(2))/\(digits)")
        let text = "version https://git-lfs.github.com/spec/v1\noid sha256:\(digits)\nsize \(weights.count)\n"
        var files = tree(["models/a/model.onnx": Array(text.utf8)])
        files.lfsFolders = [scratch.path + "/lfs"]
        await expect(.wrongInStore, ["models/a/model.onnx", "expected sha256:\(digits)"]) {
            try await store.artifact(ArtifactPointer(path: "model.onnx"), in: "models/a", of: files)
        }
    }

    @Test func `a folder in Git has the digest of its files, pointers among them`() async throws {
        let digits = sha256.digits
        try scratch.write(weights, to: "lfs/\(digits.prefix(2))/\(digits.dropFirst(2).prefix(2))/\(digits)")
        let text = "version https://git-lfs.github.com/spec/v1\noid sha256:\(digits)\nsize \(weights.count)\n"
        var files = tree([
            "models/a/saved/saved_model.pb": Array("graph".utf8),
            "models/a/saved/variables/variables.data": Array(text.utf8),
            "models/a/saved/assets/same.dvc": dvc(md5), "models/a/saved/assets/.gitignore": Array("/same".utf8),
        ])
        try place(weights, named: md5)
        files.dvcCaches = [scratch.path + "/remote"]
        files.lfsFolders = [scratch.path + "/lfs"]
        let artifact = try await store.artifact(ArtifactPointer(path: "saved"), in: "models/a", of: files)
        #expect(artifact.isFolder && artifact.size == 5 + 2 * weights.count)
        #expect(try Array(Data(contentsOf: URL(filePath: artifact.path + "/variables/variables.data"))) == weights)
        let expected = FolderDigest.of([
            ("variables/variables.data", sha256), ("assets/same", sha256),
            ("saved_model.pb", SHA256.digest(of: "graph".utf8)),
        ])
        #expect(artifact.digest == expected)
    }

    @Test(arguments: ["files/md5/", ""])
    func `a .dvc file leads to DVC's cache, in its new and its old layout`(layout: String) async throws {
        try scratch.write(weights, to: ".dvc/cache/\(layout)\(md5.prefix(2))/\(md5.dropFirst(2))")
        var files = tree(["models/a/model.onnx.dvc": dvc(md5)])
        files.workTree = scratch.path
        for path in ["model.onnx", "model.onnx.dvc"] {
            let artifact = try await store.artifact(ArtifactPointer(path: path), in: "models/a", of: files)
            #expect(artifact.digest == sha256)
        }
        #expect(try await store.content("models/a/model.onnx", of: files)?.size == weights.count)
    }

    @Test func `what DVC 2 hashed with other line ends is still the same file`() async throws {
        let unix = Self.md5(of: Array(String(decoding: weights, as: UTF8.self).replacing("\r\n", with: "\n").utf8))
        try scratch.write(weights, to: ".dvc/cache/\(unix.prefix(2))/\(unix.dropFirst(2))")
        let text = Array(#"{"outs": [{"md5": "\#(unix)", "size": \#(weights.count), "path": "model.onnx"}]}"#.utf8)
        var files = tree(["models/a/model.onnx.dvc": text])
        files.workTree = scratch.path
        #expect(
            try await store.artifact(ArtifactPointer(path: "model.onnx"), in: "models/a", of: files).digest == sha256)
        let strict = tree(["models/a/model.onnx.dvc": dvc(unix)])
        var other = strict
        other.workTree = scratch.path
        // What is damaged is fetched no better by fetching it anew.
        await expect(.wrongInStore, ["expected md5 \(unix)", "remove that file, then run 'dvc push'"], without: "pull")
        {
            try await store.artifact(ArtifactPointer(path: "model.onnx"), in: "models/a", of: other)
        }
    }

    @Test func `a folder of DVC's comes from a local remote, each file verified`() async throws {
        let inner = [("cat.jpeg", Array("cat".utf8)), ("sub/b é.txt", Array("b".utf8))]
        for (_, bytes) in inner { try place(bytes, named: Self.md5(of: bytes)) }
        let list = Array(
            ("[" + inner.map { #"{"md5": "\#(Self.md5(of: $1))", "relpath": "\#($0)"}"# }.joined(separator: ", ") + "]")
                .utf8)
        try place(list, named: Self.md5(of: list) + ".dir")
        var files = tree([
            "models/a/saved.dvc": dvc(Self.md5(of: list) + ".dir"),
            ".dvc/config": Array("[core]\n remote = near\n['remote \"near\"']\n url = ../remote\n".utf8),
        ])
        files.workTree = scratch.path
        try scratch.write([], to: ".dvc/tmp")
        let artifact = try await store.artifact(ArtifactPointer(path: "saved"), in: "models/a", of: files)
        #expect(artifact.isFolder)
        #expect(try Data(contentsOf: URL(filePath: artifact.path + "/sub/b é.txt")) == Data("b".utf8))
        try FileManager.default.removeItem(atPath: scratch.path + "/remote")
        #expect(try await store.artifact(ArtifactPointer(path: "saved"), in: "models/a", of: files) == artifact)
    }

    @Test func `the nearest .dvc above a pointer says where its objects are`() async throws {
        try place(weights, named: md5)
        let files = tree([
            "models/a/model.onnx.dvc": dvc(md5), ".dvc/config": Array("['remote \"r\"']\n url = /srv/none\n".utf8),
            "models/.dvc/config": Array("['remote \"r\"']\n url = \(scratch.path)/remote\n".utf8),
        ])
        let pointer = ArtifactPointer(path: "model.onnx")
        #expect(try await store.artifact(pointer, in: "models/a", of: files).digest == sha256)
        var clone = tree([
            "models/a/model.onnx.dvc": dvc(md5),
            "models/.dvc/config": Array("['remote \"r\"']\n url = ../../remote\n".utf8),
        ])
        clone.workTree = scratch.path
        try scratch.write([], to: "models/.dvc/tmp")
        let other = store(at: "other")
        #expect(try await other.artifact(pointer, in: "models/a", of: clone).digest == sha256)
    }

    @Test func `an object that DVC does not have here is named with where was looked`() async throws {
        var files = tree([
            "models/a/model.onnx.dvc": dvc(md5), ".dvc/config": Array("['remote \"far\"']\n url = s3://bucket\n".utf8),
        ])
        files.dvcCaches = ["/srv/none"]
        await expect(
            .notYet, ["models/a/model.onnx.dvc", md5, "/srv/none", "'far' at s3://bucket", "absolute cache.dir"]
        ) {
            try await store.artifact(ArtifactPointer(path: "model.onnx"), in: "models/a", of: files)
        }
        files.workTree = "/srv/clone"
        await expect(.notYet, ["/srv/clone/.dvc/cache", "run 'dvc pull' where Martlet runs"]) {
            try await store.artifact(ArtifactPointer(path: "model.onnx"), in: "models/a", of: files)
        }
        files = tree([
            "models/a/model.onnx.dvc": dvc(md5),
            ".dvc/config": Array("['remote \"web\"']\n url = https://example.com/dvc/\n".utf8),
        ])
        #expect(
            try await store.artifact(ArtifactPointer(path: "model.onnx"), in: "models/a", of: files).digest == sha256)
    }

    @Test func `an address is fetched, verified, and shown without its query`() async throws {
        let url = "https://example.com/model.onnx?token=secret"
        let pointer = ArtifactPointer(uri: url, sha256: sha256, size: weights.count)
        #expect(try await store.artifact(pointer, in: "models/a", of: tree([:])).digest == sha256)
        let wrong = ArtifactPointer(uri: url, sha256: Digest(String(repeating: "1", count: 64)))
        await expect(.wrongInStore, ["models/a: https://example.com/model.onnx: expected"], without: "secret") {
            try await store.artifact(wrong, in: "models/a", of: tree([:]))
        }
        let gone = ArtifactPointer(uri: "https://example.com/gone", sha256: Digest(String(repeating: "1", count: 64)))
        await expect(.unreachable, ["nobody answered"]) {
            try await store.artifact(gone, in: "models/a", of: tree([:]))
        }
        #expect(FileTree.entries(of: scratch.path + "/cache/drafts").isEmpty)
    }

    @Test func `a failed download names its address once, and an outage that needs a person is one, too`() async throws
    {
        struct Untrusted: Failure {
            let description: String
            let remedy = Remedy.askHuman
            let isOutage: Bool
        }
        for isOutage in [true, false] {
            let store = ArtifactStore(testing: scratch.path + "/cache") { url, _, _ in
                throw Untrusted(description: "\(url.prefix { $0 != "?" }): not trusted", isOutage: isOutage)
            }
            let pointer = ArtifactPointer(uri: "https://example.com:8443/m.onnx?token=secret", sha256: sha256)
            let failure = await #expect(throws: ArtifactFailure.self) {
                try await store.artifact(pointer, in: "models/a", of: tree([:]))
            }
            #expect(failure?.reason == (isOutage ? .unreachable : .notYet))
            #expect(failure?.description == "models/a: https://example.com:8443/m.onnx: not trusted")
        }
    }

    @Test(arguments: ["../b/model.onnx", "/etc/passwd", "", "a/../../x", "a\u{0}b"])
    func `a path that leaves the model's folder is refused`(path: String) async throws {
        await expect(.invalid, ["no path inside"]) {
            try await store.artifact(ArtifactPointer(path: path), in: "models/a", of: tree([:]))
        }
    }

    @Test func `a uri leads to no file that is not for everybody, and tells nothing of what lies there`() async throws {
        let file = try scratch.write(weights, to: "secret.onnx")
        let pointer = ArtifactPointer(uri: "file://\(file)", sha256: Digest(String(repeating: "1", count: 64)))
        do {
            _ = try await store.artifact(pointer, in: "models/a", of: tree([:]))
            Issue.record("another digest")
        } catch {
            #expect("\(error)".contains("is another; put the right file there"))
            #expect(!"\(error)".contains(sha256.digits))
        }
        let right = ArtifactPointer(uri: "file://\(file)", sha256: sha256)
        chmod(file, 0o600)
        await expect(.notYet, ["it is not for everybody on this machine to read", "MARTLET_FILES"]) {
            try await store.artifact(right, in: "models/a", of: tree([:]))
        }
        let named = store(at: "named", access: FileAccess(folders: "/nowhere:\(scratch.path)"))
        #expect(try await named.artifact(right, in: "models/a", of: tree([:])).digest == sha256)
        symlink(file, scratch.path + "/link.onnx")
        let elsewhere = store(at: "elsewhere", access: FileAccess(folders: scratch.path + "/models"))
        await expect(.notYet, ["not for everybody"]) {
            try await elsewhere.artifact(
                ArtifactPointer(uri: "file://\(scratch.path)/link.onnx", sha256: sha256), in: "models/a", of: tree([:]))
        }
    }

    @Test func `what cannot be resolved is named as such`() async throws {
        let digest = Digest(String(repeating: "1", count: 64))
        await expect(.unsupported, ["s3:// cannot be read yet"]) {
            try await store.artifact(ArtifactPointer(uri: "s3://b/k", sha256: digest), in: "models/a", of: tree([:]))
        }
        await expect(.missing, ["models/a/model.onnx.dvc is in Git"]) {
            try await store.artifact(ArtifactPointer(path: "model.onnx"), in: "models/a", of: tree([:]))
        }
        await expect(.notYet, ["there is no file /no/such"]) {
            try await store.artifact(
                ArtifactPointer(uri: "file:///no/such", sha256: digest), in: "models/a", of: tree([:]))
        }
        #expect(try await store.content("models/a/none", of: tree([:])) == nil)
    }

    private struct Unreachable: Failure {
        var description: String { "nobody answered" }
        var remedy: Remedy { .retry }
    }

    private func place(_ bytes: [UInt8], named name: String) throws {
        try scratch.write(bytes, to: "remote/files/md5/\(name.prefix(2))/\(name.dropFirst(2))")
    }

    private func dvc(_ md5: String) -> [UInt8] {
        Array(#"{"outs": [{"md5": "\#(md5)", "hash": "md5", "path": "x"}]}"#.utf8)
    }

    private func expect(
        _ reason: ArtifactFailure.Reason, _ words: [String], without hidden: String = "\u{0}",
        _ body: () async throws -> Artifact
    ) async {
        do {
            _ = try await body()
            Issue.record("it was resolved")
        } catch let failure as ArtifactFailure {
            #expect(failure.reason == reason, "\(failure)")
            for word in words { #expect(failure.description.contains(word), "\(failure)") }
            #expect(!failure.description.contains(hidden))
        } catch {
            Issue.record(error)
        }
    }
}
