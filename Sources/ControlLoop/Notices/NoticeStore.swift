import Domain

/// Reads and writes `refs/martlet/notices`: `notifiers/NAME.json`, `dependencies/MODEL.json` and `watched.json`.
struct NoticeStore: RecordStore {
    static let name = "notices"

    let reference: String
    var belief = Belief.all

    static let watchedPath = "watched.json"
    static let dependencies = "dependencies"
    static func path(ofNotifier name: String) -> String { "notifiers/\(name).json" }
    static func path(ofModel name: String) -> String { "\(dependencies)/\(name).json" }

    /// The newest commit. What is none was not written by Martlet; it is written over, as nothing but notices hangs on it.
    func last(_ reader: any ObjectReader) throws -> Commit? {
        do {
            return try reader.record(at: reference, belief)
        } catch LoopError.noRecord {
            return nil
        }
    }

    /// The whole book; an empty one where there is no such reference.
    func read(_ reader: any ObjectReader) throws -> (tip: ObjectID?, book: NoticeBook) {
        let tip = try reader.tip(of: reference, belief)
        guard let last = try last(reader) else { return (tip, NoticeBook()) }
        var notifiers: [String: NotifierRecord] = [:]
        var changes: [String: [DependencyChange]] = [:]
        var watched: ObjectID?
        try reader.files(in: last.tree, prefix: "") { path, entry in
            guard entry.mode == .file, path.hasSuffix(".json"), let json = try Self.json(entry, reader) else { return }
            if path == Self.watchedPath {
                watched = json["branch"]?.string.flatMap { ObjectID($0) }
            } else if path.hasPrefix("notifiers/") {
                notifiers[String(path.dropFirst(10).dropLast(5))] = NotifierRecord(json: json)
            } else if path.hasPrefix(Self.dependencies + "/") {
                changes[String(path.dropFirst(Self.dependencies.count + 1).dropLast(5))] = Self.changes(in: json)
            }
        }
        return (tip, NoticeBook(notifiers: notifiers, dependencies: changes, watched: watched))
    }

    /// What is known of one model's dependencies; `nil` where nobody looks for changes.
    func record(of model: String, _ reader: any ObjectReader) throws -> DependencyRecord? {
        guard let tree = try last(reader)?.tree else { return nil }
        func read(_ path: String) throws -> JSON? {
            try reader.entry(at: path, in: tree).flatMap { try Self.json($0, reader) }
        }
        let watched = try read(Self.watchedPath)?["branch"]?.string.flatMap { ObjectID($0) }
        return DependencyRecord(
            watched: watched, changes: try read(Self.path(ofModel: model)).map(Self.changes) ?? [])
    }

    /// A commit on top of the reference with what is not written yet; `nil` where there is nothing to write.
    func write(_ book: NoticeBook, by author: Person, _ writer: any ObjectWriter) throws -> ReferenceUpdate? {
        guard !book.unsaved.isEmpty else { return nil }
        if let doubt = belief.doubt { throw LoopError.doubted(doubt) }
        let tip = try writer.tip(of: reference, belief)
        let last = try last(writer)
        let base = last?.tree
        let edits = try book.unsaved.sorted().compactMap { path in
            try Self.json(at: path, of: book).map { json in
                TreeEdit(set: path, to: try writer.write(blob: Array((json.text(pretty: true) + "\n").utf8)))
            }
        }
        let tree = try writer.write(tree: base, edits: edits)
        guard tree != base else { return nil }
        let message =
            "Notices\n\n" + book.unsaved.sorted().prefix(100).joined(separator: "\n")
            + "\n\n\(Trailer.record.line(reference))\n"
        let commit = try writer.write(
            CommitDraft(tree: tree, parents: last.map { [$0.id] } ?? [], author: author, message: message))
        return ReferenceUpdate(reference, from: tip, to: commit)
    }

    private static func json(at path: String, of book: NoticeBook) -> JSON? {
        if path == watchedPath { return ["branch": JSON(book.watched?.description)] }
        let folder = path.prefix { $0 != "/" }
        let name = String(path.dropFirst(folder.count + 1).dropLast(5))
        if folder == dependencies { return book.dependencies[name].map { ["changes": .array($0.map(\.json))] } }
        return book.notifiers[name]?.json
    }

    private static func changes(in json: JSON) -> [DependencyChange] {
        (json["changes"]?.array ?? []).compactMap { DependencyChange(json: $0) }
    }

    private static func json(_ entry: TreeEntry, _ reader: any ObjectReader) throws -> JSON? {
        try reader.readableBlob(entry.id, atMost: 1 << 22).flatMap { try? JSON(parsing: $0) }
    }
}
