import Domain

/// Finds the waivers that count for one version before one gate.
struct WaiverReader: Sendable {
    let store: any Store
    let signatures: FileSignatures

    /// What waives a check of `version`, and what looks as if it did but does not count.
    func waivers(
        for version: ModelVersion, into environment: String, gate: Gate?, policy snapshot: Snapshot, now: Timestamp
    ) async throws -> Waivers {
        let mine = snapshot.waivers.filter { $0.value.value.covers(version, in: environment) }
        guard !mine.isEmpty else { return Waivers() }
        let tree = snapshot.tree
        let signers = try await store.read { try Signers(in: tree, $0) }
        var waivers = Waivers()
        for (name, entry) in mine.sorted(by: { $0.key < $1.key }) {
            let path = "waivers/\(name).yaml", waiver = entry.value
            guard now < waiver.expires else {
                waivers.refused.append(.init(check: waiver.check, path: path, reason: "it ended \(waiver.expires)"))
                continue
            }
            let found = try await signatures.signature(of: path, at: snapshot.revision, signers: signers)
            var objection =
                entry.isBroken
                ? "it cannot be read; martlet validate says why"
                : objection(to: waiver, found?.verdict ?? .unsigned, found?.commit, gate, snapshot.settings.teams)
            if objection == nil, let found {
                objection = try await changedData(of: version, waiver, since: found.commit)
            }
            if let objection {
                waivers.refused.append(.init(check: waiver.check, path: path, reason: objection))
            } else if let found {
                waivers.granted.append(
                    .init(
                        check: waiver.check, path: path, by: waiver.by, until: waiver.expires, reason: waiver.reason,
                        commit: found.commit))
            }
        }
        return waivers
    }

    /// What of the version's data is not as whoever waived it saw it. A commit names its data, a tree does not.
    private func changedData(
        of version: ModelVersion, _ waiver: Waiver, since commit: ObjectID
    ) async throws -> String? {
        guard waiver.revision == nil else { return nil }
        let changed = try await store.read { reader in
            let tree = try reader.commit(commit).tree
            return try version.data.sorted { $0.key < $1.key }.first {
                try reader.entry(at: $0.key, in: tree)?.id != $0.value
            }
        }
        return changed.map {
            "\($0.key) is not what it was in \(commit.short), the commit that wrote it: waive it anew"
        }
    }

    private func objection(
        to waiver: Waiver, _ verdict: SignatureVerdict, _ commit: ObjectID?, _ gate: Gate?, _ teams: [String: [String]]
    ) -> String? {
        let place = "the commit \(commit?.short ?? "") that wrote it"
        switch verdict {
        case .unsigned: return "\(place) is not signed"
        case .rejected(let words): return "the signature of \(place) does not hold: \(words)"
        case .good(let signer):
            guard signer.lowercased() == waiver.by.lowercased() else {
                return "it says that \(waiver.by) waives, but \(signer) signed \(place)"
            }
            guard let asked = gate?.waivers?.from else { return "the gate lets nobody waive (spec.waivers.from)" }
            let names = asked + asked.flatMap { teams[$0] ?? [] }
            return names.contains { $0.lowercased() == signer.lowercased() }
                ? nil : "the gate does not let \(signer) waive (spec.waivers.from)"
        }
    }
}
