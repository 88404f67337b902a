public import Domain

/// The requests as their record and their branches stand, read without the loop.
public struct RequestList: Sendable {
    /// By deployment; those that are over last.
    public let requests: [RequestStatus]

    /// - Parameter environment: Only requests for this one.
    public static func read(
        _ store: any Store, _ language: any ManifestLanguage, branch: String, environment: String? = nil
    ) async throws -> RequestList {
        let found = try await store.read { reader in
            guard let tip = try reader.resolve("refs/heads/\(branch)") else { throw LoopError.noBranch(branch) }
            let prefix = try Self.prefix(at: tip, reader, language)
            var statuses = try RequestStore(reference: prefix + "/requests").read(reader)
            for reference in try reader.references(matching: RequestName.pattern) {
                guard let unit = RequestName.unit(of: reference.name), statuses[unit]?.head != reference.target else {
                    continue
                }
                let author = try reader.commit(reference.target).author
                statuses[unit] = RequestStatus(
                    unit: unit, head: reference.target, tip: tip, state: .open, since: author.time,
                    reason: "not judged yet", author: "\(author.name) <\(author.email)>")
            }
            return statuses.values.filter { environment == nil || $0.unit.environment == environment }
        }
        return RequestList(
            requests: found.sorted { ($0.isOver ? 1 : 0, $0.unit) < ($1.isOver ? 1 : 0, $1.unit) })
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
