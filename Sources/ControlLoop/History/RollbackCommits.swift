import Domain

/// Builds the commits that bring a deployment back to an earlier version.
///
/// `git revert` of each promotion that lies on top, newest first, where that applies cleanly and leads where it should;
/// otherwise one commit that restores the deployment's file. Where that cannot be read, its last valid text is what is restored.
struct RollbackCommits: Sendable {
    let unit: Unit
    /// What runs, for where the file cannot be read.
    let running: Pin?
    let target: DeploymentStatus.Verified
    let cause: String
    let author: Person
    let branch: String

    /// A commit that moved the deployment, and what the branch was before it.
    private typealias Step = (commit: Commit, parent: ObjectID)

    /// Writes the commits on top of `tip` and returns the last; `nil` where the deployment already is at the target.
    func write(on tip: ObjectID, _ writer: any ObjectWriter, _ language: any ManifestLanguage) throws -> ObjectID? {
        guard let file = try file(at: tip, writer, language),
            let present = file.hasErrors ? running : file.deployment?.pin, present.revision != target.pin.revision
        else { return nil }
        let steps = try stepsBack(from: tip, present, writer, language)
        if let steps, let reverted = try revert(steps, on: tip, writer, language) { return reverted }
        return try restore(on: tip, rejecting: present, writer, language)
    }

    /// The commits that moved this deployment since it was at the target, newest first, without those that later ones took back: to
    /// revert a revert would bring back what was rejected. `nil` where the target is not among them.
    private func stepsBack(
        from tip: ObjectID, _ present: Pin, _ reader: any ObjectReader, _ language: any ManifestLanguage
    ) throws -> [Step]? {
        let path = Snapshot.path(ofDeployment: unit.model, in: unit.environment)
        var steps: [(step: Step, after: ObjectID?)] = []
        var newer: (commit: Commit, blob: ObjectID?, revision: ObjectID?)?
        var found = false
        var left = 10_000
        let start = try target.commit.flatMap { try reader.leads($0, to: tip) ? $0 : nil }
        try reader.line(from: tip, through: start, of: branch) { commit in
            let blob = try reader.entry(at: path, in: commit.tree)?.id
            var revision = newer.map(\.revision) ?? present.revision
            if newer?.blob != blob {
                let pin = try pin(at: commit.id, reader, language)
                // A file that cannot be read says nothing; one that was edited elsewhere did not move the deployment.
                if pin != nil || blob == nil { revision = pin?.revision }
                if let newer, newer.revision != revision {
                    steps.append(((newer.commit, commit.id), newer.revision))
                    // It was here before: what lies between led away and back again.
                    if let start = steps.firstIndex(where: { $0.after == revision }) { steps.removeSubrange(start...) }
                }
            }
            newer = (commit, blob, revision)
            if revision == target.pin.revision {
                found = true
                return false
            }
            left -= 1
            return left > 0
        }
        return found && !steps.isEmpty ? steps.map(\.step) : nil
    }

    private func revert(
        _ steps: [Step], on tip: ObjectID, _ writer: any ObjectWriter, _ language: any ManifestLanguage
    ) throws -> ObjectID? {
        var head = tip
        for (step, parent) in steps {
            // A commit that did more than move deployments is not undone as a whole, nor a merge that turned the branch around.
            guard step.parents.first == parent, try touchesOnlyDeployments(step, writer),
                let tree = try writer.revert(step.id, on: head)
            else { return nil }
            let rejected = try rejections(of: step, writer, language)
            let message = """
                Revert "\(step.subject)"

                This reverts commit \(step.id)\(step.parents.count > 1 ? ", reversing\nchanges made to \(parent)" : "").

                \(cause)

                \(trailers(rejecting: rejected))

                """
            head = try writer.write(CommitDraft(tree: tree, parents: [head], author: author, message: message))
        }
        return try pin(at: head, writer, language)?.revision == target.pin.revision ? head : nil
    }

    private func restore(
        on tip: ObjectID, rejecting present: Pin, _ writer: any ObjectWriter, _ language: any ManifestLanguage
    ) throws -> ObjectID {
        let path = Snapshot.path(ofDeployment: unit.model, in: unit.environment)
        let base = try writer.commit(tip).tree
        guard let entry = try writer.entry(at: path, in: base) else { throw LoopError.changedMeanwhile(path) }
        let now = try file(at: tip, writer, language)
        let isBroken = now?.hasErrors ?? true
        let valid =
            try isBroken ? now.flatMap { try ParsedFile.lastValid($0.place, before: tip, writer, language) } : now
        guard let text = valid?.blob else {
            throw LoopError.notFound("\(path) cannot be read, nor any earlier text of it; martlet validate says why")
        }
        let edited = try language.setting(target.pin, in: writer.blob(text, atMost: ParsedFile.largest), path: path)
        let tree = try writer.write(
            tree: base, edits: [TreeEdit(set: path, to: writer.write(blob: edited), mode: entry.mode)])
        let message = """
            Roll back \(unit.model) in \(unit.environment) to \(target.pin.label)

            The promotion cannot be reverted cleanly, so this restores the version that was last verified.\(
                isBroken ? "\n\(path) could not be read, so its last valid text counts." : "")

            \(cause)

            \(trailers(rejecting: [VersionName(model: unit.model, revision: present.revision)]))

            """
        return try writer.write(CommitDraft(tree: tree, parents: [tip], author: author, message: message))
    }

    private func trailers(rejecting names: [VersionName]) -> String {
        ([Trailer.action.line("rollback"), Trailer.environment.line(unit.environment)]
            + names.map { Trailer.rejects.line($0.description) } + [Trailer.cause.line(cause)]).joined(separator: "\n")
    }

    /// The versions that a promotion commit brought.
    private func rejections(of step: Commit, _ reader: any ObjectReader, _ language: any ManifestLanguage) throws
        -> [VersionName]
    {
        let named = Trailer.model.values(in: step.message).compactMap { VersionName($0) }
        if !named.isEmpty { return named }
        return try pin(at: step.id, reader, language).map { [VersionName(model: unit.model, revision: $0.revision)] }
            ?? []
    }

    private func touchesOnlyDeployments(_ commit: Commit, _ reader: any ObjectReader) throws -> Bool {
        let parent = try commit.parents.first.map { try reader.commit($0).tree }
        return try reader.changes(from: parent, to: commit.tree, prefix: "").allSatisfy { change in
            ManifestPlace(path: change.path).map { $0.kind == Deployment.kind && $0.environment == unit.environment }
                ?? false
        }
    }

    /// The version that the file names; `nil` where it names none or cannot be read.
    private func pin(at revision: ObjectID, _ reader: any ObjectReader, _ language: any ManifestLanguage) throws -> Pin?
    {
        let file = try file(at: revision, reader, language)
        return file?.hasErrors ?? true ? nil : file?.deployment?.pin
    }

    private func file(at revision: ObjectID, _ reader: any ObjectReader, _ language: any ManifestLanguage) throws
        -> ParsedFile?
    {
        let path = Snapshot.path(ofDeployment: unit.model, in: unit.environment)
        guard let entry = try reader.entry(at: path, in: reader.commit(revision).tree),
            let place = ManifestPlace(path: path)
        else { return nil }
        return try ParsedFile.read(place, entry, reader, language)
    }
}
