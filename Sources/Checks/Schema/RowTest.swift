import Domain

/// A condition that is asked of row after row.
struct RowTest {
    private let program: RowProgram
    /// The number of each of its columns among the cells.
    private let cells: [Int]
    private let texts: [[UInt8]]
    private var results: [RowValue]

    init(_ program: RowProgram, cells: [Int]) {
        self.program = program
        self.cells = cells
        texts = program.texts.map { Array($0.utf8) }
        results = Array(repeating: .unknown, count: program.steps.count)
    }

    /// Whether it holds; `nil` where that is not known.
    mutating func holds(in row: [RowCell]) -> Bool? {
        for (index, step) in program.steps.enumerated() { results[index] = value(of: step, row) }
        return results.last?.truth
    }

    /// Whether it is about a time that is there and cannot be compared.
    func hasUnread(_ row: [RowCell]) -> Bool { cells.contains { row[$0].isUnread } }

    /// The columns with their values, for a message.
    func shown(_ row: [RowCell]) -> String { RowCell.shown(cells.prefix(6).map { row[$0] }) }

    private func value(of step: RowProgram.Step, _ row: [RowCell]) -> RowValue {
        switch step {
        case .number(let number): .number(number)
        case .truth(let flag): .truth(flag)
        case .text(let index): .text(row.count + index)
        case .column(let index): row[cells[index]].value
        case .negative(let operand): number(operand).map { .number(-$0) } ?? .unknown
        case .not(let operand): results[operand].truth.map { .truth(!$0) } ?? .unknown
        case .isNull(let operand): isNull(operand, row)
        case .and(let one, let other): Self.both(results[one].truth, results[other].truth)
        case .or(let one, let other): Self.either(results[one].truth, results[other].truth)
        case .arithmetic(let sign, let one, let other):
            RowValue(number(one).flatMap { left in number(other).flatMap { Self.computed(left, $0, sign) } })
        case .comparison(let comparison, let one, let other): compared(one, other, comparison, row)
        }
    }

    private func number(_ step: Int) -> Double? { if case .number(let value) = results[step] { value } else { nil } }

    /// A column's value may be there and be none of its type: then it is not null.
    private func isNull(_ step: Int, _ row: [RowCell]) -> RowValue {
        if case .column(let index) = program.steps[step] { return .truth(row[cells[index]].isNull) }
        if case .unknown = results[step] { return .truth(true) }
        return .truth(false)
    }

    private static func both(_ one: Bool?, _ other: Bool?) -> RowValue {
        if one == false || other == false { return .truth(false) }
        return one == nil || other == nil ? .unknown : .truth(true)
    }

    private static func either(_ one: Bool?, _ other: Bool?) -> RowValue {
        if one == true || other == true { return .truth(true) }
        return one == nil || other == nil ? .unknown : .truth(false)
    }

    private static func computed(_ one: Double, _ other: Double, _ sign: RowProgram.Arithmetic) -> Double? {
        switch sign {
        case .plus: one + other
        case .minus: one - other
        case .times: one * other
        case .over: other == 0 ? nil : one / other
        }
    }

    private func compared(
        _ one: Int, _ other: Int, _ comparison: RowProgram.Comparison, _ row: [RowCell]
    ) -> RowValue {
        switch (results[one], results[other]) {
        case (.number(let left), .number(let right)):
            // Beyond, different whole numbers may be one double.
            if left == right, left.magnitude >= 0x1p53, let a = whole(one, row), let b = whole(other, row) {
                return .truth(Self.holds(comparison, isLess: a < b, isEqual: a == b))
            }
            return .truth(Self.holds(comparison, isLess: left < right, isEqual: left == right))
        case (.text(let left), .text(let right)):
            return bytes(left, row) { left in
                bytes(right, row) { right in
                    .truth(
                        Self.holds(
                            comparison, isLess: left.lexicographicallyPrecedes(right),
                            isEqual: left.elementsEqual(right)))
                }
            }
        case (.truth(let left), .truth(let right)):
            return .truth(Self.holds(comparison, isLess: false, isEqual: left == right))
        default: return .unknown
        }
    }

    /// Every digit of a column's whole number.
    private func whole(_ step: Int, _ row: [RowCell]) -> Int? {
        guard case .column(let index) = program.steps[step] else { return nil }
        return Int(String(decoding: row[cells[index]].bytes, as: UTF8.self))
    }

    private func bytes(_ index: Int, _ row: [RowCell], _ body: ([UInt8]) -> RowValue) -> RowValue {
        index < row.count ? body(row[index].bytes) : body(texts[index - row.count])
    }

    private static func holds(_ comparison: RowProgram.Comparison, isLess: Bool, isEqual: Bool) -> Bool {
        switch comparison {
        case .equal: isEqual
        case .unequal: !isEqual
        case .less: isLess
        case .atMost: isLess || isEqual
        case .greater: !isLess && !isEqual
        case .atLeast: !isLess
        }
    }
}
