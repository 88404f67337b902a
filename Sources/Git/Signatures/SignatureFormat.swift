/// How a signature is written, by its first line.
enum SignatureFormat: Hashable, Sendable {
    case ssh, openPGP
    case other(String)

    init(of signature: String) {
        let start = "-----BEGIN "
        let line = signature.split(separator: "\n").first ?? ""
        switch line {
        case "-----BEGIN SSH SIGNATURE-----": self = .ssh
        case "-----BEGIN PGP SIGNATURE-----", "-----BEGIN PGP MESSAGE-----": self = .openPGP
        default: self = .other(String(line.hasPrefix(start) ? line.dropFirst(start.count).prefix(40) : line.prefix(40)))
        }
    }

    /// The format of the signature that a tag's message ends with, or `nil` where there is none.
    init?(endOf message: String) {
        let lines = message.split(separator: "\n")
        // As git looks for it: the last line that begins one.
        let found = lines.last { line in
            ["SSH SIGNATURE", "PGP SIGNATURE", "PGP MESSAGE", "SIGNED MESSAGE"].contains {
                line.hasPrefix("-----BEGIN \($0)-----")
            }
        }
        guard let found else { return nil }
        self.init(of: String(found))
    }
}
