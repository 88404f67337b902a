public import Domain

/// Asks an address, and looks at the answer.
///
///     probe: {kind: http, url: "http://serving:8000/v2/models/{model}/versions/{number}/ready"}
///     probe: {kind: http, url: "http://serving:8501/v1/models/{model}", path: model_version_status.0.state, equals: AVAILABLE}
///
/// An answer that is not as expected, or none at all, is `fail`: the deployment does not serve. `{model}` and the like are in `Placeholders`.
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
            "url", "the address; \(Placeholders.listed) are filled in")
        method = fields.value("method", default: "GET", "the HTTP method")
        headers = fields.value("headers", default: [:], "headers to send")
        body = fields.optional("body", "a body to send")
        status = fields.value("status", default: [200], "the statuses that are right")
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
        let call = Tools.Call(
            method, address, headers: headers, body: Array(facts.fill(body ?? "").utf8), timeout: timeout)
        do {
            return judge(try await tools.send(call), address, facts)
        } catch let failure as any Failure where failure.remedy == .retry {
            return ProbeResult(.fail, "no answer: \(failure)")
        } catch {
            return ProbeResult(.error, "\(address) cannot be asked: \(error)")
        }
    }

    private func judge(_ reply: Tools.Reply, _ address: String, _ facts: Placeholders) -> ProbeResult {
        guard status.contains(reply.status) else {
            let words = shown(reply.body)
            return ProbeResult(
                .fail, "\(address) answered \(reply.status), not \(list(status))\(words.isEmpty ? "" : ": \(words)")",
                value: Double(reply.status))
        }
        if let text = contains.map({ facts.fill($0) }), !String(decoding: reply.body, as: UTF8.self).contains(text) {
            return ProbeResult(.fail, "\(address): the answer does not hold '\(text)': \(shown(reply.body))")
        }
        if let path, let wanted = equals.map({ facts.fill($0) }) {
            guard let json = try? JSON(parsing: reply.body, python: true) else {
                return ProbeResult(.fail, "\(address): the answer is no JSON: \(shown(reply.body))")
            }
            let found = path.value(in: json).map { $0.string ?? $0.text() }
            guard found == wanted else {
                return ProbeResult(.fail, "\(address): \(path.text) is \(found ?? "missing"), not \(wanted)")
            }
        }
        return ProbeResult(.pass, "\(address) answered \(reply.status)", value: Double(reply.status))
    }

    private func list(_ statuses: [Int]) -> String { statuses.map(String.init).joined(separator: " or ") }

    /// The beginning of the answer on one line.
    private func shown(_ body: [UInt8]) -> String {
        let text = String(decoding: body.prefix(200), as: UTF8.self)
        return String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 }).filter { $0 >= " " && $0 != "\u{7F}" }
    }
}
