import Domain

/// What a column is like: rows, nulls, and its numbers or texts.
public struct ColumnProfile: Sendable {
    /// Numbers where every value spells one, else texts; nothing where all are null.
    public enum Content: Sendable {
        case empty
        case numbers(NumberProfile)
        case texts(TextProfile)
    }

    public let name: String
    public let rows: Int
    public let nulls: Int
    public let content: Content

    init(name: String, rows: Int, nulls: Int, content: Content) {
        self.name = name
        self.rows = rows
        self.nulls = nulls
        self.content = content
    }

    var exactName: ExactText { ExactText(name) }

    public var numbers: NumberProfile? { if case .numbers(let numbers) = content { numbers } else { nil } }
    public var texts: TextProfile? { if case .texts(let texts) = content { texts } else { nil } }

    /// Different values that are not null.
    public var distinct: Int { numbers?.distinct ?? texts?.distinct ?? 0 }

    /// False where quantiles, counts or `distinct` are estimates.
    public var exact: Bool { numbers?.exact ?? texts?.exact ?? true }

    private var canBeMerged: Bool { numbers?.canBeMerged ?? texts?.canBeMerged ?? true }

    /// Share of rows; `nil` without rows.
    public var nullRate: Double? { rows > 0 ? Double(nulls) / Double(rows) : nil }

    /// The profile of the rows of both.
    ///
    /// Throws where one shard holds numbers and the other texts, since the numbers' spelling is gone, and where an old stored profile
    /// does not have what is needed.
    func merged(with other: ColumnProfile, exactLimit: Int) throws(DataError) -> ColumnProfile {
        guard canBeMerged, other.canBeMerged else {
            throw DataError(
                "column `\(name)` is summarized by a stored profile without what merging needs",
                remedy: "\(StoredProfile.remedy), or profile the tables themselves together")
        }
        let content: Content =
            switch (content, other.content) {
            case (.empty, let content), (let content, .empty): content
            case (.numbers(let one), .numbers(let two)):
                .numbers(one.merged(with: two, exactLimit: exactLimit, seed: Self.seed(name)))
            case (.texts(let one), .texts(let two)): .texts(one.merged(with: two, exactLimit: exactLimit))
            default:
                throw DataError(
                    "column `\(name)` holds numbers in one part and texts in another",
                    remedy: "write `\(name)` alike in all parts, or have all of them read as texts")
            }
        return ColumnProfile(name: name, rows: rows + other.rows, nulls: nulls + other.nulls, content: content)
    }

    /// The seed of a column's sketches: its name alone, so that every run throws the same coins.
    static func seed(_ name: String) -> UInt64 { Array(name.utf8).withUnsafeBytes { StableHash.of($0) } }
}
