/// The categories of two samples side by side.
struct CategoryComparison {
    let table: ShareTable

    /// What only the second has: the heaviest first, then by bytes; at most `ColumnProfile.listed`.
    let unseen: [String]
    let unseenCount: Int

    init(texts reference: TextCounts, _ current: TextCounts) {
        var counts = (reference: CompactCounts(), current: CompactCounts())
        var new: [Int] = []
        reference.walk(current) { one, other in
            counts.reference.append(one.map { reference.count(at: $0) } ?? 0)
            counts.current.append(other.map { current.count(at: $0) } ?? 0)
            if one == nil, let other { new.append(other) }
        }
        table = ShareTable(reference: counts.reference, current: counts.current)
        unseenCount = new.count
        let limit = ColumnProfile.listed
        unseen = Heaviest(of: current, among: current.candidates(among: new, limit: limit), limit: limit).indices.map {
            current.text(at: $0)
        }
    }

    init(numbers reference: SortedValues, _ current: SortedValues) {
        self.init(texts: Self.texts(of: reference), Self.texts(of: current))
    }

    /// The texts of a column; those that spell its numbers where it holds numbers.
    static func texts(of column: ColumnProfile) -> TextCounts {
        column.texts?.counts ?? column.numbers.map { texts(of: $0.values) } ?? TextCounts()
    }

    /// Whole numbers are spelled without a fraction, as tables have them.
    private static func texts(of numbers: SortedValues) -> TextCounts {
        var counts = TextTable()
        for run in numbers.runs {
            var text = Int(exactly: run.value).map { String($0) } ?? "\(run.value)"
            text.withUTF8 { bytes in
                counts.add(
                    UnsafeRawBufferPointer(bytes), hash: StableHash.of(UnsafeRawBufferPointer(bytes)), times: run.count)
            }
        }
        return TextCounts(counts)
    }
}
