import Domain

/// What there is to tell of checks that did not pass, from a commit of `refs/martlet/evidence`: one notice for each version.
enum EvidenceNotices {
    static func read(
        _ step: (old: Commit?, new: Commit), _ context: NoticeContext, _ reader: any ObjectReader
    ) throws -> [Notice] {
        var versions: [VersionName] = []
        var failures: [VersionName: [(evidence: Evidence, environments: [String])]] = [:]
        for change in try reader.readableChanges(
            from: step.old?.tree, to: step.new.tree, prefix: "", before: step.old?.id
        ) {
            guard let entry = change.new, let evidence = try read(entry, reader),
                !evidence.outcome.verdict.admits
            else { continue }
            let asking = try context.environments(requiring: evidence.check, of: evidence.model, reader)
            guard !asking.isEmpty else { continue }
            let name = VersionName(model: evidence.model, revision: evidence.revision)
            if failures[name] == nil { versions.append(name) }
            failures[name, default: []].append((evidence, asking))
        }
        return versions.map { notice(of: $0, failures[$0] ?? [], step.new, context) }
    }

    private static func notice(
        of version: VersionName, _ failures: [(evidence: Evidence, environments: [String])], _ commit: Commit,
        _ context: NoticeContext
    ) -> Notice {
        let checks = failures.map(\.evidence.check)
        let environments = context.order.filter { name in failures.contains { $0.environments.contains(name) } }
        return Notice(
            .gateClosed, from: "evidence \(commit.id) \(version.revision)", environments: environments,
            model: version.model,
            "\(version.model) \(version.revision.short) does not pass \(checks.joined(separator: ", ")), which the gate of "
                + "\(environments.joined(separator: ", ")) requires",
            details: failures.map {
                "\($0.evidence.check) \($0.evidence.outcome.verdict.rawValue): \($0.evidence.outcome.summary)"
            }, owners: context.owners(of: version.model), commit: version.revision, at: commit.committer.time)
    }

    private static func read(_ entry: TreeEntry, _ reader: any ObjectReader) throws -> Evidence? {
        guard entry.mode == .file else { return nil }
        return (try? JSON(parsing: try reader.blob(entry.id, atMost: 1 << 22))).flatMap { Evidence(json: $0) }
    }
}
