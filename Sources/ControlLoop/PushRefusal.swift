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
        until = now + min(longest, .seconds(60 << min(count - 1, 6)))
    }
}
