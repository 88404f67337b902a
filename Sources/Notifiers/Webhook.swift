public import Domain

/// Posts each notice as JSON, signed as "Standard Webhooks" 1.0.0 has it where there is a secret.
///
///     {kind: webhook, url: "https://example.com/martlet", secret: {env: HOOK_SECRET}}
///
/// `webhook-id` is the same for each repetition of a notice. `webhook-signature` is `v1,` and the base64 of the HMAC-SHA-256 of
/// `ID.TIME.BODY`; a secret that begins with `whsec_` is base64.
public struct Webhook: Notifier {
    public static let kind = "webhook"
    public static let summary = "posts each notice as JSON, signed if there is a secret"

    let url: WebAddress
    let secret: Secret?
    let timeout: Duration

    public init(_ fields: Fields) throws(FieldErrors) {
        url = try fields.required("url", "the address, or where it is kept: {env: NAME} or {file: PATH}")
        secret = fields.optional("secret", "what the signature is made with")
        timeout = fields.value("timeout", default: .seconds(10), "how long an answer may take")
        if timeout <= .zero { fields.complain(about: "timeout", "must be longer than nothing") }
    }

    public func notify(_ notice: Notice, using tools: Tools) async throws {
        let body = Array(notice.json.text().utf8)
        let time = String(tools.now().seconds)
        var headers = ["webhook-id": notice.id, "webhook-timestamp": time]
        if let secret {
            guard let key = secret.read(tools).flatMap(Self.key) else {
                throw NotifierFailure("'\(secret.name)' holds no secret to sign with; set it where Martlet runs")
            }
            let signed = Array("\(notice.id).\(time).".utf8) + body
            headers["webhook-signature"] = "v1," + Base64.text(HMAC.sha256(of: signed, key: key).bytes)
        }
        try await url.post(body, headers: headers, timeout: timeout, using: tools)
    }

    private static func key(_ secret: String) -> [UInt8]? {
        secret.hasPrefix("whsec_") ? Base64.bytes(secret.dropFirst(6)) : Array(secret.utf8)
    }
}
