public import Domain

/// Takes deliveries and wakes the loop; decides nothing else. Poll alone gives the same result later.
public struct WebhookHandler: Sendable {
    /// What is answered, and a line for whoever set up the webhook.
    public struct Answer: Hashable, Sendable {
        public let status: Int
        public let text: String
        /// When to send it again, in seconds.
        var retryAfter: Int?
    }

    private let secret: @Sendable (_ forge: String) -> String?
    private let now: @Sendable () -> Timestamp
    private let wake: @Sendable () -> Bool
    private let memory = DeliveryMemory()
    /// The greatest body that is taken.
    let bodyLimit: Int

    /// `wake` must not wait: it is called before the answer. It returns whether anybody heard it.
    public init(
        bodyLimit: Int = 1 << 20, secret: @escaping @Sendable (_ forge: String) -> String?,
        now: @escaping @Sendable () -> Timestamp, wake: @escaping @Sendable () -> Bool
    ) {
        self.bodyLimit = bodyLimit
        self.secret = secret
        self.now = now
        self.wake = wake
    }

    /// The answer to a request before its body is there; `nil` where the body is wanted. Nobody's is who does not sign.
    func early(_ method: String, _ path: String, length: Int?, _ headers: [String: String]) -> Answer? {
        if path == "/healthz" {
            return method == "GET" || method == "HEAD" ? Answer(status: 200, text: "ok") : .wrongMethod
        }
        guard let forge = Self.forge(path), let rule = WebhookRule.all[forge], secret(forge) != nil else {
            return Answer(status: 404, text: "there is nothing here")
        }
        guard method == "POST" else { return .wrongMethod }
        guard rule.signatureHeaders.contains(where: { headers[$0] != nil }) else {
            let names = rule.signatureHeaders.joined(separator: ", ")
            return Answer(
                status: 401, text: "this delivery is not signed (\(names)); set the secret at the sender, too")
        }
        if let length, length > bodyLimit { return .tooLarge }
        return nil
    }

    /// Looks at a whole delivery, and wakes the loop where it is signed, new, and of an event that matters.
    public func take(_ path: String, _ delivery: WebhookRequest) -> Answer {
        guard let forge = Self.forge(path), let rule = WebhookRule.all[forge], let secret = secret(forge) else {
            return Answer(status: 404, text: "there is nothing here")
        }
        guard !rule.isForeign(delivery) else {
            return Answer(status: 400, text: "this delivery is of another forge than the address says")
        }
        guard rule.isSigned(delivery, secret, now()) else {
            let hint =
                delivery.headers["webhook-signature"] == nil
                ? "" : "; where the sender has a signing token, that is the one to set"
            return Answer(status: 401, text: "the signature is not by the secret that is set here" + hint)
        }
        guard let event = rule.event(of: delivery) else { return Answer(status: 400, text: "no event is named") }
        guard rule.events.contains(event) else { return Answer(status: 202, text: "nothing to do for this event") }
        // The id is not signed, the body is: either, seen before, makes it a replay.
        let body = "\(forge) \(SHA256.digest(of: delivery.body).digits)"
        let keys = [body] + (rule.id(of: delivery).map { ["\(forge) #\($0.prefix(200))"] } ?? [])
        guard memory.isNew(keys) else { return Answer(status: 202, text: "this came before") }
        guard wake() else {
            // The forge may send it again when somebody is there.
            memory.forget(keys)
            return .nobodyThere
        }
        return Answer(status: 202, text: "looking")
    }

    private static func forge(_ path: String) -> String? {
        path.hasPrefix("/webhooks/") ? String(path.dropFirst(10)) : nil
    }
}

extension WebhookHandler.Answer {
    static let wrongMethod = Self(status: 405, text: "that cannot be done here")
    static let nobodyThere = Self(
        status: 503, text: "no controller listens; one that is started looks by itself, so nothing is lost")
    static let tooMany = Self(status: 503, text: "too much comes at a time; send it again later", retryAfter: 30)
    static let tooLarge = Self(status: 413, text: "the body is larger than is taken here")
}
