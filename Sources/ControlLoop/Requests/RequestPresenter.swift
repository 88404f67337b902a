import Domain

/// Turns a verdict on a request into what a forge shows of it; pure.
struct RequestPresenter {
    /// The status that a branch rule requires. It says the same for every pull request, so that one rule serves all.
    static let required = "martlet"

    let base: String

    /// - Parameters:
    ///   - title: The subject that its merge would have.
    ///   - merge: The message for the forge to merge with now; `nil` where it shall not.
    func presentation(_ status: RequestStatus, title: String, report: RequestReport?, merge: String? = nil)
        -> RequestPresentation
    {
        let wish: RequestPresentation.Wish =
            status.isOver || status.isWithdrawn
            ? .close : merge.flatMap { status.state == .ready ? .merge(title: title, message: $0) : nil } ?? .open
        let page = RequestPresentation.Page(
            number: status.page?.number, title: title, about: Self.about(status),
            report: wish == .close ? nil : report,
            ending: wish == .close ? .init(isMerged: status.state == .merged, reason: Self.words(status)) : nil,
            wish: wish)
        return RequestPresentation(
            branch: status.unit.request, base: base, head: status.head, reference: status.unit.request,
            statuses: status.state == .closed ? [] : statuses(status), page: page)
    }

    private func statuses(_ status: RequestStatus) -> [RequestPresentation.Status] {
        [Self.required, "\(Self.required)/\(status.unit.environment)"].map {
            .init($0, Self.state(of: status), Self.words(status))
        }
    }

    private static func state(of status: RequestStatus) -> RequestPresentation.Status.State {
        switch status.state {
        case .ready, .merged: .success
        case .open: status.blockers.contains { failing.contains($0.kind) } ? .failure : .pending
        case .conflicting, .stale, .superseded, .refused, .closed: .failure
        }
    }

    /// What only another version or another policy can mend; the rest is a matter of time or of people.
    private static let failing: Set<Blocker.Kind> = [.check, .score, .manifest, .hold, .freeze]

    private static func words(_ status: RequestStatus) -> String {
        switch status.state {
        case .ready: "the gate is open"
        case .open: status.blockers.first.map { "\($0.kind.rawValue) \($0.name): \($0.reason)" } ?? status.reason
        default: "\(status.state.rawValue): \(status.reason)"
        }
    }

    private static func about(_ status: RequestStatus) -> String {
        let moves = status.moves.map { "\($0.model): \($0.summary)" }
        let hint = "martlet why \(status.unit.model) \(status.unit.environment) says what it waits for."
        return (moves + [hint]).joined(separator: "\n")
    }
}
