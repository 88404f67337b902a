public import Domain

/// Writes each notice into a chat room, through an incoming webhook.
///
///     {kind: chat-webhook, url: {env: SLACK_URL}, on: [failed, needs-person]}
///
/// Posts `{"text": …}`, which Slack, Mattermost, Rocket.Chat, Zulip (its Slack-compatible one), Google Chat, and Discord (the address
/// with `/slack` at its end) take; `field: content` is for Discord's own. Text that comes from the repository mentions nobody.
public struct ChatWebhook: Notifier {
    public static let kind = "chat-webhook"
    public static let summary = "writes into a chat room of Slack, Mattermost, Discord and the like"

    let url: WebAddress
    let field: String
    let timeout: Duration

    public init(_ fields: Fields) throws(FieldErrors) {
        url = try fields.required("url", "the address, or where it is kept: {env: NAME} or {file: PATH}")
        field = fields.value("field", default: "text", "what the service calls the text: content for Discord's own")
        timeout = fields.value("timeout", default: .seconds(10), "how long an answer may take")
        if timeout <= .zero { fields.complain(about: "timeout", "must be longer than nothing") }
    }

    public func notify(_ notice: Notice, using tools: Tools) async throws {
        let text = "\(Self.sign(of: notice.event)) \(Self.plain(notice.text))"
        let body = JSON.object([(field, .string(text))]).text()
        try await url.post(Array(body.utf8), timeout: timeout, using: tools)
    }

    private static func sign(of event: Notice.Event) -> String {
        switch event {
        case .promoted, .verified, .recovered, .lifted, .requestMerged, .retrainEnded: "✅"
        case .failed, .stalled, .alert, .needsPerson, .retrainFailed: "🔴"
        case .rolledBack, .held, .gateClosed, .requestRefused, .dependencyChanged: "⚠️"
        case .requestOpened, .requestClosed, .retrainBegun: "ℹ️"
        }
    }

    /// Discord refuses more than 2,000 characters, and takes nothing of such a message.
    private static let longest = 1_900

    /// Slack asks for these three as entities ("Formatting text for app surfaces"), which keeps `<!channel>` from being one. A space
    /// of no width keeps `@here` from being a mention elsewhere.
    private static func plain(_ text: String) -> String {
        var plain = "", count = 0
        for scalar in text.unicodeScalars {
            let piece =
                switch scalar {
                case "&": "&amp;"
                case "<": "&lt;"
                case ">": "&gt;"
                case "@": "@\u{200B}"
                default: String(scalar)
                }
            // Discord counts UTF-16.
            count += piece.utf16.count
            guard count <= longest else { return plain + "…" }
            plain += piece
        }
        return plain
    }
}
