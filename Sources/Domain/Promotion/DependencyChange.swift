/// A change of something that a model depends on, as the branch brought it, and who was told of it.
public struct DependencyChange: Hashable, Sendable {
    /// `data/NAME.yaml`, or a file of the model's folder.
    public let path: String
    /// What it is now; `nil` where it is gone.
    public let blob: ObjectID?
    /// The branch's commit at which it was found.
    public let commit: ObjectID
    public let seen: Timestamp
    /// By the name of the notifier, when it took the notice.
    public var told: [String: Timestamp]

    public init(
        path: String, blob: ObjectID?, commit: ObjectID, seen: Timestamp, told: [String: Timestamp] = [:]
    ) {
        self.path = path
        self.blob = blob
        self.commit = commit
        self.seen = seen
        self.told = told
    }

    /// What people call it: a dataset by its name, a file by its path.
    public static func name(of path: String) -> String {
        path.hasPrefix("data/") && path.hasSuffix(".yaml") ? String(path.dropFirst(5).dropLast(5)) : path
    }
}

/// What is known of a model's dependencies: how far the branch was looked at, and what changed.
public struct DependencyRecord: Hashable, Sendable {
    /// The commit of the branch up to which changes were looked for.
    public let watched: ObjectID?
    /// Newest first.
    public let changes: [DependencyChange]

    public init(watched: ObjectID?, changes: [DependencyChange]) {
        self.watched = watched
        self.changes = changes
    }
}

extension DependencyChange {
    public var json: JSON {
        [
            "path": .string(path), "blob": JSON(blob?.description), "commit": .string(commit.description),
            "seen": .string(seen.description),
            "told": .object(told.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value.description)) }),
        ]
    }

    /// Reads what ``json`` wrote; `nil` where something is missing.
    public init?(json: JSON) {
        guard let path = json["path"]?.string, let commit = json["commit"]?.string.flatMap({ ObjectID($0) }),
            let seen = json["seen"]?.string.flatMap({ Timestamp($0) })
        else { return nil }
        let told = (json["told"]?.members ?? []).compactMap { member in
            member.value.string.flatMap { Timestamp($0) }.map { (member.key, $0) }
        }
        self.init(
            path: path, blob: json["blob"]?.string.flatMap { ObjectID($0) }, commit: commit, seen: seen,
            told: Dictionary(told) { first, _ in first })
    }
}
