/// What is wrong with a table or with what was asked of it, where, and what to do about it.
public struct DataError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Of the first byte that is wrong, counted from 1; `nil` where the table as a whole is meant.
    public let line: Int?

    /// In characters from the start of the line, counted from 1.
    public let column: Int?

    public let message: String

    /// What a person can do, as an imperative.
    public let remedy: String

    /// Whether the table may be right, and something was asked for that it does not have.
    public let isAskedWrong: Bool

    /// Where two tables of predictions can be read, and not be held against each other: why.
    public let mismatch: PredictionMismatch?

    public init(
        _ message: String, line: Int? = nil, column: Int? = nil, remedy: String, isAskedWrong: Bool = false,
        mismatch: PredictionMismatch? = nil
    ) {
        self.message = message
        self.line = line
        self.column = column
        self.remedy = remedy
        self.isAskedWrong = isAskedWrong
        self.mismatch = mismatch
    }

    public var description: String {
        let place = line.map { line in "line \(line)" + (column.map { ", column \($0)" } ?? "") + ": " } ?? ""
        return "\(place)\(message) (\(remedy))"
    }

    /// Throws where the task that reads was cancelled: nobody waits for the rest. Readers look at it block by block.
    static func stopIfCancelled() throws(DataError) {
        guard Task.isCancelled else { return }
        throw DataError("it was stopped before its end", remedy: "ask again")
    }

    /// Hands out `range` in steps of 65,536, and looks before each whether the task was cancelled.
    @inline(__always)
    static func unlessCancelled(
        _ range: Range<Int>, _ body: (Range<Int>) throws(DataError) -> Void
    ) throws(DataError) {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 1 << 16) {
            try stopIfCancelled()
            try body(start..<min(start + 1 << 16, range.upperBound))
        }
    }
}
