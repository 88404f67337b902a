/// A condition over the columns of one row, such as `open <= close and currency is not null`.
///
/// Columns, numbers, texts in quotes, `true` and `false`; `== != < <= > >=`, `+ - * /`, `and or not`, `is null`,
/// `is not null` and parentheses. A name that is no plain word stands between backticks. What is compared with a missing
/// value is unknown, and so is what is divided by zero; a row of which the condition is unknown does not break it, as with
/// SQL's CHECK.
public struct RowCondition: Hashable, Sendable {
    public let text: String
    public let place: Place

    public static let longest = 2000

    public init(text: String, place: Place) {
        self.text = text
        self.place = place
    }

    /// The condition as steps over these columns. Throws where it cannot be read, names a column that is not there, or
    /// compares what cannot be compared.
    public func program(over columns: [Schema.Column]) throws(RowProgram.Problem) -> RowProgram {
        try program(over: Dictionary(columns.map { ($0.name, $0) }) { first, _ in first })
    }

    func program(over columns: [String: Schema.Column]) throws(RowProgram.Problem) -> RowProgram {
        var parser = try RowParser(text, columns: columns)
        return try parser.program()
    }
}

extension RowCondition: FieldValue {
    public init(node: any ManifestNode) throws(FieldErrors) {
        guard let text = node.text, !node.isNull else {
            throw FieldErrors(
                "wrong-type", at: node.place, "expected a condition such as 'open <= close', found \(node.kindOfValue)")
        }
        guard text.utf8.count <= Self.longest else {
            throw FieldErrors("invalid-value", at: node.place, "is longer than \(Self.longest) bytes")
        }
        self.init(text: text, place: node.place)
    }

    // A column of truth values is a condition, and `true` may be what a column is called.
    public static var schema: JSON { String.schema }
    public static var placeholder: RowCondition { RowCondition(text: "true", place: Place(line: 1, column: 1)) }
}

/// A condition as steps, each of which needs those before it at most; the last one says whether it holds.
public struct RowProgram: Hashable, Sendable {
    public enum Step: Hashable, Sendable {
        case number(Double)
        case truth(Bool)
        /// Of ``RowProgram/texts``.
        case text(Int)
        /// Of ``RowProgram/columns``.
        case column(Int)
        case negative(Int)
        case not(Int)
        case isNull(Int)
        case and(Int, Int)
        case or(Int, Int)
        case arithmetic(Arithmetic, Int, Int)
        case comparison(Comparison, Int, Int)
    }

    public enum Arithmetic: String, Hashable, Sendable {
        case plus = "+"
        case minus = "-"
        case times = "*"
        case over = "/"
    }

    public enum Comparison: String, Hashable, Sendable, CaseIterable {
        case equal = "=="
        case unequal = "!="
        case less = "<"
        case atMost = "<="
        case greater = ">"
        case atLeast = ">="
    }

    public internal(set) var steps: [Step] = []
    /// The columns that it looks at, each once.
    public internal(set) var columns: [String] = []
    public internal(set) var texts: [String] = []

    /// What is wrong with the text of a condition.
    public struct Problem: Error, Hashable, Sendable {
        /// The character where it is, from 1.
        public let column: Int
        public let message: String
        public let hint: String?

        public init(_ column: Int, _ message: String, hint: String? = nil) {
            self.column = column
            self.message = message
            self.hint = hint
        }
    }
}
