/// A column of two tables, made alike where the two only spell it differently, as other formats do.
struct ColumnMatch: Sendable {
    private(set) var reference: ColumnProfile
    private(set) var current: ColumnProfile

    /// What a person should know about how the two are compared, as the end of a sentence that starts with the column.
    private(set) var remark: String?

    init(_ reference: ColumnProfile, _ current: ColumnProfile) {
        (self.reference, self.current) = (reference, current)
        remark = Self.emptyTexts(reference, current)
        switch (reference.content, current.content) {
        case (.numbers(let numbers), .texts(let texts)):
            let match = NumberMatch(numbers, texts)
            (self.current, remark) = (current.with(match.content), match.remark)
        case (.texts(let texts), .numbers(let numbers)):
            let match = NumberMatch(numbers, texts)
            (self.reference, remark) = (reference.with(match.content), match.remark)
        case (.texts(let one), .texts(let other)):
            for spelling in [TextSpelling.truth, .time] {
                guard let pair = spelling.alike(one, other) else { continue }
                self.reference = reference.with(.texts(pair.0))
                self.current = current.with(.texts(pair.1))
                return
            }
        default: break
        }
    }

    /// An empty text is a value in Parquet, while other formats have but nulls in its place.
    private static func emptyTexts(_ reference: ColumnProfile, _ current: ColumnProfile) -> String? {
        let sides = [("reference", reference), ("current table", current)]
        let (with, without) = (sides.filter { $0.1.hasEmptyText }, sides.filter { !$0.1.hasEmptyText })
        guard let one = with.first, let other = without.first, other.1.nulls > 0 else { return nil }
        return
            "has empty texts in the \(one.0), where they are values, and in the \(other.0) nulls, which may stand for them"
    }
}

extension ColumnProfile {
    fileprivate var hasEmptyText: Bool { texts.map { $0.count > 0 && $0.lengths.minimum == 0 } ?? false }

    fileprivate func with(_ content: Content) -> ColumnProfile {
        ColumnProfile(name: name, rows: rows, nulls: nulls, content: content)
    }
}
