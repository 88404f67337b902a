import Domain

/// What the verifying programs said, as `git verify-commit --raw` hands it on.
struct SignatureWords {
    private let lines: [Substring]
    private let wasUnread: Bool

    /// - Parameter names: What people know the temporary files by, by their paths: words that differ at every look would be news each time.
    init(_ result: CommandResult, naming names: [String: String] = [:]) {
        wasUnread = Self.wasUnread(result)
        var text = Sanitized.text(String(decoding: result.errors.prefix(8192), as: UTF8.self), limit: 8192)
        for (path, name) in names { text = text.replacing(path, with: name) }
        lines = text.split(separator: "\n").map(Self.withoutSignatureFile)
    }

    /// Git puts the signature into a file for the program that verifies it, too (gpg-interface.c).
    private static func withoutSignatureFile(_ line: Substring) -> Substring {
        guard line.contains(".git_vtag_tmp") else { return line }
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        return words.map { $0.contains(".git_vtag_tmp") ? "the signature" : $0 }.joined(separator: " ")[...]
    }

    /// Whether git wrote on to a program that had ended already, and was ended for it.
    ///
    /// Git bears that from each verifying program but one: `ssh-keygen -Y check-novalidate`, which it asks about signatures of
    /// strangers alone (gpg-interface.c, verify_ssh_signed_buffer), and which reads nothing where the signature is damaged.
    static func wasUnread(_ result: CommandResult) -> Bool { result.ending == .signalled(13) }

    /// Whether it would be said again of the same signature and signers: nothing but these decided it.
    var isFinal: Bool {
        if wasUnread { return true }
        let faults = ["error: ", "fatal: ", "Unable to "]
        guard !lines.contains(where: { line in faults.contains { line.hasPrefix($0) } }) else { return false }
        return lines.contains { $0.hasPrefix("No principal matched") || $0.hasPrefix("Could not verify signature") }
    }

    /// Why nothing was found out: a program was killed before it had said anything that decides. `nil` where that is not so.
    ///
    /// Git tells of children that a signal ended (run-command.c, wait_or_whine) but for those of interrupts, and then goes on as if they had
    /// said no.
    var interruption: String? {
        if let death = lines.first(where: { $0.hasPrefix("error: ") && $0.contains(" died of signal ") }) {
            return String(death.dropFirst("error: ".utf8.count))
        }
        if wasUnread { return nil }
        let idle = ["warning: ", "hint: ", "Good \"git\" signature with "]
        let isSilent = lines.allSatisfy { line in idle.contains { line.hasPrefix($0) } }
        return isSilent ? "the program that verifies it ended without a word" : nil
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
        let isStranger = wasUnread || lines.contains { $0.hasPrefix("No principal matched") }
        return isStranger ? "no key of \(Signers.file) that was valid then made it" : said(words)
    }

    /// - Parameter person: Whose key made it, where that is known.
    func openPGPReason(of person: String?) -> String {
        let key = person.map { "the key of \(Excerpt.line($0, limit: 120)) that made it" } ?? "the key that made it"
        if status("REVKEYSIG") != nil { return "\(key) was revoked" }
        if status("EXPKEYSIG") != nil || status("KEYEXPIRED") != nil { return "\(key) has expired" }
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
