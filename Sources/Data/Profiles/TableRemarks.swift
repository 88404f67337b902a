import Domain

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

    /// After so many numbers it is more likely that one value is wrong than that the column is of texts.
    private static let many = 100

    /// Notes what made a column of numbers one of texts, where that may be an oversight.
    mutating func note(_ found: BlockColumn.Contradiction, of column: String) {
        let isTooLarge = Double(found.text)?.isInfinite == true && found.text.contains(where: \.isNumber)
        guard found.before >= (isTooLarge ? 1 : Self.many) else { return }
        let so = isTooLarge ? "is beyond every double" : "is none"
        sentences.append(
            "column `\(column)` is read as texts: after \(found.before) numbers comes `\(Excerpt.line(found.text))`, which \(so)"
        )
    }

    /// Of both, what is the same said once.
    func merged(with other: TableRemarks) -> TableRemarks {
        var both = self
        both.unread += other.unread.filter { !unread.contains($0) }
        both.sentences += other.sentences.filter { !sentences.contains($0) }
        return both
    }
}
