import Domain

/// Reads and writes `refs/martlet/retraining`: `MODEL.json`, one file a model.
struct RetrainStore: RecordStore {
    static let name = "retraining"

    let reference: String
    let belief: Belief

    /// What is known of one model's trainings, and the commit that says it; an empty record where nothing is. Throws where it cannot be
    /// read: then none may begin.
    func read(_ model: String, _ reader: any ObjectReader) throws -> (tip: Commit?, record: RetrainRecord) {
        if let doubt = belief.doubt { throw LoopError.doubted(doubt) }
        guard let last = try reader.record(at: reference, belief) else { return (nil, RetrainRecord()) }
        guard let entry = try reader.entry(at: Self.path(model), in: last.tree) else { return (last, RetrainRecord()) }
        guard let record = try Self.record(entry, reader) else {
            throw LoopError.unreadable("\(Self.path(model)) of \(reference) is no record of Martlet's")
        }
        return (last, record)
    }

    /// The records of all models. What is damaged is left out: it is told where it matters.
    func readAll(_ reader: any ObjectReader) throws -> [String: RetrainRecord] {
        guard let last = try reader.record(at: reference, belief) else { return [:] }
        var records: [String: RetrainRecord] = [:]
        _ = try reader.readableFiles(in: last.tree, prefix: "") { path, entry in
            guard let model = Self.model(path), let record = try? Self.record(entry, reader) else { return }
            records[model] = record
        }
        return records
    }

    /// A commit with one model's record on top of that which was read: where somebody has written since, it cannot be published.
    func write(
        _ record: RetrainRecord, of model: String, on last: Commit?, _ subject: String, by author: Person,
        _ writer: any ObjectWriter
    ) throws -> ReferenceUpdate {
        let blob = try writer.write(blob: Array((record.json.text(pretty: true) + "\n").utf8))
        let tree = try writer.write(tree: last?.tree, edits: [TreeEdit(set: Self.path(model), to: blob)])
        let message = "\(subject)\n\n\(Trailer.record.line(reference))\n"
        let commit = try writer.write(
            CommitDraft(tree: tree, parents: last.map { [$0.id] } ?? [], author: author, message: message))
        return ReferenceUpdate(reference, from: last?.id, to: commit)
    }

    /// What becomes of what one of Martlet's references held where a person deletes it: of trainings nothing else tells.
    static func afterDeletion(of reference: String) -> String {
        reference.hasSuffix("/\(name)") ? "trainings may begin again" : "what it held is found out anew"
    }

    static func path(_ model: String) -> String { "\(model).json" }

    static func model(_ path: String) -> String? { path.hasSuffix(".json") ? String(path.dropLast(5)) : nil }

    static func record(_ entry: TreeEntry, _ reader: any ObjectReader) throws -> RetrainRecord? {
        guard entry.mode == .file, let json = try? JSON(parsing: try reader.blob(entry.id, atMost: 1 << 20)),
            json.members != nil
        else { return nil }
        return RetrainRecord(json: json)
    }
}
