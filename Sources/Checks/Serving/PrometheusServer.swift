import Domain

/// Asks Prometheus by its HTTP API, at the address that settings name.
struct PrometheusServer: Hashable, Sendable {
    let url: String
    let headers: [String: String]

    init(_ fields: Fields) throws(FieldErrors) {
        url = try fields.required("url", "Prometheus' address, such as http://prometheus:9090")
        headers = fields.value("headers", default: [:], "headers to send")
        if !url.hasPrefix("http://"), !url.hasPrefix("https://") {
            fields.complain(about: "url", "must begin with http:// or https://")
        }
    }

    /// What it answers to `GET /api/v1/PATH`, as `data`.
    ///
    /// - Parameter what: What is wanted to know, such as `who calls`.
    func data(
        _ path: String, of question: String, about what: String, _ send: (Tools.Call) async throws -> Tools.Reply
    ) async throws -> JSON {
        let base = url.hasSuffix("/") ? String(url.dropLast()) : url
        let reply: Tools.Reply
        do {
            reply = try await send(Tools.Call("GET", "\(base)/api/v1/\(path)", headers: headers))
        } catch { throw ArtifactFailure(.unreachable, "Prometheus cannot be asked \(what): \(error)") }
        guard let json = try? JSON(parsing: reply.body) else {
            throw ArtifactFailure(.unreachable, "\(url) answered \(reply.status) and no JSON; is it Prometheus?")
        }
        guard reply.status == 200, json["status"]?.string == "success" else {
            let reason = json["error"]?.string ?? "status \(reply.status)"
            throw MissingEvidence("Prometheus refused '\(question)': \(Excerpt.line(reason))")
        }
        return json["data"] ?? .null
    }
}
