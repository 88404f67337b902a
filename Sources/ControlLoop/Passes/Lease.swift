public import Domain

/// Which controller acts: what `refs/martlet/lease` says.
///
/// It spares controllers from deciding the same things side by side. That nothing is lost or done twice rests on
/// compare-and-swap alone, so a lease that is wrong, forged or refused by the remote does no harm.
public struct Lease: Hashable, Sendable {
    /// A word that no other process has.
    public let holder: String
    public let host: String
    public let process: Int
    /// Where process numbers mean the same: one running machine, or one container on it.
    public let space: String
    public let since: Timestamp
    /// When this was last written anew; it may have been prolonged since.
    public let renewed: Timestamp
    /// How long it counts for without being prolonged.
    public let duration: Duration

    public var title: String { "\(host) (process \(process))" }

    public var json: JSON {
        [
            "holder": .string(holder), "host": .string(host), "pid": .int(process), "space": .string(space),
            "since": .string(since.description),
            "renewed": .string(renewed.description), "ttl": .string(duration.text),
        ]
    }
}

extension Lease {
    static let file = "lease.json"

    /// Reads what ``json`` wrote; `nil` where something is missing.
    init?(json: JSON) {
        guard let holder = json["holder"]?.string, let host = json["host"]?.string, let process = json["pid"]?.int,
            let since = json["since"]?.string.flatMap({ Timestamp($0) }),
            let renewed = json["renewed"]?.string.flatMap({ Timestamp($0) }),
            let duration = json["ttl"]?.string.flatMap({ Duration(text: $0) })
        else { return nil }
        self.init(
            holder: holder, host: Excerpt.line(host), process: process, space: json["space"]?.string ?? "",
            since: since,
            renewed: renewed, duration: duration)
    }

    /// The lease that a commit holds; `nil` where that is none, since anybody may write there.
    static func read(_ commit: ObjectID, _ reader: any ObjectReader) throws -> Lease? {
        guard let tree = try? reader.commit(commit).tree, let entry = try reader.entry(at: file, in: tree),
            entry.mode == .file, let json = try? JSON(parsing: try reader.blob(entry.id, atMost: 1 << 16))
        else { return nil }
        return Lease(json: json)
    }

    /// Writes commits without parents that hold this lease, as many as there are beats.
    ///
    /// A lease is prolonged by moving the reference on to the next of them, and from the last to the first again. So
    /// an idle controller adds no object for as long as it runs, where a history would grow by a commit each time.
    func write(by author: Person, _ writer: any ObjectWriter) throws -> [ObjectID] {
        let blob = try writer.write(blob: Array((json.text(pretty: true) + "\n").utf8))
        let tree = try writer.write(tree: nil, edits: [TreeEdit(set: Self.file, to: blob)])
        return try (1...LeaseKeeper.beats).map { beat in
            try writer.write(
                CommitDraft(tree: tree, parents: [], author: author, message: "Lease of \(title), beat \(beat)\n"))
        }
    }
}
