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
        let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n").compactMap { Line($0) }
        if lines.contains(where: { Self.isRace($0.reason) }) {
            self = .moved
        } else if lines.contains(where: { $0.reason.hasPrefix("[remote rejected]") }) {
            self = .refused(Self.words(result, lines))
        } else if let first = lines.first, first.reason.hasPrefix("[rejected]") {
            self = .refused("\(first)")
        } else {
            self = .failed
        }
    }

    /// What was said of one reference that did not move: `!`, from where to where, and why, with tabs between them.
    private struct Line: CustomStringConvertible {
        let reference: String
        let reason: String

        init?(_ text: Substring) {
            guard text.hasPrefix("!\t") else { return nil }
            let fields = text.split(separator: "\t", omittingEmptySubsequences: false)
            reason = String(fields.last ?? "")
            // No name of a reference has a colon.
            reference = fields.count > 2 ? String(fields[1].split(separator: ":").last ?? "") : ""
        }

        var description: String { Sanitized.text(reference.isEmpty ? reason : "\(reference): \(reason)") }
    }

    /// git's own look at the remote's list of references; the server is not asked.
    private static func isRace(_ reason: String) -> Bool {
        guard reason.hasPrefix("[rejected]") else { return false }
        return ["stale info", "fetch first", "non-fast-forward", "already exists", "needs force", "remote ref updated"]
            .contains { reason.contains("(\($0)") }
    }

    /// What the hook printed, which comes back as lines that start with `remote:`, and then which references did not move, and why. Of an
    /// atomic push, these are those for which all the others did not.
    private static func words(_ result: CommandResult, _ lines: [Line]) -> String {
        var text = String(decoding: result.errors.suffix(16_384), as: UTF8.self).split { $0.isNewline }
            .filter { $0.hasPrefix("remote:") }
            .map { trimmed(Sanitized.text($0.dropFirst(7))) }
        while let last = text.last, last.isEmpty { text.removeLast() }
        let causes = lines.filter { !$0.reason.contains("atomic push fail") }
        guard let first = causes.first ?? lines.first else { return text.joined(separator: "\n") }
        let more = causes.count > 1 ? " (and \(causes.count - 1) more)" : ""
        return Excerpt.withoutCredentials((text + ["\(first)\(more)"]).joined(separator: "\n"))
    }

    /// Without the space after `remote:`, and without those that git appends to wipe a terminal's line.
    private static func trimmed(_ line: String) -> String {
        var line = line.hasPrefix(" ") ? line.dropFirst() : line[...]
        while line.last == " " { line.removeLast() }
        return String(line)
    }
}
