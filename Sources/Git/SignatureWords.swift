import Domain

/// What the verifying programs said, as `git verify-commit --raw` hands it on.
struct SignatureWords {
    private let lines: [Substring]

    init(_ result: CommandResult) {
        lines = Sanitized.text(String(decoding: result.errors.prefix(8192), as: UTF8.self), limit: 8192)
            .split(separator: "\n")
    }

    /// The signer in `Good "git" signature for NAME with …`.
    var sshSigner: String? {
        let start = "Good \"git\" signature for "
        for line in lines where line.hasPrefix(start) {
            // A signer's name may hold the word itself: the last one counts.
            if let end = line.indices.last(where: { line[$0...].hasPrefix(" with ") }) {
                return String(line[..<end].dropFirst(start.count))
            }
        }
        return nil
    }

    /// The primary key's fingerprint, the last word of `VALIDSIG` (GnuPG, doc/DETAILS).
    var openPGPKey: String? { status("VALIDSIG").flatMap { $0.split(separator: " ").last.map(String.init) } }

    var sshReason: String {
        let words = lines.filter { !$0.hasPrefix("warning: ") && !$0.hasPrefix("hint: ") }
        let isStranger = lines.contains { $0.hasPrefix("No principal matched") }
        return isStranger ? "no key of \(Signers.file) that was valid then made it" : said(words)
    }

    var openPGPReason: String {
        if status("EXPKEYSIG") != nil || status("KEYEXPIRED") != nil { return "the key that made it has expired" }
        if status("REVKEYSIG") != nil { return "the key that made it was revoked" }
        if status("EXPSIG") != nil { return "the signature has expired" }
        if status("BADSIG") != nil { return "the signature does not fit what is signed" }
        if status("NO_PUBKEY") != nil { return "no key of \(Signers.folder) made it" }
        return said(lines)
    }

    private func said(_ lines: [Substring]) -> String {
        lines.isEmpty ? "it could not be verified" : lines.joined(separator: "; ")
    }

    /// What follows `[GNUPG:] KEYWORD`.
    private func status(_ keyword: String) -> Substring? {
        let start = "[GNUPG:] \(keyword)"
        return lines.first { $0 == start || $0.hasPrefix(start + " ") }?.dropFirst(start.count)
    }
}
