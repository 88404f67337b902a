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
    /// The address of an environment's server.
    func serverAddress(_ about: String) -> String? {
        let address: String? = optional("endpoint", about)
        if let address, !address.hasPrefix("http://"), !address.hasPrefix("https://") {
            complain(about: "endpoint", "must begin with http:// or https://")
        }
        if let address, address.pathParts().dropFirst().first?.contains("@") ?? false {
            complain(about: "endpoint", "must hold no password: this file and reports show it to everybody")
        }
        return address
    }

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
