import Domain

/// Some columns of a table, each as one typed array.
public struct Table: Sendable {
    public let rowCount: Int

    /// In the order in which they were asked for.
    public let columns: [TableColumn]

    public subscript(name: String) -> TableColumn? { columns.place(of: name, by: \.name).map { columns[$0] } }
}

/// One column of a table.
public struct TableColumn: Sendable {
    public enum Values: Sendable {
        case numbers(NumberColumn)
        case texts(TextColumn)
    }

    public let name: String
    public let values: Values

    public var numbers: NumberColumn? { if case .numbers(let column) = values { column } else { nil } }
    public var texts: TextColumn? { if case .texts(let column) = values { column } else { nil } }
}

/// Numbers, with nulls kept apart from NaN.
public struct NumberColumn: Sendable {
    /// NaN where a row is null; look at `nulls` to tell it from a NaN that was written.
    public internal(set) var values: [Double] = []

    /// The null rows, ascending.
    public internal(set) var nulls: [Int] = []
}

/// Texts, stored once each.
public struct TextColumn: Sendable {
    /// For each row the number of its text in `dictionary`, or -1 for null.
    public internal(set) var codes: [Int32] = []
    public internal(set) var dictionary = TextDictionary()

    public subscript(row: Int) -> String? { codes[row] < 0 ? nil : dictionary[Int(codes[row])] }
}

/// A column that is asked for.
public struct ColumnRequest: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// Every value must be a number.
        case number
        case text
        /// Numbers if every value is one, else texts.
        case any
    }

    public var name: String
    public var kind: Kind

    public init(_ name: String, _ kind: Kind) {
        self.name = name
        self.kind = kind
    }
}
