/// One request that came to a webhook's address.
public struct WebhookRequest: Sendable {
    /// By name in lower case.
    public let headers: [String: String]
    /// As they came: a signature is of these bytes and no others.
    public let body: [UInt8]

    public init(headers: [String: String], body: [UInt8]) {
        self.headers = headers
        self.body = body
    }
}
