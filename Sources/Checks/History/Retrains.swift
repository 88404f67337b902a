import Domain

/// The models that came to the branch after the one that a version has.
struct Retrains: Sendable {
    /// So many are looked at.
    static let most = 20

    /// One that came later, and what keeps it from where it should be, as far as that is known.
    struct Later: Sendable {
        let entry: VersionHistory.Entry
        /// The checks that it failed, and where it was rolled back or is held.
        let reasons: [String]
    }

    /// The newest first; none where the version itself is no part of the branch.
    let later: [Later]
    /// The newest on the branch, the version's own included.
    let newest: VersionHistory.Entry
    /// Whether there may be more than were looked at.
    let isCut: Bool

    private var failed: [Later] { later.filter { !$0.reasons.isEmpty } }

    /// `the last 3 retrains failed: infra.canary, rolled back in staging`; `nil` where none did.
    var text: String? {
        guard !failed.isEmpty else { return nil }
        let all = later.count == 1 ? "the last retrain" : "the last \(later.count) retrains"
        let some = failed.count == later.count ? all : "\(failed.count) of \(all)"
        return "\(some) failed: \(failed.flatMap(\.reasons).unique.listed())"
    }

    var json: JSON {
        [
            "newest": .string(newest.version.revision.description),
            "newest_at": .string(newest.commit.author.time.description), "later": .int(later.count),
            "is_cut": .bool(isCut),
            "failed": .array(
                failed.map {
                    [
                        "revision": .string($0.entry.version.revision.description),
                        "reasons": .array($0.reasons.map(JSON.string)),
                    ]
                }),
        ]
    }
}

extension Retrains {
    /// `nil` where history does not tell which bytes the version's artifact is, or cannot be read.
    init?(after subject: Subject) async throws {
        guard let own = try? await VersionHistory.models(of: subject, atMost: 1).first, let mark = own.artifact,
            let isOnBranch = try? await subject.isOnBranch()
        else { return nil }
        var found: [VersionHistory.Entry] = []
        if isOnBranch {
            guard let all = try? await VersionHistory.models(of: subject, from: subject.tip, atMost: Self.most + 1)
            else { return nil }
            found = Array(all.prefix { $0.artifact != mark })
        }
        newest = found.first ?? own
        isCut = found.count > Self.most
        var later: [Later] = []
        for entry in found.prefix(Self.most) {
            let failed = try await subject.tools.evidence(entry.version).filter { $0.outcome.verdict == .fail }
            let rejected = subject.statuses.filter { $0.value.rejection(of: entry.version) != nil }.keys
            later.append(
                Later(
                    entry: entry, reasons: failed.map(\.check).sorted() + rejected.sorted().map { "held in \($0)" }))
        }
        self.later = later
    }
}
