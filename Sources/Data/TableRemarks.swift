/// What a person should know about a table as a whole.
struct TableRemarks: Hashable, Sendable {
    /// Columns that cannot be read, with the reason as the end of a sentence that starts with the column.
    var unread: [String] = []
    private(set) var sentences: [String] = []

    init() {}

    /// As they were stored.
    init(unread: [String], sentences: [String]) {
        self.unread = unread
        self.sentences = sentences
    }

    init(unread: [(name: String, reason: String)]) {
        self.unread = unread.map(\.name)
        sentences = unread.map { "column `\($0.name)` \($0.reason), and is left out" }
    }

    /// Of columns that got a name from their place because the header has none.
    init(unnamed: [String]) {
        sentences = unnamed.map { "`\($0)` has no name in the header, and is called by its place" }
    }

    /// Of both, what is the same said once.
    func merged(with other: TableRemarks) -> TableRemarks {
        var both = self
        both.unread += other.unread.filter { !unread.contains($0) }
        both.sentences += other.sentences.filter { !sentences.contains($0) }
        return both
    }
}
