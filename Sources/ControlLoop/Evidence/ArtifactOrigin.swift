import Domain

/// Finds the commits that brought an artifact's present bytes.
///
/// Each is the last one after which something that tells these bytes from others is as it is now: what lies at the artifact's path or in
/// DVC's pointer or lock for it, and where nothing does, the digest that the manifest gives, and the digest and the address together. A merge
/// that took one side brought nothing.
struct ArtifactOrigin {
    /// So many commits are looked at: it takes a second or two.
    static let mostCommits = 100_000
    /// So many bytes of manifests are parsed.
    private static let mostBytes = 1 << 26

    private let folder: String
    private let reader: any ObjectReader
    private let language: any ManifestLanguage
    private var commitsLeft: Int
    private var bytesLeft: Int
    private var manifests: [ObjectID: ArtifactPointer?] = [:]

    /// What is compared from commit to commit.
    private enum Mark: Hashable {
        case object(ObjectID)
        case digest(Digest)
        case section(Digest?, at: String?)
        /// There is a manifest, and nobody can tell what it says.
        case unreadable
        case nothing
    }

    private enum Trait { case object, digest, section }

    init(
        of model: String, _ reader: any ObjectReader, _ language: any ManifestLanguage,
        atMost commits: Int = mostCommits, bytes: Int = mostBytes
    ) {
        folder = "models/\(model)"
        self.reader = reader
        self.language = language
        (commitsLeft, bytesLeft) = (commits, bytes)
    }

    /// `nil` where the history is too long to tell.
    mutating func commits(of artifact: ArtifactPointer, from start: Commit) throws -> [Commit]? {
        let isInGit = try mark(.object, artifact, start) != .nothing
        // A lock of DVC's, or the pointer to a folder, is of other files, too: who changed it may have changed only those.
        let isShared = try isInGit && !isBeside(artifact, start)
        let traits: [Trait] = isInGit && !isShared ? [.object] : [.object, .digest, .section]
        var found: [Commit] = []
        for trait in traits {
            let present = try mark(trait, artifact, start)
            guard present != .nothing else { continue }
            guard
                let commits = try origin(
                    of: present, trait, artifact, from: start, countsAll: isShared && trait == .object)
            else { return nil }
            found += commits.filter { commit in !found.contains { $0.id == commit.id } }
        }
        return found
    }

    /// Where a manifest on the way cannot be read, whoever mended it may have changed what it said, and whoever wrote what stood before
    /// may have brought it.
    private mutating func origin(
        of present: Mark, _ trait: Trait, _ artifact: ArtifactPointer, from start: Commit, countsAll: Bool
    ) throws -> [Commit]? {
        var (commit, found, present) = (start, [Commit](), present)
        while true {
            var same: Commit?, unreadable: Commit?, other: (Commit, Mark)?
            for id in commit.parents where same == nil {
                guard commitsLeft > 0, bytesLeft > 0 else { return nil }
                commitsLeft -= 1
                let parent = try reader.commit(id)
                switch try mark(trait, artifact, parent) {
                case present: same = parent
                case .unreadable: unreadable = unreadable ?? parent
                case .nothing: break
                case let mark: other = other ?? (parent, mark)
                }
            }
            if same == nil { found.append(commit) }
            if same == nil, countsAll, let (next, mark) = other {
                (commit, present) = (next, mark)
                continue
            }
            guard let next = same ?? unreadable else { return found }
            commit = next
        }
    }

    /// Whether the artifact's own bytes or pointer lie in Git.
    private func isBeside(_ artifact: ArtifactPointer, _ commit: Commit) throws -> Bool {
        guard let path = artifact.path else { return false }
        return try [path, path + ".dvc"].contains { try reader.entry(at: "\(folder)/\($0)", in: commit.tree) != nil }
    }

    private mutating func mark(_ trait: Trait, _ artifact: ArtifactPointer, _ commit: Commit) throws -> Mark {
        guard trait == .object else {
            guard let entry = try reader.entry(at: folder + "/model.yaml", in: commit.tree) else { return .nothing }
            guard let pointer = try pointer(in: entry) else { return .unreadable }
            guard trait == .digest else { return .section(pointer.sha256, at: pointer.uri ?? pointer.path) }
            return pointer.sha256.map(Mark.digest) ?? .nothing
        }
        guard let path = artifact.path else { return .nothing }
        for place in ArtifactPointer.files(for: path) {
            if let entry = try reader.entry(at: "\(folder)/\(place)", in: commit.tree) { return .object(entry.id) }
        }
        return .nothing
    }

    private mutating func pointer(in entry: TreeEntry) throws -> ArtifactPointer? {
        if let known = manifests[entry.id] { return known }
        guard let place = ManifestPlace(path: folder + "/model.yaml") else { return nil }
        let file = try ParsedFile.read(place, entry, reader, language)
        var pointer: ArtifactPointer?
        if case .model(let model)? = file.own, !file.hasErrors { pointer = model.artifact }
        bytesLeft -= min(ParsedFile.largest, (try? reader.size(ofBlob: entry.id)) ?? 0)
        manifests[entry.id] = .some(pointer)
        return pointer
    }
}
