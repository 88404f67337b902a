public import Domain

/// Asks an address, and looks at the answer.
///
///     probe: {kind: http, url: "http://serving:8000/v2/models/{model}/versions/{number}/ready"}
///     probe: {kind: http, url: "http://serving:8501/v1/models/{model}", path: model_version_status.0.state, equals: AVAILABLE}
///
/// An answer that is not as expected, or none at all, is `fail`: the deployment does not serve. What lies between says nothing of the
/// deployment and is `error`, for which nothing is rolled back: a certificate that is not trusted, redirects without end, no `curl`.
/// `{model}` and the like are in `Placeholders`.
public struct HTTPProbe: Probe {
    public static let kind = "http"
    public static let summary = "asks an address and looks at the answer's status and body"

    let url: String
    let method: String
    let headers: [String: String]
    let body: String?
    let status: [Int]
    let contains: String?
    let path: JSONPath?
    let equals: String?
    let timeout: Duration

    public init(_ fields: Fields) throws(FieldErrors) {
        url = try fields.required(
            "url",
            "the address; \(Placeholders.listed) are filled in. Messages show it without user, password and the values of its "
                + "query")
        method = fields.value("method", default: "GET", "the HTTP method")
        headers = fields.value(
            "headers", default: [:],
            "headers to send; with any, redirects are not followed, so that no other host sees them")
        body = fields.optional("body", "a body to send")
        status = fields.value(
            "status", default: [200],
            "the statuses that are right; another, or no answer, is a failure, but a certificate that is not trusted and "
                + "redirects without end are errors, which roll nothing back. Redirects (at most 5) are followed, unless a "
                + "status of 300 to 399 is among these")
        contains = fields.optional("contains", "text that the answer must hold; placeholders are filled in")
        path = fields.optional("path", "a value in the JSON of the answer, such as model_version_status.0.state")
        equals = fields.optional("equals", "what the value at 'path' must be; placeholders are filled in")
        timeout = fields.value("timeout", default: .seconds(5), "how long an answer may take")
        if !url.hasPrefix("http://"), !url.hasPrefix("https://") {
            fields.complain(about: "url", "must begin with http:// or https://")
        }
        if (path == nil) != (equals == nil) { fields.complain(about: "path", "'path' and 'equals' go together") }
        if timeout <= .zero { fields.complain(about: "timeout", "must be longer than nothing") }
    }

    public func look(at release: Release, using tools: Tools) async -> ProbeResult {
        let facts = Placeholders(release)
        let address = facts.fill(url, \.percentEncoded)
        let shown = ShownAddress(address, headers: headers)
        var call = Tools.Call(
            method, address, headers: headers, body: Array(facts.fill(body ?? "").utf8), timeout: timeout)
        call.followsRedirects = !status.contains { (300..<400).contains($0) }
        do {
            return judge(try await tools.send(call), shown, facts)
        } catch let failure as any Failure where failure.remedy == .retry {
            return ProbeResult(.fail, "no answer: \(failure)".hiding(shown.secrets))
        } catch {
            return ProbeResult(.error, "\(shown) cannot be asked: \("\(error)".hiding(shown.secrets))")
        }
    }

    private func judge(_ reply: Tools.Reply, _ address: ShownAddress, _ facts: Placeholders) -> ProbeResult {
        guard status.contains(reply.status) else {
            let words = shown(reply.body, address)
            return ProbeResult(
                .fail, "\(address) answered \(reply.status), not \(list(status))\(words.isEmpty ? "" : ": \(words)")",
                value: Double(reply.status))
        }
        if let text = contains.map({ facts.fill($0) }), !String(decoding: reply.body, as: UTF8.self).contains(text) {
            return ProbeResult(.fail, "\(address): the answer does not hold '\(text)': \(shown(reply.body, address))")
        }
        if let path, let wanted = equals.map({ facts.fill($0) }) {
            guard let json = try? JSON(parsing: reply.body, python: true) else {
                return ProbeResult(.fail, "\(address): the answer is no JSON: \(shown(reply.body, address))")
            }
            let found = path.value(in: json).map { $0.string ?? $0.text() }
            guard found == wanted else {
                let words = found?.hiding(address.secrets) ?? "missing"
                return ProbeResult(.fail, "\(address): \(path.text) is \(words), not \(wanted)")
            }
        }
        return ProbeResult(.pass, "\(address) answered \(reply.status)", value: Double(reply.status))
    }

    private func list(_ statuses: [Int]) -> String { statuses.map(String.init).joined(separator: " or ") }

    /// The beginning of the answer on one line, without the secrets that it may repeat.
    private func shown(_ body: [UInt8], _ address: ShownAddress) -> String {
        let text = String(decoding: body.prefix(1 << 16), as: UTF8.self).hiding(address.secrets).prefix(200)
        return String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 }).filter { $0 >= " " && $0 != "\u{7F}" }
    }
}
