/// Texts of one table made alike to the numbers of a column in another, where cells that are no numbers made it one of texts.
///
/// Where all spell numbers they are compared as numbers. So they are where at most a hundredth spells none and the numbers are more than
/// categories: as texts, two samples of a quantity hardly have a value in common. Otherwise the numbers become texts, too, and each text
/// that spells one is spelled as these.
struct NumberMatch {
    let content: ColumnProfile.Content

    /// As ``ColumnMatch/remark``.
    let remark: String

    private static let kinds = "holds numbers in one table and texts in the other, and is compared as"

    init(_ numbers: NumberProfile, _ texts: TextProfile) {
        let spelled = texts.spelledNumbers
        let areMany = numbers.distinct > ColumnDrift.valuesAsCategories
        guard let spelled, spelled.others == 0 || areMany && spelled.others * 100 <= texts.count else {
            content = .texts(texts.havingPlainNumbers)
            remark = "\(Self.kinds) texts"
            return
        }
        content = .numbers(spelled.numbers)
        let words =
            spelled.others == 0
            ? ", which all of the texts spell" : "; \(spelled.others) texts spell none, and count as NaN"
        remark = "\(Self.kinds) numbers\(words)"
    }
}

extension TextProfile {
    /// The numbers that the texts spell, and how many texts spell none, which are NaN among them; `nil` where not all are known.
    fileprivate var spelledNumbers: (numbers: NumberProfile, others: Int)? {
        guard exact, counts.hasTexts else { return nil }
        var values: [(value: Double, count: Int)] = []
        var unusual = UnusualNumbers(), wide = WideNumbers(limit: .max), others = 0
        for index in 0..<counts.distinct {
            let spelled = counts.withNumber(at: index) { text, number in
                (number, WideNumbers.contains(number) ? WideNumbers.hash(of: text, number) : nil)
            }
            let count = counts.count(at: index)
            if spelled == nil { others += count }
            let (number, hash) = spelled ?? (.nan, nil)
            if number.isFinite {
                values.append((number + 0, count))
                if let hash { wide.add([hash]) }
            } else {
                unusual.add(number, times: count)
            }
        }
        values.sort { $0.value < $1.value }
        var runs: [(value: Double, count: Int)] = []
        for value in values {
            if let last = runs.last, last.value == value.value {
                runs[runs.count - 1].count += value.count
            } else {
                runs.append(value)
            }
        }
        return (NumberProfile(exactly: SortedValues(ascending: runs), unusual: unusual, wide: wide), others)
    }

    /// The same with each text that spells a number as the comparison spells numbers.
    ///
    /// What is not counted one by one keeps its spelling, so that its groups are no longer those of the same numbers: they become one.
    fileprivate var havingPlainNumbers: TextProfile {
        guard counts.hasTexts else { return self }
        var table = TextTable(capacity: counts.distinct)
        for index in 0..<counts.distinct {
            let count = counts.count(at: index)
            let plain = counts.withNumber(at: index) { Array(CategoryComparison.spelling(of: $1).utf8) }
            if let plain {
                plain.withUnsafeBytes { table.add($0, hash: StableHash.of($0), times: count) }
            } else {
                counts.withBytes(at: index) { table.add($0, hash: StableHash.of($0), times: count) }
            }
        }
        if exact { return TextProfile(exactly: TextCounts(table)) }
        return TextProfile(
            stored: TextCounts(table), others: [others.reduce(0, +)], uncertainty: uncertainty, distinct: distinct,
            lengths: lengths)
    }
}

extension TextCounts {
    /// Hands out a text that spells a number, with that; `nil` of any other.
    fileprivate func withNumber<Result>(
        at index: Int, _ body: (UnsafeBufferPointer<UInt8>, Double) -> Result
    ) -> Result? {
        withBytes(at: index) { bytes in
            bytes.withMemoryRebound(to: UInt8.self) { text in DecimalNumber.parse(text).map { body(text, $0) } }
        }
    }
}
