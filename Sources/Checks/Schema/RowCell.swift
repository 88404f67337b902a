import Data
import Domain

/// The value of one column in the row that is looked at.
struct RowCell {
    let column: Schema.Column
    private(set) var value = RowValue.unknown
    private(set) var isNull = true
    private(set) var bytes: [UInt8] = []

    private let decimalMark: UInt8

    init(_ column: Schema.Column, decimalMark: UInt8) {
        self.column = column
        self.decimalMark = decimalMark
    }

    /// Takes the next row's value. What is missing or none of the column's type is unknown, and so is NaN.
    mutating func take(_ text: UnsafeBufferPointer<UInt8>, isNull: Bool, index: Int) {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: text)
        self.isNull = isNull
        value = isNull ? .unknown : parsed(text, index)
    }

    /// Whether a time is there that cannot be compared, in whatever spelling.
    var isUnread: Bool { if case .unknown = value { !isNull && column.type == .timestamp } else { false } }

    private func parsed(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> RowValue {
        switch column.type {
        case .int, .float: RowValue(DecimalNumber.parse(text, decimalMark: decimalMark))
        case .bool: ColumnRules.truth(text).map { .truth($0) } ?? .unknown
        case .timestamp:
            RowValue(Timestamp(orDay: String(decoding: text, as: UTF8.self)).map { Double($0.milliseconds) })
        case .string: .text(index)
        }
    }

    /// Columns with their values, for a message.
    static func shown(_ cells: [RowCell]) -> String {
        cells.map { "\($0.column.name) \"\(Offences.shown($0.bytes))\"" }.joined(separator: ", ")
    }

    /// Bytes that equal values have in common, however they are spelled; `nil` where the value is unknown.
    func key() -> [UInt8]? {
        switch value {
        case .unknown: nil
        case .truth(let flag): [flag ? 1 : 0]
        case .text: [1] + bytes
        // Beyond, different whole numbers may be one double.
        case .number(let number) where number.magnitude >= 0x1p53: [1] + bytes
        case .number(let number): [0] + withUnsafeBytes(of: (number + 0).bitPattern) { Array($0) }
        }
    }
}

/// What a step of a condition gives.
enum RowValue {
    /// Missing, or made of what is missing.
    case unknown
    case number(Double)
    case truth(Bool)
    /// Of the cell with that number, or of the condition's own texts behind the last cell.
    case text(Int)

    init(_ number: Double?) { self = number.flatMap { $0.isNaN ? nil : .number($0) } ?? .unknown }

    var truth: Bool? { if case .truth(let flag) = self { flag } else { nil } }
}
