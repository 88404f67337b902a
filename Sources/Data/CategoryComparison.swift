/// The categories of two samples side by side.
struct CategoryComparison {
    let table: ShareTable

    /// What only the second has: the heaviest first, then by bytes; at most `ColumnProfile.listed`.
    let unseen: [String]
    let unseenCount: Int

    init(texts reference: TextCounts, _ current: TextCounts) {
        var pairs: [(reference: Int, current: Int)] = []
        pairs.reserveCapacity(reference.distinct)
        var new = TextCounts()
        for index in 0..<reference.distinct {
            let other = reference.withBytes(at: index) { current.count(of: $0) }
            pairs.append((reference.count(at: index), other))
        }
        for index in 0..<current.distinct {
            current.withBytes(at: index) { bytes in
                guard reference.count(of: bytes) == 0 else { return }
                pairs.append((0, current.count(at: index)))
                new.add(bytes, hash: StableHash.of(bytes), times: current.count(at: index))
            }
        }
        table = ShareTable(pairs)
        unseenCount = new.distinct
        unseen = TextProfile(exactly: new).heaviest(ColumnProfile.listed).map(\.text)
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
        var counts = TextCounts()
        for run in numbers.runs {
            var text = Int(exactly: run.value).map { String($0) } ?? "\(run.value)"
            text.withUTF8 { bytes in
                counts.add(
                    UnsafeRawBufferPointer(bytes), hash: StableHash.of(UnsafeRawBufferPointer(bytes)), times: run.count)
            }
        }
        return counts
    }
}
