import Domain

/// The categories of two samples side by side.
///
/// What a side does not count one by one is compared in groups, and so is all of the other side that is not counted on both.
struct CategoryComparison {
    let table: ShareTable

    /// The table as it is where values of one group are never the same on both sides; `nil` without groups.
    let widest: ShareTable?

    /// What only the second has: the heaviest first, then by bytes; at most `ColumnProfile.listed`. None where the first may have it.
    let unseen: [String]
    let unseenCount: Int

    init(texts reference: CategoryCounts, _ current: CategoryCounts) {
        let (one, other) = (reference.counts, current.counts)
        var counts = (reference: CompactCounts(), current: CompactCounts())
        var groups = Groups(reference, current)
        var new: [Int] = []
        one.walk(other) { mine, theirs in
            if let mine, theirs == nil, current.isPartial {
                groups.reference[groups.place(of: one.hash(at: mine))] += one.count(at: mine)
                return
            }
            if let theirs, mine == nil {
                if reference.isPartial {
                    groups.current[groups.place(of: other.hash(at: theirs))] += other.count(at: theirs)
                    return
                }
                new.append(theirs)
            }
            counts.reference.append(mine.map { one.count(at: $0) } ?? 0)
            counts.current.append(theirs.map { other.count(at: $0) } ?? 0)
        }
        widest = groups.widest(with: counts)
        table = groups.table(with: counts)
        unseenCount = new.count
        let limit = ColumnProfile.listed
        unseen = Heaviest(of: other, among: other.candidates(among: new, limit: limit), limit: limit).indices.map {
            other.text(at: $0)
        }
    }

    init(numbers reference: SortedValues, _ current: SortedValues) {
        self.init(
            texts: CategoryCounts(counts: Self.texts(of: reference)), CategoryCounts(counts: Self.texts(of: current)))
    }

    /// The texts of a column; those that spell its numbers where it holds numbers.
    static func texts(of column: ColumnProfile) -> CategoryCounts {
        if let texts = column.texts { return CategoryCounts(counts: texts.counts, others: texts.others) }
        guard let numbers = column.numbers else { return CategoryCounts(counts: TextCounts()) }
        return CategoryCounts(counts: texts(of: numbers.ranked, nan: numbers.nan))
    }

    /// As a number is spelled in one way, whatever the table had: whole numbers without a fraction, as most tables have them.
    static func spelling(of number: Double) -> String {
        if number == 0 { return "0" }
        return Int(exactly: number).map { String($0) } ?? "\(number)"
    }

    private static func texts(of numbers: SortedValues, nan: Int = 0) -> TextCounts {
        var counts = TextTable()
        for run in numbers.runs + (nan > 0 ? [(.nan, nan)] : []) {
            var text = spelling(of: run.value)
            text.withUTF8 { bytes in
                let bytes = UnsafeRawBufferPointer(bytes)
                counts.add(bytes, hash: StableHash.of(bytes), times: run.count)
            }
        }
        return TextCounts(counts)
    }
}

/// What two samples do not count one by one.
private struct Groups {
    var reference: [Int]
    var current: [Int]
    private let isEmpty: Bool

    init(_ reference: CategoryCounts, _ current: CategoryCounts) {
        let none = [Int](repeating: 0, count: max(reference.others.count, current.others.count))
        self.reference = reference.isPartial ? reference.others : none
        self.current = current.isPartial ? current.others : none
        isEmpty = !reference.isPartial && !current.isPartial
    }

    /// All are one group where that is all that is known.
    func place(of hash: UInt64) -> Int { reference.count > 1 ? TextGroups.group(of: hash) : 0 }

    func table(with counts: (reference: CompactCounts, current: CompactCounts)) -> ShareTable {
        var counts = counts
        for (one, other) in zip(reference, current) where one > 0 || other > 0 {
            counts.reference.append(one)
            counts.current.append(other)
        }
        return ShareTable(reference: counts.reference, current: counts.current)
    }

    func widest(with counts: (reference: CompactCounts, current: CompactCounts)) -> ShareTable? {
        if isEmpty { return nil }
        var counts = counts
        for (one, other) in [(reference.reduce(0, +), 0), (0, current.reduce(0, +))] where one > 0 || other > 0 {
            counts.reference.append(one)
            counts.current.append(other)
        }
        return ShareTable(reference: counts.reference, current: counts.current)
    }
}
