/// An address as people may read it: what a probe says goes to chat rooms and into Git.
public struct ShownAddress: Sendable, CustomStringConvertible {
    /// Without user and password, and with `…` for each value in the query.
    public let description: String
    /// What the address and the headers hold of secrets, for what a server says of them.
    public let secrets: [String]

    public init(_ url: String, headers: [String: String] = [:]) {
        var secrets: [String] = []
        let plain = url.prefix { $0 != "?" && $0 != "#" }
        var shown = String(plain)
        if let scheme = plain.firstRange(of: "://") {
            let host = plain[scheme.upperBound...].prefix { $0 != "/" }
            if let at = host.lastIndex(of: "@") {
                let user = host[..<at]
                secrets += [String(user)] + (user.firstIndex(of: ":").map { [String(user[$0...].dropFirst())] } ?? [])
                shown = String(plain[..<scheme.upperBound] + plain[at...].dropFirst())
            }
        }
        let rest = url[plain.endIndex...]
        if rest.hasPrefix("?") {
            let parts = rest.dropFirst().prefix { $0 != "#" }.split(separator: "&")
            let pairs = parts.map { part in
                let name = part.firstIndex(of: "=").map { part[..<$0] }
                let value = String(name.map { part[$0.endIndex...].dropFirst() } ?? part)
                if name.map({ Self.isSecret(String($0)) }) ?? true { secrets.append(value) }
                return (name.map { "\($0)=" } ?? "") + "…"
            }
            shown += "?" + pairs.joined(separator: "&")
        }
        for (name, value) in headers where Self.isSecret(name) {
            // `Bearer TOKEN`: the token also stands alone.
            secrets += [value] + value.split(separator: " ").suffix(1).map(String.init)
        }
        description = shown
        self.secrets = secrets
    }

    private static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["token", "key", "secret", "pass", "pwd", "sig", "auth", "cred", "cookie", "session"].contains {
            name.contains($0)
        }
    }
}
