import Domain

/// What people see of a request: what is missing and who can change it, the metrics against the version that runs now, the score,
/// its slices and drift drawn, and the rest behind a click. Markdown that GitHub, GitLab, Gitea and Forgejo show alike; pure, so the same report is the same text.
struct RequestComment {
    /// GitHub takes 65,536 characters; no more bytes than that are no more characters either.
    static let limit = 65_536

    private let report: RequestReport

    init(_ report: RequestReport) { self.report = report }

    /// The comment, with a first line by which it is found again.
    func markdown(after marker: String) -> String {
        var page = CommentPage(limit: Self.limit, start: "\(marker)\n### \(headline)")
        for part in report.parts where !page.isFull {
            let sections = CommentSections(part)
            page.add([sections.title])
            page.add(sections.missing)
        }
        for part in report.parts where !page.isFull {
            let sections = CommentSections(part), name = report.parts.count > 1 ? " of \(Markup.code(part.model))" : ""
            page.addTable(sections.metrics, "Metrics\(name) against the version that runs now", isOpen: true)
            page.addTable(sections.score, "ML Test Score\(name)", isOpen: true)
            page.addTable(sections.checks, "Checks\(name)", isOpen: false)
            page.addPicture(sections.slicePicture)
            page.addPicture(sections.driftPicture)
            page.addTable(sections.slices, "Slices\(name)", isOpen: false)
            page.addTable(sections.drift, "Drift\(name)", isOpen: false)
        }
        return page.text
    }

    /// The same comment once the request is over.
    static func ended(_ text: String, _ ending: RequestPresentation.Ending) -> String {
        let headline = "### \(ending.isMerged ? "✅" : "🚫") \(Markup.code(ending.reason))"
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.hasPrefix(CommentSections.missingMark) }
            .enumerated().map { $0.offset == 1 ? headline : String($0.element) }.joined(separator: "\n")
    }

    private var headline: String {
        let missing = report.parts.reduce(0) { $0 + $1.blockers.count }
        let environment = Markup.code(report.environment)
        switch missing {
        case 0: return "✅ Ready for \(environment)"
        case 1: return "⏳ One thing is missing for \(environment)"
        default: return "⏳ \(missing) things are missing for \(environment)"
        }
    }
}
