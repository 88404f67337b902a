import Domain

/// Reads and writes `refs/martlet/requests`: `ENV/MODEL.json`, the last request for each deployment.
struct RequestStore: RecordStore {
    static let name = "requests"

    /// More than what is written can ever come to.
    private static let largest = 4 << 20

    let reference: String
    var belief = Belief.all

    func read(_ reader: any ObjectReader) throws -> [Unit: RequestStatus] {
        guard let last = try reader.record(at: reference, belief) else { return [:] }
        var statuses: [Unit: RequestStatus] = [:]
        // What is damaged is as good as none: the request's own branch says what it is.
        _ = try reader.readableFiles(in: last.tree, prefix: "") { path, entry in
            guard entry.mode == .file, path.hasSuffix(".json"), let status = try Self.status(entry, reader),
                path == Self.path(of: status.unit)
            else { return }
            statuses[status.unit] = status
        }
        return statuses
    }

    /// One request, without reading any other.
    func read(_ unit: Unit, _ reader: any ObjectReader) throws -> RequestStatus? {
        guard let last = try reader.record(at: reference, belief) else { return nil }
        do {
            return try reader.entry(at: Self.path(of: unit), in: last.tree).flatMap { try Self.status($0, reader) }
        } catch {
            guard !error.isPassing else { throw error }
            return nil
        }
    }

    /// A commit on top of the reference with these statuses; `nil` where they are there already.
    func write(_ statuses: [RequestStatus], by author: Person, _ writer: any ObjectWriter) throws -> ReferenceUpdate? {
        let statuses = statuses.map(\.bounded)
        let last = try writer.base(of: reference, belief)
        let (tip, base) = (last?.id, last?.tree)
        let blobs = try writer.write(blobs: statuses.map { Array(($0.json.text(pretty: true) + "\n").utf8) })
        let edits = zip(statuses, blobs).map { TreeEdit(set: Self.path(of: $0.unit), to: $1) }
        let tree = try writer.write(tree: base, edits: edits) { edits }
        guard tree != base, let first = statuses.first else { return nil }
        let subject =
            "\(first.unit.request): \(first.state.rawValue)"
            + (statuses.count > 1 ? " and \(statuses.count - 1) more" : "")
        let lines = [subject, ""] + statuses.prefix(100).map(\.summary) + ["", Trailer.record.line(reference)]
        let message = lines.joined(separator: "\n") + "\n"
        let commit = try writer.write(
            CommitDraft(tree: tree, parents: tip.map { [$0] } ?? [], author: author, message: message))
        return ReferenceUpdate(reference, from: tip, to: commit)
    }

    private static func path(of unit: Unit) -> String { "\(unit.environment)/\(unit.model).json" }

    /// `nil` where it is damaged. Throws where it cannot be read for the moment.
    static func status(_ entry: TreeEntry, _ reader: any ObjectReader) throws -> RequestStatus? {
        try reader.readableBlob(entry.id, atMost: largest).flatMap { try? JSON(parsing: $0) }.flatMap {
            RequestStatus(json: $0)
        }
    }
}
