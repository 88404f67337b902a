import Domain

/// `refs/martlet/notices` as a value: who was told what, and which dependencies of models changed.
struct NoticeBook: Sendable {
    private(set) var notifiers: [String: NotifierRecord] = [:]
    /// By model, newest first.
    private(set) var dependencies: [String: [DependencyChange]] = [:]
    /// The branch's commit up to which dependencies were compared.
    private(set) var watched: ObjectID?
    /// What is not written yet, by path.
    private(set) var unsaved: Set<String> = []

    private static let mostChanges = 200

    init() {}

    init(notifiers: [String: NotifierRecord], dependencies: [String: [DependencyChange]], watched: ObjectID?) {
        self.notifiers = notifiers
        self.dependencies = dependencies
        self.watched = watched
    }

    mutating func set(_ record: NotifierRecord, of name: String) {
        guard notifiers[name] != record else { return }
        notifiers[name] = record
        unsaved.insert(NoticeStore.path(ofNotifier: name))
    }

    /// Moves the watch on. What nobody depends on changes often, so that alone is not worth a commit.
    mutating func watch(_ tip: ObjectID, _ found: [String: [DependencyChange]]) {
        if watched == nil || !found.isEmpty { unsaved.insert(NoticeStore.watchedPath) }
        watched = tip
        for (model, changes) in found {
            dependencies[model] = Array((changes + (dependencies[model] ?? [])).prefix(Self.mostChanges))
            unsaved.insert(NoticeStore.path(ofModel: model))
        }
    }

    /// Notes that a notifier took the notice of these paths' changes.
    mutating func tell(_ paths: Set<String>, of model: String, through name: String, at now: Timestamp) {
        guard var changes = dependencies[model] else { return }
        for index in changes.indices where paths.contains(changes[index].path) && changes[index].told[name] == nil {
            changes[index].told[name] = now
        }
        dependencies[model] = changes
        unsaved.insert(NoticeStore.path(ofModel: model))
    }

    mutating func markSaved(_ paths: Set<String>) { unsaved.subtract(paths) }

    /// Starts from what somebody else wrote, and keeps what is not written yet.
    mutating func rebase(onto other: NoticeBook) {
        var new = other
        for (name, record) in notifiers where unsaved.contains(NoticeStore.path(ofNotifier: name)) {
            var record = record
            if let theirs = other.notifiers[name] { record.merge(theirs) }
            new.notifiers[name] = record
        }
        for (model, changes) in dependencies where unsaved.contains(NoticeStore.path(ofModel: model)) {
            new.dependencies[model] = Self.merged(changes, other.dependencies[model] ?? [])
        }
        if unsaved.contains(NoticeStore.watchedPath) { new.watched = watched }
        new.unsaved = unsaved
        self = new
    }

    private static func merged(_ mine: [DependencyChange], _ theirs: [DependencyChange]) -> [DependencyChange] {
        var all = mine
        for change in theirs {
            if let index = all.firstIndex(where: {
                ($0.path, $0.blob, $0.commit) == (change.path, change.blob, change.commit)
            }) {
                all[index].told.merge(change.told) { min($0, $1) }
            } else {
                all.append(change)
            }
        }
        return Array(all.sorted { $0.seen > $1.seen }.prefix(mostChanges))
    }
}
