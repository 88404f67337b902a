public import Domain

/// Sends each notice as a message, through the mail program of this machine.
///
///     {kind: email, to: [ml-team@example.com], from: martlet@example.com}
///
/// `command` takes the message on its standard input and the recipients as its last arguments, as sendmail, msmtp and the like do;
/// how it reaches a mail server, and with which password, is its own settings' matter.
public struct Email: Notifier {
    public static let kind = "email"
    public static let summary = "sends a message through sendmail, msmtp or the like"

    let to: [String]
    let from: String
    let command: [String]
    let timeout: Duration

    public init(_ fields: Fields) throws(FieldErrors) {
        to = try fields.required("to", "the addresses of those who are told")
        from = fields.value("from", default: "martlet@localhost", "the address that it is from")
        command = fields.value(
            "command", default: ["/usr/sbin/sendmail", "-i"],
            "the mail program; it gets the message on standard input and the addresses as its last arguments")
        timeout = fields.value("timeout", default: .seconds(30), "how long it may take")
        if to.isEmpty { fields.complain(about: "to", "is empty") }
        for address in to + [from] where !Self.isAddress(address) {
            fields.complain(
                about: address == from ? "from" : "to",
                "'\(Excerpt.line(address))' is no address such as ada@example.com")
        }
        if command.isEmpty { fields.complain(about: "command", "is empty") }
        if timeout <= .zero { fields.complain(about: "timeout", "must be longer than nothing") }
    }

    public func notify(_ notice: Notice, using tools: Tools) async throws {
        let program = Program(arguments: command + to, timeout: timeout)
        try await program.take(Array(message(notice).utf8), using: tools)
    }

    /// A plain address, which can be neither an option nor a second header.
    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && !text.hasPrefix("-")
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"<>(),;:\\\"[]".utf8.contains($0) }
    }

    /// The message (RFC 5322), in UTF-8 as base64 (RFC 2045); each repetition has the same Message-ID, by which mailboxes know it.
    private func message(_ notice: Notice) -> String {
        let domain = from.split(separator: "@").last ?? "localhost"
        let headers = [
            "From: Martlet <\(from)>", "To: \(to.joined(separator: ",\n "))",
            "Subject: \(Self.words("[martlet] " + notice.headline))",
            "Date: \(MailDate.text(notice.time))", "Message-ID: <\(notice.id)@\(domain)>",
            // RFC 3834: no out-of-office answers.
            "Auto-Submitted: auto-generated", "X-Martlet-Event: \(notice.event.rawValue)", "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64",
        ]
        let body = Base64.text(Array((notice.text + "\n").utf8))
        return (headers + [""] + Self.lines(body)).joined(separator: "\n") + "\n"
    }

    /// Lines of 76 characters.
    private static func lines(_ text: String) -> [String] {
        var rest = text[...], lines: [String] = []
        while !rest.isEmpty {
            lines.append(String(rest.prefix(76)))
            rest = rest.dropFirst(76)
        }
        return lines
    }

    /// Encoded words (RFC 2047 §2) of at most 75 characters each: 45 bytes of UTF-8, no character cut.
    private static func words(_ text: String) -> String {
        var words: [String] = [], piece = ""
        for character in text.prefix(150).unicodeScalars {
            if piece.utf8.count + UTF8.width(character) > 45 {
                words.append(piece)
                piece = ""
            }
            piece.unicodeScalars.append(character)
        }
        return (words + [piece]).map { "=?utf-8?B?\(Base64.text(Array($0.utf8)))?=" }.joined(separator: "\n ")
    }
}
