/// Texts in 1,024 groups by their hash: what is known of those that are too many to be counted one by one.
///
/// What moves between groups is seen, what moves inside of one is not, so distances of groups are never larger than those of texts.
enum TextGroups {
    static let count = 1024

    /// The group of a text, by its `StableHash`.
    @inline(__always)
    static func group(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 54) }
}

/// Categories of a column with their counts.
struct CategoryCounts: Sendable {
    let counts: TextCounts

    /// How many values there are in each group that `counts` lacks, or in all of them together; empty where it lacks none.
    var others: [Int] = []

    var isPartial: Bool { !others.isEmpty }
}
