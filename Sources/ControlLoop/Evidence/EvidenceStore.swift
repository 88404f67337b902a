import Domain

/// Reads and writes `refs/martlet/evidence`: `MODEL/TREE-ID/CHECK.KEY.json`.
struct EvidenceStore: RecordStore {
    static let name = "evidence"

    let reference: String
    var belief = Belief.all

    /// The evidence of that key, with the id of its object; `nil` where there is none, or none that can be read.
    func find(_ check: String, _ key: EvidenceKey, of version: ModelVersion, _ reader: any ObjectReader) throws
        -> StoredEvidence?
    {
        guard let last = try reader.record(at: reference, belief) else { return nil }
        let path = Evidence.path(model: version.model, tree: version.tree, check: check, key: key.digest)
        // What is damaged is as good as none: it is found out again.
        guard let entry = try? reader.entry(at: path, in: last.tree), entry.mode == .file,
            let json = try? JSON(parsing: try reader.blob(entry.id, atMost: 1 << 22)),
            let evidence = Evidence(json: json),
            evidence.key == key.digest, evidence.tree == version.tree
        else { return nil }
        return StoredEvidence(id: entry.id, evidence: evidence)
    }

    /// The newest evidence of each of these checks on a version, whatever its key.
    func newest(of version: ModelVersion, _ checks: Set<String>, _ reader: any ObjectReader) throws -> [Evidence] {
        Self.newest(among: try all(of: version, checks, reader))
    }

    /// The newest of each check, in the order of their ids.
    static func newest(among all: [Evidence]) -> [Evidence] {
        var newest: [String: Evidence] = [:]
        for evidence in all where newest[evidence.check].map({ $0.time < evidence.time }) ?? true {
            newest[evidence.check] = evidence
        }
        return newest.values.sorted { $0.check < $1.check }
    }

    /// All evidence of these checks on a version.
    func all(of version: ModelVersion, _ checks: Set<String>, _ reader: any ObjectReader) throws -> [Evidence] {
        guard !checks.isEmpty, let last = try reader.record(at: reference, belief),
            let folder = try? reader.entry(at: "\(version.model)/\(version.tree)", in: last.tree),
            folder.mode == .tree, let entries = try? reader.tree(folder.id)
        else { return [] }
        return entries.compactMap { entry in
            guard entry.mode == .file, checks.contains(where: { entry.name.hasPrefix($0 + ".") }),
                let json = try? JSON(parsing: try reader.blob(entry.id, atMost: 1 << 22)),
                let evidence = Evidence(json: json), checks.contains(evidence.check), evidence.tree == version.tree
            else { return nil }
            return evidence
        }
    }

    /// A commit on top of the reference with more evidence; `nil` where there is nothing new.
    func write(_ evidence: [Evidence], by author: Person, _ writer: any ObjectWriter) throws -> ReferenceUpdate? {
        guard !evidence.isEmpty else { return nil }
        let last = try writer.base(of: reference, belief)
        let (tip, base) = (last?.id, last?.tree)
        let blobs = try writer.write(blobs: evidence.map(Self.bytes))
        let edits = zip(evidence, blobs).map { TreeEdit(set: $0.path, to: $1) }
        let tree = try writer.write(tree: base, edits: edits) { edits }
        guard tree != base else { return nil }
        let lines = evidence.prefix(100).map {
            "\($0.model) \($0.revision.short) \($0.check): \($0.outcome.verdict.rawValue): \($0.outcome.summary)"
        }
        let subject =
            evidence.count == 1
            ? "Evidence: \(evidence[0].check) of \(evidence[0].model)" : "Evidence: \(evidence.count) checks"
        let message =
            [subject, lines.joined(separator: "\n"), Trailer.record.line(reference)].joined(separator: "\n\n") + "\n"
        let commit = try writer.write(
            CommitDraft(tree: tree, parents: tip.map { [$0] } ?? [], author: author, message: message))
        return ReferenceUpdate(reference, from: tip, to: commit)
    }

    static func bytes(of evidence: Evidence) -> [UInt8] { Array((evidence.json.text(pretty: true) + "\n").utf8) }
}

/// Evidence, and the id of the object that holds it.
struct StoredEvidence: Hashable, Sendable {
    let id: ObjectID
    let evidence: Evidence
}
