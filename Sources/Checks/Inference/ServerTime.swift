import Domain

/// How long a check may go on asking a server, whatever each answer takes: others wait for their turn.
struct ServerTime: Sendable {
    private let url: String
    private let end: ContinuousClock.Instant

    static let most = Duration.seconds(300)

    init(_ server: InferenceServer, _ time: Duration = most) {
        url = server.url
        end = .now + time
    }

    var isOver: Bool { ContinuousClock.now >= end }

    /// Throws where it is over.
    func require() throws(MissingEvidence) {
        guard !isOver else {
            throw MissingEvidence("\(url) is too slow: not all was answered in \(Self.most.text); ask for less")
        }
    }
}

extension Fields {
    /// How long an answer of a server may take.
    func answerTimeout() -> Duration {
        let timeout = value(
            "timeout", default: Duration.seconds(10), "how long an answer of the server may take, 60s at most")
        if timeout > .seconds(60) || timeout <= .zero {
            complain(about: "timeout", "must be above 0s and at most 60s")
        }
        return timeout
    }
}
