import Domain

/// What the remote did not take, and when that is tried again: ever more seldom, from a minute on.
struct PushRefusal: Sendable {
    let words: String
    let until: Timestamp
    private let count: Int

    /// - Parameter longest: The longest pause.
    init(_ words: String, after last: PushRefusal?, at now: Timestamp, longest: Duration = .seconds(3600)) {
        self.words = Excerpt.line(words, limit: 1000)
        count = (last?.count ?? 0) + 1
        until = now + .seconds(60).doubled(after: count, upTo: longest)
    }

    /// A forge's words, with what to do about them where they are known: where a branch rule asks for a status, also of Martlet's own commits,
    /// which can have none before they are pushed.
    static func explained(_ words: String) -> String {
        let known = remedies.first { remedy in remedy.marks.contains(where: words.contains) }
        return known.map { "\(Excerpt.line(words, limit: 700)); \($0.hint)" } ?? words
    }

    private static let remedies: [(marks: [String], hint: String)] = [
        (
            ["GH006: Protected branch update failed", "GH013: Repository rule violations"],
            "Martlet pushes by itself: put its user or app on the bypass list of the rule"
        ),
        (
            ["not allowed to push code to protected branches"],
            "Martlet pushes by itself: put its user among those that are allowed to push to the protected branch"
        ),
        (
            ["Not allowed to push to protected branch"],
            "Martlet pushes by itself: put its user on the push whitelist of the branch protection"
        ),
    ]
}
