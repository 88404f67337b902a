public import Domain

/// The requests as their record and their branches stand, read without the loop.
public struct RequestList: Sendable {
    /// By deployment; those that are over last.
    public let requests: [RequestStatus]
    /// What of the records is not believed.
    public let problems: [Diagnostic]

    /// - Parameters:
    ///   - remote: In a clone, what its branches are remembered by: they are the requests, and the clone's own where it has none.
    ///   - environment: Only requests for this one.
    ///   - verify: Is asked where records need signatures.
    public static func read(
        _ store: any Store, _ language: any ManifestLanguage, branch: String, remote: String = "origin",
        environment: String? = nil, verify: @escaping VerifySignature = { _, _ in .notVerifiedHere }
    ) async throws -> RequestList {
        guard let tip = try await store.read({ try $0.resolve("refs/heads/\(branch)") }) else {
            throw LoopError.noBranch(branch)
        }
        let trust = try await RecordTrust(at: tip, of: store, language, only: ["requests"], verify: verify)
        let found = try await store.read { reader in
            var statuses = try RequestStore(trust).read(reader)
            for (unit, head) in try Self.heads(reader, remote) where statuses[unit]?.head != head {
                // Anybody may have pushed what cannot be read; it hides none of the others.
                let author = (try? reader.commit(head))?.author
                statuses[unit] =
                    RequestStatus(
                        unit: unit, head: head, tip: tip, state: .open, since: author?.time ?? Timestamp(seconds: 0),
                        reason: author == nil ? "its head cannot be read" : "not judged yet", author: author.words
                    ).bounded
            }
            return statuses.values.filter { environment == nil || $0.unit.environment == environment }
        }
        return RequestList(
            requests: found.sorted { ($0.isOver ? 1 : 0, $0.unit) < ($1.isOver ? 1 : 0, $1.unit) },
            problems: trust.doubts.map(\.diagnostic))
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

    public subscript(unit: Unit) -> RequestStatus? { requests.first { $0.unit == unit } }
}
