import Domain

/// Asks Prometheus by its HTTP API.
struct PrometheusServer {
    let url: String
    let headers: [String: String]

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
