public import Domain

/// Asks Prometheus for one number and compares it with a threshold.
///
///     probe: {kind: prometheus, url: "http://prometheus:9090", query: 'avg(error_rate{model="{model}"})', above: 0.05}
///
/// `above` or `below` says when the deployment is ill. No data, NaN and more than one series are `inconclusive`, never a zero. With
/// several series, aggregate in the query. HTTP API: `GET /api/v1/query` (Prometheus documentation, "HTTP API").
public struct PrometheusProbe: Probe {
    public static let kind = "prometheus"
    public static let summary = "asks Prometheus for a number and compares it with a threshold"

    let url: String
    let query: String
    let above: Double?
    let below: Double?
    let headers: [String: String]
    let timeout: Duration

    public init(_ fields: Fields) throws(FieldErrors) {
        url = try fields.required(
            "url", "Prometheus' address, such as http://prometheus:9090; messages show it without user and password")
        query = try fields.required(
            "query", "PromQL that gives one number; \(Placeholders.listed) are filled in")
        above = fields.optional("above", "ill where the number is greater")
        below = fields.optional("below", "ill where the number is less")
        headers = fields.value("headers", default: [:], "headers to send")
        timeout = fields.value("timeout", default: .seconds(10), "how long an answer may take")
        if !url.hasPrefix("http://"), !url.hasPrefix("https://") {
            fields.complain(about: "url", "must begin with http:// or https://")
        }
        if above == nil, below == nil { fields.complain(about: "above", "give 'above' or 'below'") }
        if let above, let below, above < below { fields.complain(about: "above", "must not be less than 'below'") }
    }

    public func look(at release: Release, using tools: Tools) async -> ProbeResult {
        let question = Placeholders(release).fill(query, Placeholders.quoted)
        let shown = ShownAddress(url, headers: headers)
        let base = url.hasSuffix("/") ? String(url.dropLast()) : url
        let address = "\(base)/api/v1/query?query=\(question.percentEncoded)"
        do {
            let reply = try await tools.send(Tools.Call("GET", address, headers: headers, timeout: timeout))
            return judge(reply, question, shown)
        } catch {
            return ProbeResult(.error, "Prometheus cannot be asked: \("\(error)".hiding(shown.secrets))")
        }
    }

    private func judge(_ reply: Tools.Reply, _ question: String, _ address: ShownAddress) -> ProbeResult {
        guard let json = try? JSON(parsing: reply.body) else {
            return ProbeResult(.error, "\(address) answered \(reply.status) and no JSON; is it Prometheus?")
        }
        guard reply.status == 200, json["status"]?.string == "success", let data = json["data"] else {
            let words = json["error"]?.string?.hiding(address.secrets) ?? "status \(reply.status)"
            return ProbeResult(.error, "Prometheus refused '\(question)': \(words)")
        }
        switch data["resultType"]?.string {
        case "scalar": return compare(data["result"], question)
        case "vector":
            let series = data["result"]?.array ?? []
            if series.isEmpty { return ProbeResult(.inconclusive, "'\(question)' gives no data") }
            if series.count > 1 {
                return ProbeResult(.inconclusive, "'\(question)' gives \(series.count) series; aggregate them to one")
            }
            return compare(series[0]["value"], question)
        case let other:
            return ProbeResult(
                .error, "'\(question)' gives a \(other ?? "nothing"), not one number; use an instant query")
        }
    }

    /// A sample is `[time, "number"]`, the number as text so that it can be `NaN` or `+Inf`.
    private func compare(_ sample: JSON?, _ question: String) -> ProbeResult {
        guard let pair = sample?.array, pair.count == 2, let text = pair[1].string, let value = Double(text) else {
            return ProbeResult(.error, "'\(question)' gives no number")
        }
        if value.isNaN { return ProbeResult(.inconclusive, "'\(question)' is NaN") }
        if let above, value > above {
            return ProbeResult(.fail, "'\(question)' is \(text), above \(above)", value: value, threshold: above)
        }
        if let below, value < below {
            return ProbeResult(.fail, "'\(question)' is \(text), below \(below)", value: value, threshold: below)
        }
        return ProbeResult(.pass, "'\(question)' is \(text)", value: value, threshold: above ?? below)
    }
}
