import Domain

/// What the remote did not take, and when that is tried again: ever more seldom, from a minute up to an hour.
struct PushRefusal: Sendable {
    let words: String
    let until: Timestamp
    private let count: Int

    init(_ words: String, after last: PushRefusal?, at now: Timestamp) {
        self.words = Excerpt.line(words, limit: 1000)
        count = (last?.count ?? 0) + 1
        until = now + .seconds(min(3600, 60 << min(count - 1, 6)))
    }
}
