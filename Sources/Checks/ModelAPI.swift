public import Domain

/// The served model keeps its contract: it answers well-formed requests with well-formed answers, and refuses the others.
///
/// Asked by the Open Inference Protocol v2 at `spec.evaluation.endpoint`; nothing of the server is changed.
public struct ModelAPI: Check {
    public static let id = "infra.model-api"
    public static let version = 2
    public static let summary = "A server answers valid requests, one row as it does many, and refuses broken ones."
    public static let looksAt: Set<CheckInput> = [.clock]

    let rows: Int
    let tolerance: Double
    let timeout: Duration

    public init(_ fields: Fields) throws(FieldErrors) {
        rows = fields.value(
            "rows", default: 8, within: .between(1, 1000), "how many rows of the evaluation's dataset to ask about")
        tolerance = fields.value(
            "tolerance", default: 1e-6, within: .atLeast(0),
            "how far the answer for one row may be from that among many")
        timeout = fields.value("timeout", default: .seconds(10), "how long an answer may take")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard subject.manifest.evaluation?.endpoint != nil else {
            return Outcome(.skipped, "no server configured; give spec.evaluation.endpoint")
        }
        return try await Outcome.from {
            let server = try await InferenceServer(of: subject, timeout: timeout)
            guard try await server.isReady() else {
                return Outcome([Finding(.fail, "\(server.url) is not ready to serve the model")], otherwise: "")
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
            return Outcome(
                findings,
                otherwise:
                    "\(server.url) answers \(contract.count) rows alone as together, and refuses broken requests",
                measurements: [
                    "rows": .int(contract.count), "outputs": .array((answer ?? []).map { .string($0.name) }),
                ])
        }
    }
}
