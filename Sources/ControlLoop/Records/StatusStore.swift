import Domain

/// Reads and writes `refs/martlet/status`: `ENV/MODEL.json`, one file a deployment.
struct StatusStore: RecordStore {
    static let name = "status"

    let reference: String
    var belief = Belief.all

    /// The ledger as the reference holds it; an empty one where there is no such reference.
    func read(_ reader: any ObjectReader) throws -> Ledger {
        guard let commit = try reader.record(at: reference, belief) else { return Ledger() }
        return try Self.ledger(at: commit, reader)
    }

    /// The branch's commit up to which what is recorded goes.
    func observed(_ reader: any ObjectReader) throws -> ObjectID? {
        try reader.record(at: reference, belief).flatMap { Trailer.observed.value(in: $0.message) }.flatMap {
            ObjectID($0)
        }
    }

    /// The ledger that one commit of the reference holds.
    static func ledger(at tip: ObjectID, _ reader: any ObjectReader) throws -> Ledger {
        try ledger(at: reader.commit(tip), reader)
    }

    private static func ledger(at commit: Commit, _ reader: any ObjectReader) throws -> Ledger {
        var statuses: [Unit: DeploymentStatus] = [:], lost: [String: Damage] = [:]
        let folders = try reader.readableFiles(in: commit.tree, prefix: "") { path, entry in
            guard let unit = unit(path), entry.mode == .file else { return }
            do {
                if let status = try status(entry, reader) { statuses[unit] = status }
            } catch {
                guard !error.isPassing else { throw error }
                // What a record said of one unit cannot be read: the others stand.
                lost[path] = Damage(path: path, id: entry.id, why: "\(error)")
            }
        }
        return Ledger(
            statuses: statuses, observed: Trailer.observed.value(in: commit.message).flatMap { ObjectID($0) },
            lost: folders + lost.values.sorted { $0.path < $1.path })
    }

    /// What the record said last of units of which it cannot be read now, as far as its own history can be. Nothing of those that it did not
    /// name any more.
    func earlier(of units: Set<Unit>, _ reader: any ObjectReader) throws -> [Unit: DeploymentStatus] {
        guard let tip = try reader.tip(of: reference, belief) else { return [:] }
        var found: [Unit: DeploymentStatus] = [:]
        var open = units
        // A bound on all looks: there may be many units, and many commits.
        var left = 100_000
        try? reader.firstParents(from: tip) { commit in
            for unit in open where left > 0 {
                left -= 1
                do {
                    let entry = try reader.entry(at: Self.path(unit), in: commit.tree)
                    let status = try entry.flatMap { try Self.status($0, reader) }
                    if entry == nil || status != nil { open.remove(unit) }
                    found[unit] = status
                } catch { continue }
            }
            return !open.isEmpty && left > 0
        }
        return found
    }

    /// One unit's status, without reading any other.
    func read(_ unit: Unit, _ reader: any ObjectReader) throws -> DeploymentStatus? {
        guard let commit = try reader.record(at: reference, belief),
            let entry = try reader.entry(at: Self.path(unit), in: commit.tree)
        else { return nil }
        return try Self.status(entry, reader)
    }

    /// A commit on top of the reference with the unsaved statuses of `ledger`; `nil` where there is nothing to write.
    func write(_ ledger: Ledger, by author: Person, _ writer: any ObjectWriter) throws -> ReferenceUpdate? {
        guard !ledger.unsaved.isEmpty || ledger.isAccepted else { return nil }
        let last = try writer.base(of: reference, belief)
        let (tip, base) = (last?.id, last?.tree)
        let units = ledger.unsaved.sorted()
        let (kept, gone) = (units.filter { ledger[$0] != nil }, units.filter { ledger[$0] == nil })
        let blobs = try writer.write(
            blobs: kept.compactMap { unit in
                ledger[unit].map { Array(($0.json.text(pretty: true) + "\n").utf8) }
            })
        let edits =
            zip(kept, blobs).map { TreeEdit(set: Self.path($0), to: $1) } + gone.map { TreeEdit(remove: Self.path($0)) }
        let tree = try writer.write(tree: base, edits: edits) { try Self.whole(ledger, gone, writer) }
        guard tree != base || ledger.isAccepted else { return nil }
        let commit = try writer.write(
            CommitDraft(tree: tree, parents: tip.map { [$0] } ?? [], author: author, message: message(ledger)))
        return ReferenceUpdate(reference, from: tip, to: commit)
    }

    /// All that there is to say, where what was said cannot be read.
    private static func whole(_ ledger: Ledger, _ gone: [Unit], _ writer: any ObjectWriter) throws -> [TreeEdit] {
        let statuses = ledger.statuses.sorted { $0.key < $1.key }
        let blobs = try writer.write(blobs: statuses.map { Array(($0.value.json.text(pretty: true) + "\n").utf8) })
        return zip(statuses, blobs).map { TreeEdit(set: path($0.key), to: $1) }
            + gone.map { TreeEdit(remove: path($0)) }
    }

    private func message(_ ledger: Ledger) -> String {
        let units = ledger.unsaved.sorted()
        let first =
            units.first.map { unit in "\(unit): \(ledger[unit]?.state.rawValue ?? "gone")" }
            ?? "accept the branch as it is"
        let lines = units.prefix(100).map { unit in
            "\(unit): \(ledger[unit]?.state.rawValue ?? "gone"): \(ledger[unit]?.reason ?? "")"
        }
        let trailers =
            (ledger.observed.map { [Trailer.observed.line($0.description)] } ?? []) + [Trailer.record.line(reference)]
        return first + (units.count > 1 ? " and \(units.count - 1) more" : "") + "\n\n" + lines.joined(separator: "\n")
            + "\n\n" + trailers.joined(separator: "\n") + "\n"
    }

    static func path(_ unit: Unit) -> String { "\(unit.environment)/\(unit.model).json" }

    static func unit(_ path: String) -> Unit? {
        guard path.hasSuffix(".json"), let slash = path.firstIndex(of: "/") else { return nil }
        return Unit(environment: String(path[..<slash]), model: String(path[path.index(after: slash)...].dropLast(5)))
    }

    static func status(_ entry: TreeEntry, _ reader: any ObjectReader) throws -> DeploymentStatus? {
        let bytes = try reader.blob(entry.id, atMost: 1 << 20)
        return (try? JSON(parsing: bytes)).flatMap { DeploymentStatus(json: $0) }
    }
}
