public import Domain

/// The requests as their record and their branches stand, read without the loop.
public struct RequestList: Sendable {
    /// By deployment; those that are over last.
    public let requests: [RequestStatus]

    /// - Parameters:
    ///   - remote: In a clone, what its branches are remembered by: they are the requests, and the clone's own where it has none.
    ///   - environment: Only requests for this one.
    public static func read(
        _ store: any Store, _ language: any ManifestLanguage, branch: String, remote: String = "origin",
        environment: String? = nil
    ) async throws -> RequestList {
        let found = try await store.read { reader in
            guard let tip = try reader.resolve("refs/heads/\(branch)") else { throw LoopError.noBranch(branch) }
            let prefix = try Self.prefix(at: tip, reader, language)
            var statuses = try RequestStore(reference: prefix + "/requests").read(reader)
            for (unit, head) in try Self.heads(reader, remote) where statuses[unit]?.head != head {
                let author = try reader.commit(head).author
                statuses[unit] =
                    RequestStatus(
                        unit: unit, head: head, tip: tip, state: .open, since: author.time,
                        reason: "not judged yet", author: "\(author.name) <\(author.email)>"
                    ).bounded
            }
            return statuses.values.filter { environment == nil || $0.unit.environment == environment }
        }
        return RequestList(
            requests: found.sorted { ($0.isOver ? 1 : 0, $0.unit) < ($1.isOver ? 1 : 0, $1.unit) })
    }

    private static func heads(_ reader: any ObjectReader, _ remote: String) throws -> [Unit: ObjectID] {
        var heads: [Unit: ObjectID] = [:]
        for place in ["refs/heads/", "refs/remotes/\(remote)/"] {
            for reference in try reader.references(matching: place + "promote/*") {
                let branch = "refs/heads/" + reference.name.dropFirst(place.utf8.count)
                if let unit = RequestName.unit(of: branch) { heads[unit] = reference.target }
            }
        }
        return heads
    }

    private static func prefix(at tip: ObjectID, _ reader: any ObjectReader, _ language: any ManifestLanguage) throws
        -> String
    {
        let path = "martlet.yaml"
        guard let place = ManifestPlace(path: path),
            let entry = try reader.entry(at: path, in: try reader.commit(tip).tree),
            case .repository(let settings)? =
                try ParsedFile.read(place, entry, reader, language).file.documents.first?.manifest
        else { return RepositorySettings().references }
        return settings.references
    }

    public subscript(unit: Unit) -> RequestStatus? { requests.first { $0.unit == unit } }
}
