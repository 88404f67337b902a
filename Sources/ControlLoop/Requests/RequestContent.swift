import Domain

/// What a request would change on the branch: its head merged with the tip, held against what a request may do.
struct RequestContent: Sendable {
    enum Finding: Hashable, Sendable {
        case moves([RequestStatus.Move])
        /// All of it is on the branch already.
        case nothing
        /// The paths that do not merge.
        case conflicts([String])
        /// What it does that it may not.
        case refused(String)
    }

    /// `nil` where its head cannot be read.
    private(set) var author: Person?
    private(set) var base: ObjectID?
    private(set) var commits: Set<ObjectID> = []
    private(set) var finding: Finding
    /// What lies at each path that it changes, once it is merged.
    private(set) var files: [String: TreeEntry] = [:]

    /// Reads a request. What is wrong with its objects, and stays so, is a reason to refuse it.
    static func read(
        _ unit: Unit, head: ObjectID, tip: ObjectID, _ writer: any ObjectWriter, _ language: any ManifestLanguage
    ) throws -> RequestContent {
        do {
            return try RequestContent(of: unit, head: head, tip: tip, writer, language)
        } catch let failure as any Failure where failure.remedy == .askHuman {
            return RequestContent(finding: .refused("it cannot be read: \(failure)"))
        }
    }

    private init(finding: Finding) { self.finding = finding }

    private init(
        of unit: Unit, head: ObjectID, tip: ObjectID, _ writer: any ObjectWriter, _ language: any ManifestLanguage
    ) throws {
        finding = .nothing
        // First of all: nothing else is to read commits that are too many or too large.
        let story = try RequestCommits(of: head, notOn: tip, writer, language)
        (commits, author) = (story.ids, story.head?.author)
        if let objection = story.objection {
            finding = .refused(objection)
            return
        }
        let commit = try story.head ?? writer.commit(head)
        author = commit.author
        guard let base = try writer.mergeBase(head, tip) else {
            finding = .refused("its history has nothing in common with the branch's")
            return
        }
        self.base = base
        guard base != head else { return }
        let (ours, before) = (try writer.commit(tip).tree, try writer.commit(base).tree)
        switch try writer.merge(ours: ours, theirs: commit.tree, base: before) {
        case .conflicts(let paths):
            let faults = try writer.changes(from: before, to: commit.tree, prefix: "").compactMap {
                Self.fault(of: $0, unit)
            }
            finding = faults.first.map(Finding.refused) ?? .conflicts(paths)
        case .merged(let tree):
            let changes = try writer.changes(from: ours, to: tree, prefix: "")
            finding = try Self.finding(changes, unit, writer, language)
            for change in changes { files[change.path] = change.new }
        }
    }

    /// As many as the record of a request can name.
    private static let mostMoves = 1000

    /// The first paths, for messages: a path may hold anything but a slash and a zero.
    static func names(_ paths: [String]) -> String {
        paths.prefix(3).map { Excerpt.line($0, limit: 200) }.joined(separator: ", ")
    }

    private static func finding(
        _ changes: [Change], _ unit: Unit, _ reader: any ObjectReader, _ language: any ManifestLanguage
    ) throws -> Finding {
        if let fault = changes.lazy.compactMap({ fault(of: $0, unit) }).first { return .refused(fault) }
        guard !changes.isEmpty else { return .nothing }
        var moves: [RequestStatus.Move] = []
        for change in changes {
            switch try DeploymentEdit(change, reader, language) {
            case .move(let move): moves.append(move)
            case .other(let words): return .refused(words)
            }
        }
        guard moves.count <= mostMoves else {
            return .refused("it moves more than \(mostMoves) deployments; make several requests of it")
        }
        guard moves.contains(where: { $0.model == unit.model }) else {
            return .refused("it does not move \(Snapshot.path(ofDeployment: unit.model, in: unit.environment))")
        }
        return .moves(moves)
    }

    /// Why a path must not be touched: policy, models and other environments change on the branch alone.
    private static func fault(of change: Change, _ unit: Unit) -> String? {
        let verb = change.old == nil ? "adds" : change.new == nil ? "removes" : "changes"
        let path = names([change.path])
        if let mode = change.new?.mode, mode == .symlink || mode == .submodule {
            return "it \(verb) \(path) as a \(mode == .symlink ? "symbolic link" : "submodule")"
        }
        let place = ManifestPlace(path: change.path)
        guard place?.kind == Deployment.kind, place?.environment == unit.environment else {
            return "it \(verb) \(path); a request may only move versions in environments/\(unit.environment)/"
        }
        guard let old = change.old, let new = change.new, old.mode == new.mode else {
            return
                "it \(verb) \(path) \(change.old == nil || change.new == nil ? "as a whole" : "in its mode"); "
                + "a request may only move its version"
        }
        return nil
    }
}

/// What a change of a deployment's file does.
private enum DeploymentEdit {
    case move(RequestStatus.Move)
    case other(String)

    init(_ change: Change, _ reader: any ObjectReader, _ language: any ManifestLanguage) throws {
        guard let place = ManifestPlace(path: change.path) else {
            self = .other("it changes \(change.path)")
            return
        }
        let old = try ParsedFile.read(place, change.old, reader, language)
        let new = try ParsedFile.read(place, change.new, reader, language)
        if let problem = new.file.diagnostics.first(where: { $0.severity == .error }) {
            self = .other("its file cannot be read: \(problem)")
            return
        }
        guard let before = old.deployment, let after = new.deployment, !old.hasErrors else {
            self = .other("\(change.path) cannot be read on the branch")
            return
        }
        var rest = after
        rest.pin = before.pin
        guard rest == before, old.file.documents.map(\.name) == new.file.documents.map(\.name),
            new.file.documents.count == 1
        else {
            self = .other("it changes more of \(change.path) than which version runs")
            return
        }
        guard let pin = after.pin else {
            self = .other(
                before.pin == nil
                    ? "it changes \(change.path) and names no version there"
                    : "it takes the version out of \(change.path)")
            return
        }
        guard pin != before.pin else {
            self = .other("it changes \(change.path), but not which version runs")
            return
        }
        self = .move(RequestStatus.Move(model: place.name, old: before.pin, new: pin))
    }
}
