public import Domain

/// What is to be said of a proposal.
public struct ProposalVerdict: Sendable {
    public enum State: String, Sendable { case refused, waiting, open }

    /// Why it must not come in at all.
    public internal(set) var objections: [String]
    /// What it has to wait for.
    public internal(set) var waits: [String] = []
    public let moves: [(unit: Unit, old: Pin?, new: Pin)]
    private let changes: Int

    init(_ content: ProposalContent) {
        (objections, moves, changes) = (content.objections, content.moves, content.changes)
    }

    public var state: State { objections.isEmpty ? waits.isEmpty ? .open : .waiting : .refused }

    /// What would come of it, in a word.
    public var summary: String {
        guard changes > 0 else { return "nothing that is not on the branch already" }
        return moves.isEmpty
            ? "its manifests are valid (\(changes) file\(changes == 1 ? "" : "s")), no environment changes"
            : "its manifests are valid, and its versions may enter"
    }

    var status: RequestPicture.Status {
        switch state {
        case .refused:
            let more = objections.count > 1 ? " (and \(objections.count - 1) more)" : ""
            return .init(RequestPainter.required, .failure, objections[0] + more)
        case .waiting: return .init(RequestPainter.required, .pending, "waits for \(waits[0])")
        case .open: return .init(RequestPainter.required, .success, summary)
        }
    }
}
