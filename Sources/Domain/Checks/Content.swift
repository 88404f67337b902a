/// Bytes that were read or fetched: small ones in memory, large ones in a local file.
public enum Content: Hashable, Sendable {
    case bytes([UInt8])
    case file(path: String, size: Int)

    public var size: Int {
        switch self {
        case .bytes(let bytes): bytes.count
        case .file(_, let size): size
        }
    }
}

/// An artifact on this machine, its digest verified.
public struct Artifact: Hashable, Sendable {
    /// The file or folder.
    public let path: String
    public let isFolder: Bool
    public let size: Int
    /// Of the file; of a folder, the SHA-256 of its sorted list of `DIGEST  PATH` lines.
    public let digest: Digest

    public init(path: String, isFolder: Bool, size: Int, digest: Digest) {
        self.path = path
        self.isFolder = isFolder
        self.size = size
        self.digest = digest
    }
}

/// Why an artifact or dataset cannot be had.
public struct ArtifactFailure: Failure, Hashable {
    public enum Reason: String, Sendable {
        /// The pointer leads nowhere.
        case missing
        /// The bytes are there but are not the ones that were promised.
        case digestMismatch = "digest-mismatch"
        /// The bytes in a store outside of Git are not those of the pointer, and may be put right without a commit: half of a push, a
        /// damaged disk.
        case wrongInStore = "wrong-in-store"
        /// This kind of pointer cannot be resolved here.
        case unsupported
        /// It cannot be had now, and may be another time without a commit: bytes outside of Git that are not where the pointer leads, or
        /// not yet.
        case notYet = "not-yet"
        /// The store did not answer.
        case unreachable
        /// The pointer itself is malformed or leaves the repository.
        case invalid
    }

    public let reason: Reason
    public let description: String

    public init(_ reason: Reason, _ description: String) {
        self.reason = reason
        self.description = description
    }

    /// Whether the same pointer may lead to the right bytes another time, without a commit.
    public var mayChange: Bool { reason == .notYet || reason == .wrongInStore }

    public var remedy: Remedy { reason == .unreachable ? .retry : .askHuman }
}

/// A failure for which the artifact's copy on this machine may be to blame.
public protocol BlamesArtifact: Failure {
    /// The artifact whose bytes are not what its digest says; `nil` where something else failed.
    var blamed: Artifact? { get }
}
