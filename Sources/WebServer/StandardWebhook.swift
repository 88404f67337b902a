import Domain

/// Signatures as "Standard Webhooks" 1.0.0 has them: of the id, the time and the body together.
enum StandardWebhook {
    /// How far the sender's clock may be from ours.
    private static let tolerance: Duration = .seconds(300)

    static func isSigned(_ delivery: WebhookRequest, _ secret: String, _ now: Timestamp) -> Bool {
        guard let id = delivery.headers["webhook-id"], let time = delivery.headers["webhook-timestamp"],
            let seconds = Int64(time), let signatures = delivery.headers["webhook-signature"], let key = key(secret)
        else { return false }
        let age = now - Timestamp(seconds: seconds)
        guard age <= tolerance, age >= .zero - tolerance else { return false }
        let code = HMAC.sha256(of: Array("\(id).\(time).".utf8) + delivery.body, key: key).bytes
        // While a secret is changed, there is one of each.
        return signatures.split(separator: " ").prefix(10).contains { signature in
            guard signature.hasPrefix("v1,"), let sent = Base64.bytes(signature.dropFirst(3)) else { return false }
            return HMAC.areEqual(sent, code)
        }
    }

    private static func key(_ secret: String) -> [UInt8]? {
        secret.hasPrefix("whsec_") ? Base64.bytes(secret.dropFirst(6)) : Array(secret.utf8)
    }
}
