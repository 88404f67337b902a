public import Domain

/// What is to be said of a proposal.
public struct ProposalVerdict: Sendable {
    /// It must not come in, has to wait for something, or may come in.
    public enum State: String, Sendable { case refused, waiting, open }

    /// Why it must not come in at all.
    public internal(set) var objections: [String]
    /// What it has to wait for.
    public internal(set) var waits: [String] = []
    public let moves: [(unit: Unit, old: Pin?, new: Pin)]
    /// Deployments that would run nothing any more.
    public let removals: [(unit: Unit, old: Pin)]
    private let settings: [String]
    private let changes: Int

    init(_ content: ProposalContent) {
        objections = content.objections.prefix(100).map { Excerpt.line($0, limit: 1000) }
        (moves, removals) = (content.moves, content.removals)
        (settings, changes) = (content.settings.map { Excerpt.line($0.path, limit: 200) }, content.changes)
    }

    public var state: State { objections.isEmpty ? waits.isEmpty ? .open : .waiting : .refused }

    /// What would come of it, in a word.
    public var summary: String {
        guard changes > 0 else { return "nothing that is not on the branch already" }
        if removals.isEmpty, settings.isEmpty {
            return moves.isEmpty
                ? "its manifests are valid (\(files)), no environment changes"
                : "its manifests are valid, and its versions may enter"
        }
        var parts = ["its manifests are valid (\(files))"]
        if !moves.isEmpty { parts.append("its versions may enter") }
        if !removals.isEmpty {
            parts.append(Self.list(removals.map(\.unit.description).sorted()) + " would run nothing any more")
        }
        if !settings.isEmpty { parts.append("changed: " + Self.list(settings)) }
        return parts.joined(separator: "; ")
    }

    private var files: String { "\(changes) file\(changes == 1 ? "" : "s")" }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(3).joined(separator: ", ")
        return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
    }

    var status: RequestPresentation.Status {
        switch state {
        case .refused:
            let more = objections.count > 1 ? " (and \(objections.count - 1) more)" : ""
            return .init(RequestPresenter.required, .failure, objections[0] + more)
        case .waiting: return .init(RequestPresenter.required, .pending, "waits for \(waits[0])")
        case .open: return .init(RequestPresenter.required, .success, summary)
        }
    }
}
