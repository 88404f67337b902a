import Domain

/// The specification that a training says that it ran with: that of the commit which its record names.
struct TrainedSpec {
    private let record: String
    private let commit: String
    private let subject: Subject

    /// `nil` where no record names a commit.
    init?(of subject: Subject) async throws {
        guard let path = subject.manifest.training.record else { return nil }
        let content = try await subject.evidence(path, "record of the training")
        guard let commit = try TrainingRecord(content, path: path).commit else { return nil }
        record = path
        self.commit = commit
        self.subject = subject
    }

    /// What does not fit: a commit that is not on the branch, or files that changed since.
    ///
    /// The manifest changes with each training, whose artifact it names, and is left out.
    func findings(where isPart: @escaping @Sendable (_ path: String) -> Bool) async throws -> [Finding] {
        let named = "\(record): trained at \(Excerpt.line(commit, limit: 64))"
        guard let id = ObjectID(commit.lowercased()) else {
            return [Finding(.warn, "\(named), which is no full commit id, so it was not looked up", file: record)]
        }
        let (tip, version) = (subject.tip, subject.version)
        let changed = try await subject.tools.store.read { reader -> [String]? in
            guard let trained = try? reader.commit(id), try reader.reaches(id, from: tip) else { return nil }
            let folder = "models/\(version.model)"
            return try reader.changes(
                from: try reader.entry(at: folder, in: trained.tree)?.id,
                to: try reader.entry(at: folder, in: reader.commit(version.revision).tree)?.id, prefix: ""
            ).map(\.path).filter { $0 != "model.yaml" && isPart($0) }
        }
        guard let changed else {
            return [Finding(.fail, "\(named), which is not on the branch: nobody can review it", file: record)]
        }
        guard !changed.isEmpty else { return [] }
        return [
            Finding(
                .warn, "\(named); \(changed.listed(3)) changed since, so the artifact is of another specification",
                file: changed.first)
        ]
    }
}
