import Domain

/// How one forge signs what it delivers, and which of it matters. Pure; the secret and the time are handed in.
public struct WebhookRule: Sendable {
    /// As in the address: `/webhooks/NAME`.
    public let name: String
    let eventHeaders: [String]
    /// One of these is there, or it is not signed.
    let signatureHeaders: [String]
    let idHeaders: [String]
    /// Events after which the repository, its requests or what their statuses belong into may have changed. Statuses and comments are none:
    /// Martlet's own would wake it.
    let events: Set<String>
    /// Headers that only another forge sends.
    let foreign: [String]
    let isSigned: @Sendable (WebhookRequest, _ secret: String, _ now: Timestamp) -> Bool

    func event(of delivery: WebhookRequest) -> String? { eventHeaders.lazy.compactMap { delivery.headers[$0] }.first }

    func id(of delivery: WebhookRequest) -> String? { idHeaders.lazy.compactMap { delivery.headers[$0] }.first }

    func isForeign(_ delivery: WebhookRequest) -> Bool { foreign.contains { delivery.headers[$0] != nil } }

    /// All that are known, by name.
    public static let all: [String: WebhookRule] = Dictionary(
        uniqueKeysWithValues: [gitHub, gitLab, gitea("gitea"), gitea("forgejo")].map { ($0.name, $0) })

    /// GitHub, "Validating webhook deliveries". Gitea sends the same headers besides its own, so those must not be there.
    static let gitHub = WebhookRule(
        name: "github", eventHeaders: ["x-github-event"], signatureHeaders: ["x-hub-signature-256"],
        idHeaders: ["x-github-delivery"],
        events: ["push", "create", "delete", "pull_request", "pull_request_review", "merge_group"],
        foreign: ["x-gitea-event", "x-forgejo-event", "x-gogs-event"]
    ) { delivery, secret, _ in
        guard let text = delivery.headers["x-hub-signature-256"], text.hasPrefix("sha256=") else { return false }
        return isCode(text.dropFirst(7), of: delivery.body, secret)
    }

    /// Gitea's and Forgejo's signature is the bare hexadecimal code.
    static func gitea(_ name: String) -> WebhookRule {
        WebhookRule(
            name: name, eventHeaders: ["x-forgejo-event", "x-gitea-event"],
            signatureHeaders: ["x-forgejo-signature", "x-gitea-signature"],
            idHeaders: ["x-forgejo-delivery", "x-gitea-delivery"],
            events: [
                "push", "create", "delete", "pull_request", "pull_request_sync", "pull_request_approved",
                "pull_request_rejected", "pull_request_comment", "pull_request_review_approved",
                "pull_request_review_rejected", "pull_request_review_comment",
            ], foreign: []
        ) { delivery, secret, _ in
            guard let text = delivery.headers["x-forgejo-signature"] ?? delivery.headers["x-gitea-signature"] else {
                return false
            }
            return isCode(text[...], of: delivery.body, secret)
        }
    }

    /// GitLab: the secret itself in a header, or a signature as "Standard Webhooks" has it. A secret of the latter form is taken for
    /// signatures alone, so that nobody can fall back to the weaker way.
    static let gitLab = WebhookRule(
        name: "gitlab", eventHeaders: ["x-gitlab-event"], signatureHeaders: ["webhook-signature", "x-gitlab-token"],
        idHeaders: ["webhook-id", "idempotency-key", "x-gitlab-event-uuid"],
        events: ["Push Hook", "Tag Push Hook", "Merge Request Hook", "Pipeline Hook"],
        foreign: ["x-github-event", "x-gitea-event"]
    ) { delivery, secret, now in
        if secret.hasPrefix("whsec_") || delivery.headers["webhook-signature"] != nil {
            return StandardWebhook.isSigned(delivery, secret, now)
        }
        guard let token = delivery.headers["x-gitlab-token"] else { return false }
        return HMAC.areEqual(Array(token.utf8), Array(secret.utf8))
    }

    private static func isCode(_ digits: Substring, of body: [UInt8], _ secret: String) -> Bool {
        guard let code = Hexadecimal.bytes(Array(digits.utf8)) else { return false }
        return HMAC.areEqual(code, HMAC.sha256(of: body, key: Array(secret.utf8)).bytes)
    }
}
