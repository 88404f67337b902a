import Domain

/// What `git push --porcelain` said.
enum PushReport: Hashable {
    case done
    /// The remote is not where the lease says.
    case moved
    /// The server said no.
    case refused(String)
    /// It never came to an answer.
    case failed

    init(_ result: CommandResult) {
        guard !result.succeeded else { self = .done; return }
        guard case .exited = result.ending else { self = .failed; return }
        let reasons = String(decoding: result.output, as: UTF8.self).split(separator: "\n")
            .filter { $0.hasPrefix("!\t") }
            .map { String($0.split(separator: "\t", omittingEmptySubsequences: false).last ?? "") }
        if reasons.contains(where: Self.isRace) {
            self = .moved
        } else if reasons.contains(where: { $0.hasPrefix("[remote rejected]") }) {
            self = .refused(Self.words(result, reasons))
        } else if let reason = reasons.first, reason.hasPrefix("[rejected]") {
            self = .refused(Sanitized.text(reason))
        } else {
            self = .failed
        }
    }

    /// git's own look at the remote's list of references; the server is not asked.
    private static func isRace(_ reason: String) -> Bool {
        guard reason.hasPrefix("[rejected]") else { return false }
        return ["stale info", "fetch first", "non-fast-forward", "already exists", "needs force", "remote ref updated"]
            .contains { reason.contains("(\($0)") }
    }

    /// What the hook printed, which comes back as lines that start with `remote:`, and then the bare reasons.
    private static func words(_ result: CommandResult, _ reasons: [String]) -> String {
        var text = String(decoding: result.errors.suffix(16_384), as: UTF8.self).split { $0.isNewline }
            .filter { $0.hasPrefix("remote:") }
            .map { trimmed(Sanitized.text($0.dropFirst(7))) }
        while let last = text.last, last.isEmpty { text.removeLast() }
        let own = reasons.filter { !$0.contains("atomic push fail") }.first ?? reasons.first ?? ""
        return Excerpt.withoutCredentials((text + [Sanitized.text(own)]).joined(separator: "\n"))
    }

    /// Without the space after `remote:`, and without those that git appends to wipe a terminal's line.
    private static func trimmed(_ line: String) -> String {
        var line = line.hasPrefix(" ") ? line.dropFirst() : line[...]
        while line.last == " " { line.removeLast() }
        return String(line)
    }
}
