import Domain

/// An address that notices go to. With many services the address itself is the secret, so it can be kept where secrets are.
///
///     url: https://example.com/hook
///     url: {env: SLACK_URL}
struct WebAddress: Hashable, Sendable, FieldValue {
    private let place: Place

    private enum Place: Hashable, Sendable {
        case plain(String)
        case secret(Secret)
    }

    init(node: any ManifestNode) throws(FieldErrors) {
        guard let text = node.text else {
            place = .secret(try Secret(node: node))
            return
        }
        guard Self.isAddress(text) else {
            throw FieldErrors("invalid-value", at: node.place, "must begin with http:// or https://")
        }
        place = .plain(text)
    }

    private init(_ text: String) { place = .plain(text) }

    static var schema: JSON { ["anyOf": [["type": "string", "pattern": "^https?://"], Secret.schema]] }
    static var placeholder: WebAddress { WebAddress("") }

    private static func isAddress(_ text: String) -> Bool { text.hasPrefix("http://") || text.hasPrefix("https://") }

    /// Posts `body` there.
    ///
    /// - Returns: When the other side has taken it (status 2xx).
    func post(
        _ body: [UInt8], headers: [String: String] = [:], timeout: Duration, using tools: Tools
    ) async throws(NotifierFailure) {
        let url = try url(tools)
        var headers = headers
        headers["content-type"] = "application/json"
        let call = Tools.Call("POST", url, headers: headers, body: body, timeout: timeout, replyLimit: 4096)
        let reply: Tools.Reply
        do { reply = try await tools.send(call) } catch {
            throw NotifierFailure("\(Self.host(of: url)) gave no answer: \(Self.words(of: error, url))")
        }
        guard !(200..<300).contains(reply.status) else { return }
        let said = Self.hiding(url, in: String(decoding: reply.body.prefix(300), as: UTF8.self))
        throw NotifierFailure(
            "\(Self.host(of: url)) answered \(reply.status)\(said.isEmpty ? "" : ": \(said)")",
            remedy: Self.isRefusal(reply.status) ? .askHuman : .retry)
    }

    private func url(_ tools: Tools) throws(NotifierFailure) -> String {
        switch place {
        case .plain(let text): return text
        case .secret(let secret):
            guard let text = secret.read(tools) else {
                throw NotifierFailure("'\(secret.name)' holds no address; set it where Martlet runs")
            }
            guard Self.isAddress(text) else {
                throw NotifierFailure("what '\(secret.name)' holds is no http:// or https:// address")
            }
            return text
        }
    }

    /// Whether it is this notice that they do not want. Too early, too many, and a timeout pass by themselves.
    private static func isRefusal(_ status: Int) -> Bool {
        (400..<500).contains(status) && ![408, 425, 429].contains(status)
    }

    /// `hooks.slack.com`, without user, path and query.
    private static func host(of url: String) -> String {
        let rest = url.pathParts(most: 4).dropFirst().first ?? ""
        let host = rest.split(separator: "@").last ?? ""
        return Excerpt.line(String(host))
    }

    /// What went wrong, without the address that such errors begin with.
    private static func words(of error: any Error, _ url: String) -> String {
        let text = "\(error)"
        let words =
            text.hasPrefix("http") ? text.firstRange(of: ": ").map { String(text[$0.upperBound...]) } ?? "" : text
        return hiding(url, in: words)
    }

    /// `text` on one line, without user, path and query of `url`, nor a long part of them.
    private static func hiding(_ url: String, in text: String) -> String {
        let parts = url.pathParts(keepingEmpty: true).dropFirst(2)
        let user = (parts.first ?? "").split(separator: "@").dropLast().flatMap { $0.split(separator: ":") }
        let path = parts.dropFirst()
        let pieces = user + path.flatMap { $0.split { "?&=#".contains($0) } }
        let secrets = [path.joined(separator: "/")] + pieces.map(String.init)
        let safe = secrets.filter { $0.utf8.count >= 6 }.reduce(text) { $0.replacing($1, with: "…") }
        return Excerpt.line(safe, limit: 200)
    }
}
