import Domain

/// What came of reading an artifact.
struct ReadDigest: Sendable {
    let digest: Result<Digest, any Error>
    /// Until when a failure counts.
    var retryAt: Timestamp?
    /// The environments of which a failure was told.
    var toldFor: Set<String> = []
}

/// Reads artifacts, in a loop beside the passes: one of many gigabytes holds up nothing but its own version.
extension Controller {
    /// The moves with the digests of the artifacts that must run; `nil` while one of these is still being read.
    func complete(_ group: PromotionGroups.Group) async throws -> [Action.Move]? {
        var moves: [Action.Move] = []
        for move in group.moves {
            let unit = Unit(environment: group.environment, model: move.model)
            if let move = try await complete(move, of: unit) { moves.append(move) }
        }
        guard moves.count == group.moves.count else {
            // Those that have been read wait for the others.
            touched.models.formUnion(group.moves.map(\.model))
            return nil
        }
        return moves
    }

    private func complete(_ move: Action.Move, of unit: Unit) async throws -> Action.Move? {
        guard move.new.digest == nil, let known = try await catalog.version(of: move.model, at: move.new.revision)
        else { return move }
        guard let digest = try await digest(of: known, for: unit) else { return nil }
        let version = ModelVersion(
            model: move.new.model, revision: move.new.revision, tree: move.new.tree, data: move.new.data,
            label: move.new.label, digest: digest)
        return Action.Move(model: move.model, old: move.old, new: version, evidence: move.evidence)
    }

    /// The digest of a version's artifact; `nil` while it is still being read.
    func digest(of known: KnownVersion, for unit: Unit) async throws -> Digest? {
        let name = known.version.name
        if let again = digests[name]?.retryAt, surroundings.tools.now() >= again { digests[name] = nil }
        if digests[name] == nil {
            let job = SideWork.Job(key: .artifact(name), unit: unit) { await self.read(known, name) }
            begin(.artifacts, job, group: name.model)
            guard await wait(for: [.artifact(name)]) else { return nil }
        }
        return try digests[name]?.digest.get()
    }

    private func read(_ known: KnownVersion, _ name: VersionName) async {
        let (start, limit, place) = (
            surroundings.tools.now(), options.artifactLimit, "the artifact of \(known.version.title)"
        )
        let ending = await artifactReads.run("\(name)", within: limit) { [materials = surroundings.materials] in
            do {
                return Result<_, any Error>.success(
                    try await materials.artifact(known.version, known.manifest.artifact))
            } catch { return .failure(error) }
        }
        // What was stopped in the middle says nothing.
        guard !Task.isCancelled else { return }
        let digest: Result<Digest, any Error> =
            switch ending {
            case .value(let read): read.map(\.digest)
            case .overdue:
                .failure(
                    ArtifactFailure(
                        .unreachable,
                        "\(place) had not been read after \(limit.text), and that was stopped; what came whole is kept, and "
                            + "it is tried again: see whether the disk or server that has it answers"))
            case .stuck:
                .failure(
                    ArtifactFailure(
                        .unreachable,
                        "reading \(place) was stopped and has still not come to its end; start Martlet anew if it waits for a "
                            + "disk that is gone"))
            }
        digests[name] = ReadDigest(digest: digest)
        guard case .failure = digest else { return }
        let now = surroundings.tools.now()
        // As with checks, what takes long and comes to nothing is to take a tenth of the time at most.
        digests[name]?.retryAt = now + max(.seconds(60), min(.seconds(3600), (now - start) * 9))
    }

    /// Whether why the group's artifacts cannot be read was told already. From now on it was.
    func wasTold(_ group: PromotionGroups.Group) -> Bool {
        let failed = group.moves.map(\.new.name).filter { digests[$0]?.retryAt != nil }
        defer { for name in failed { digests[name]?.toldFor.insert(group.environment) } }
        return failed.contains { digests[$0]?.toldFor.contains(group.environment) == true }
    }
}
