import Domain

/// One answer of a forge, and what its status means where it is not the one that was hoped for.
struct ForgeAnswer: Sendable {
    let reply: Tools.Reply
    let request: String
    let secrets: [String]

    var status: Int { reply.status }

    /// The body of an answer that says yes. Throws what the status says otherwise.
    func record() throws(ForgeFailure) -> ForgeRecord {
        guard (200..<300).contains(reply.status) else { throw failure() }
        do throws(JSON.SyntaxError) {
            return ForgeRecord(json: try JSON(parsing: reply.body), request: request)
        } catch {
            let looksLikePage = reply.body.first == UInt8(ascii: "<")
            let what =
                looksLikePage
                ? "a web page instead of JSON; is the address that of the API?"
                : "no whole JSON (\(error.message) at byte \(error.offset))"
            throw ForgeFailure(
                .unreadable, "\(request): the forge answered \(reply.status) with \(what)",
                looksLikePage ? .askHuman : .retry)
        }
    }

    /// Passes where the answer says yes, whatever its body.
    func check() throws(ForgeFailure) {
        guard (200..<300).contains(reply.status) else { throw failure() }
    }

    func failure() -> ForgeFailure {
        let (reason, advice, remedy): (ForgeFailure.Reason, String, Remedy) =
            switch reply.status {
            case 401: (.unauthorized, "the forge does not know the token; is it expired?", .askHuman)
            case 403: (.forbidden, "the token may not do that; give it the permission\(needed)", .askHuman)
            case 404, 410:
                (
                    .missing, "there is no such thing, or the token may not see it\(needed); look at forge.repository",
                    .askHuman
                )
            case 300..<400:
                (.missing, "it is elsewhere; has the repository been renamed? Change forge.repository", .askHuman)
            case 405, 423: (.unmergeable, "it cannot be done as things stand there", .retry)
            case 409: (.moved, "it has changed meanwhile", .retry)
            default: (.refused, "the forge refuses it", .askHuman)
            }
        let words = message.map { " ('\($0)')" } ?? ""
        return ForgeFailure(reason, "\(request): \(reply.status)\(words): \(advice)", remedy)
    }

    /// Which permission would do, as GitHub tells of fine-grained tokens and apps, or of the scopes of classic ones.
    private var needed: String {
        let names = ["x-accepted-github-permissions", "x-accepted-oauth-scopes"].lazy.compactMap { reply.headers[$0] }
        guard let name = names.first(where: { !$0.isEmpty }) else { return "" }
        return " (needed: \(Excerpt.line(name.hiding(secrets), limit: 200)))"
    }

    /// What the forge says itself, on one line.
    var message: String? {
        guard let json = try? JSON(parsing: reply.body) else { return nil }
        let details = (json["errors"]?.array ?? []).compactMap { $0["message"]?.string ?? $0.string }
        let said = json["message"]?.string ?? json["message"]?.text() ?? json["error"]?.string
        let more = json["error_description"]?.string
        let all = ([said, more].compactMap(\.self) + details).joined(separator: ": ")
        guard !all.isEmpty else { return nil }
        let line = all.hiding(secrets).unicodeScalars.map {
            $0.properties.generalCategory == .control ? " " : Character($0)
        }
        return String(line.prefix(200))
    }
}
