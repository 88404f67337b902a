import Domain

/// What some checks look at beside versions and history, by the ids of its objects: a part of the keys of their evidence.
struct CheckRecords: Hashable, Sendable {
    /// The files that say who may sign, and who people are.
    private(set) var signers = ""
    /// By model, what is known of changes of its dependencies.
    private(set) var notices: [String: ObjectID] = [:]
    private var noticesTree: ObjectID?
    /// Whether the reference of the notices points to something else than a commit.
    private(set) var hasForeignNotices = false

    init() {}

    /// Reads anew; of `last`, what is the same is kept.
    init(_ last: CheckRecords, tree: ObjectID, _ store: NoticeStore, _ reader: any ObjectReader) throws {
        signers = try [Signers.file, Signers.folder, RepositorySettings.file].map { path in
            try reader.entry(at: path, in: tree)?.id.description ?? "none"
        }.joined(separator: " ")
        let tip = try store.last(reader)
        hasForeignNotices = try tip == nil && store.belief == .all && reader.resolve(store.reference) != nil
        noticesTree = try tip.flatMap { try reader.entry(at: NoticeStore.dependencies, in: $0.tree)?.id }
        guard noticesTree != last.noticesTree else {
            notices = last.notices
            return
        }
        guard let noticesTree else { return }
        try reader.files(in: noticesTree, prefix: "") { path, entry in
            if path.hasSuffix(".json") { notices[String(path.dropLast(5))] = entry.id }
        }
    }

    /// The models for which it makes a difference; `nil`: all of them.
    func models(changedSince last: CheckRecords) -> Set<String>? {
        guard signers == last.signers else { return nil }
        guard noticesTree != last.noticesTree else { return [] }
        return Set(notices.keys).union(last.notices.keys).filter { notices[$0] != last.notices[$0] }
    }
}

extension Controller {
    /// Takes in what checks look at, and looks again at the deployments for which it has changed.
    func readCheckRecords() async throws {
        guard let snapshot else { return }
        let (last, tree, store) = (records, snapshot.tree, NoticeStore(trust))
        let new = try await surroundings.store.read { try CheckRecords(last, tree: tree, store, $0) }
        guard new != last else { return }
        records = new
        if new.hasForeignNotices, !last.hasForeignNotices {
            surroundings.tell(Event(.warning, "\(LoopError.noRecord(store.reference)); until then it counts as empty"))
        }
        if let models = new.models(changedSince: last) {
            touched.models.formUnion(models)
        } else {
            touched.everything = true
        }
    }
}
