import Domain
import TestSupport

@testable import Artifacts

/// A store with a cache of its own, and the bytes that tests look for.
struct ArtifactScene {
    let scratch: ScratchFolder
    let store: ArtifactStore
    let weights: [UInt8]
    let sha256: Digest
    let md5: String

    /// - Parameter download: Fetches an address, by what is in the folder.
    init(_ weights: String, download: (ScratchFolder) -> ArtifactStore.Download) throws {
        scratch = try ScratchFolder()
        store = ArtifactStore(testing: scratch.path + "/cache", download: download(scratch))
        self.weights = Array(weights.utf8)
        sha256 = SHA256.digest(of: self.weights)
        md5 = Self.md5(of: self.weights)
    }

    static func md5(of bytes: [UInt8]) -> String {
        var hash = MD5()
        bytes.withUnsafeBytes { hash.update($0) }
        return Hexadecimal.text(hash.finish())
    }
}

/// Tests that play in a scene.
protocol InScene {
    var scene: ArtifactScene { get }
}

extension InScene {
    var scratch: ScratchFolder { scene.scratch }
    var store: ArtifactStore { scene.store }
    var weights: [UInt8] { scene.weights }
    var sha256: Digest { scene.sha256 }
    var md5: String { scene.md5 }

    /// Another store, which knows nothing of what the first one has.
    func store(at name: String, access: FileAccess = FileAccess()) -> ArtifactStore {
        ArtifactStore(testing: "\(scratch.path)/\(name)", access: access, download: store.download)
    }

    static func md5(of bytes: [UInt8]) -> String { ArtifactScene.md5(of: bytes) }

    func tree(_ blobs: [String: [UInt8]], ids: [String: ObjectID?] = [:]) -> RepositoryFiles {
        RepositoryFiles(
            entry: { path in
                if blobs[path] != nil { return .file(ids[path] ?? nil) }
                return blobs.keys.contains { $0.hasPrefix(path + "/") } ? .folder(nil) : nil
            },
            blob: { path in blobs[path].map { .bytes($0) } },
            list: { folder in
                blobs.keys.filter { $0.hasPrefix(folder + "/") }.map { String($0.dropFirst(folder.count + 1)) }
            })
    }
}

extension ArtifactStore {
    /// A store for which time stands still, and whose YAML is JSON.
    init(testing folder: String, access: FileAccess = FileAccess(), download: @escaping Download) {
        self.init(
            folder: folder, access: access, now: { Timestamp(seconds: 0) },
            yaml: { ManifestTree(try JSON(parsing: $0)) }, download: download)
    }
}
