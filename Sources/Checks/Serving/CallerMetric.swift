import Domain

/// A metric of Prometheus that counts a model's requests by client (HTTP API, `GET /api/v1/query`).
struct CallerMetric: Hashable, Sendable, FieldGroup {
    private let server: PrometheusServer
    let query: String
    let label: String

    init(_ fields: Fields) throws(FieldErrors) {
        server = try PrometheusServer(fields)
        query = fields.value(
            "query", default: #"sum by (client) (increase(requests_total{model="{model}"}[{window}]))"#,
            "PromQL that gives the requests of each client; {model} and {window}, such as 7d, are filled in")
        label = fields.value("label", default: "client", "the label that names the client")
        if !query.contains("{window}") {
            fields.complain(
                about: "query", "must look back over [{window}]: it is asked for seven days, and for abandonedAfter")
        }
    }

    /// How many requests each client sent in the time that is looked at; `nil` where Prometheus has no such series, which is not zero.
    func counts(
        of model: String, last window: Duration, _ send: (Tools.Call) async throws -> Tools.Reply
    ) async throws -> [(client: String?, requests: Double)]? {
        let question = query.replacing("{model}", with: model).replacing("{window}", with: window.text)
        let data = try await server.data(
            "query?query=\(question.percentEncoded)", of: question, about: "who calls", send)
        guard data["resultType"]?.string == "vector", let series = data["result"]?.array else {
            throw MissingEvidence("'\(question)' gives no number for each client; use an instant query by \(label)")
        }
        guard !series.isEmpty else { return nil }
        return try series.map { one throws(MissingEvidence) in
            // A sample is `[time, "number"]`.
            guard let sample = one["value"]?.array, sample.count == 2, let text = sample[1].string,
                let requests = Double(text), requests.isFinite, requests >= 0
            else { throw MissingEvidence("'\(question)' gives what is no count") }
            let client = one["metric"]?[label]?.string
            return (client.flatMap { $0.isEmpty ? nil : $0 }, requests)
        }
    }
}
