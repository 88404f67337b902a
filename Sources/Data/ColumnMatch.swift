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
        case (.numbers, .texts(let texts)):
            setNumbers(texts.numbers) { $0.current = current.with(.numbers($1)) }
        case (.texts(let texts), .numbers):
            setNumbers(texts.numbers) { $0.reference = reference.with(.numbers($1)) }
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

    private mutating func setNumbers(_ numbers: NumberProfile?, _ set: (inout ColumnMatch, NumberProfile) -> Void) {
        let kinds = "holds numbers in one table and texts in the other, and is compared as"
        remark = numbers == nil ? "\(kinds) texts" : "\(kinds) numbers, which all of the texts spell"
        if let numbers { set(&self, numbers) }
    }
}

extension ColumnProfile {
    fileprivate var hasEmptyText: Bool { texts.map { $0.count > 0 && $0.lengths.minimum == 0 } ?? false }

    fileprivate func with(_ content: Content) -> ColumnProfile {
        ColumnProfile(name: name, rows: rows, nulls: nulls, content: content)
    }
}

extension TextProfile {
    /// The numbers that the texts spell; `nil` where one spells none, or where not all of them are known.
    fileprivate var numbers: NumberProfile? {
        guard exact, counts.hasTexts else { return nil }
        var values: [(value: Double, count: Int)] = []
        var unusual = UnusualNumbers(), wide = WideNumbers(limit: .max)
        for index in 0..<counts.distinct {
            let spelled = counts.withBytes(at: index) { bytes in
                bytes.withMemoryRebound(to: UInt8.self) { text in
                    DecimalNumber.parse(text).map { number in
                        (number, WideNumbers.contains(number) ? WideNumbers.hash(of: text, number) : nil)
                    }
                }
            }
            guard let (number, hash) = spelled else { return nil }
            if number.isFinite {
                values.append((number + 0, counts.count(at: index)))
                if let hash { wide.add([hash]) }
            } else {
                unusual.add(number, times: counts.count(at: index))
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
        return NumberProfile(exactly: SortedValues(ascending: runs), unusual: unusual, wide: wide)
    }
}
