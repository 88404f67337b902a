public import Domain

/// The served model keeps its contract: it answers well-formed requests with well-formed answers, and refuses the others.
///
/// Asked by the Open Inference Protocol v2 at `spec.evaluation.endpoint`; nothing of the server is changed. The load test of I6 is
/// part of it: the model becomes ready in time, and answers real requests. How fast is measured from here, a connection a request.
public struct ModelAPI: Check {
    public static let id = "infra.model-api"
    public static let version = 5
    public static let summary = "A server answers valid requests, one row as it does many, and refuses broken ones."
    public static let looksAt: Set<CheckInput> = [.clock]

    let rows: Int
    let tolerance: Double
    let timeout: Duration
    let maxLoadingTime: Duration
    let requests: Int

    public init(_ fields: Fields) throws(FieldErrors) {
        rows = fields.value(
            "rows", default: 8, within: .between(1, 1000), "how many rows of the evaluation's dataset to ask about")
        tolerance = fields.value(
            "tolerance", default: 1e-6, within: .atLeast(0),
            "how far the answer for one row may be from that among many")
        timeout = fields.answerTimeout()
        maxLoadingTime = fields.value(
            "maxLoadingTime", default: .seconds(300),
            "how long a server that lives may take until the model is ready; one that does not answer is not waited for; 1h at most"
        )
        if maxLoadingTime > .seconds(3600) { fields.complain(about: "maxLoadingTime", "must be at most 1h") }
        requests = fields.value(
            "requests", default: 20, within: .between(1, 1000),
            "how many requests about a real row each must be answered, one after another")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard subject.manifest.evaluation?.endpoint != nil else {
            return Outcome(.skipped, "no server configured; give spec.evaluation.endpoint")
        }
        return try await Outcome.from {
            let server = try await InferenceServer(of: subject, timeout: timeout)
            let loading: Duration
            switch try await server.readiness(within: maxLoadingTime) {
            case .ready(let time): loading = time
            case .stillLoading: return .unready("\(server.url) was not ready within \(maxLoadingTime.text)")
            case .notThere(let status): return .unready("\(server.url) is not ready to serve the model (\(status))")
            }
            let rows = try await InferenceRows(of: subject)
            let contract = InferenceContract(
                server: server, rows: rows, count: min(self.rows, rows.count), metadata: try await server.metadata(),
                outputs: subject.manifest.evaluation?.outputs ?? Model.Outputs())
            var findings = contract.signature()
            let (answer, valid) = try await contract.valid()
            findings += valid
            if let answer { findings += try await contract.single(answer, tolerance: tolerance) }
            findings += try await contract.edges(of: subject.schema)
            findings += try await contract.broken()
            let (unanswered, times) = try await contract.load(requests)
            findings += unanswered
            let (middle, slow) = (times.quantile(0.5), times.quantile(0.95))
            return Outcome(
                findings,
                otherwise:
                    "\(server.url) answers \(contract.count) rows alone as together, refuses broken requests, and "
                    + "answered \(requests) requests, half within \((middle ?? 0).brief) ms, 95 % within \((slow ?? 0).brief) ms",
                measurements: [
                    "rows": .int(contract.count), "outputs": .array((answer ?? []).map { .string($0.name) }),
                    "requests": .int(requests), "answered": .int(times.count), "p50_ms": JSON(middle),
                    "p95_ms": JSON(slow), "loading_seconds": .double(loading / .seconds(1)),
                ])
        }
    }
}

extension Outcome {
    /// It may be ready a minute later.
    fileprivate static func unready(_ words: String) -> Outcome {
        let advice = "; load the model there, or correct spec.evaluation.endpoint"
        return Outcome([Finding(.fail, words + advice, mayChange: true)], otherwise: "")
    }
}
