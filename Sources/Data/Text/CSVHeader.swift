import Domain

extension CSVScanner {
    /// Reads the first row as column names.
    ///
    /// A column without a name, as tables with an index have it, is called by its place: `column 1`. Repeated names are errors.
    public mutating func header() throws(DataError) -> [String] { try headerAndUnnamed().names }

    /// The names, and those among them that come from the places.
    mutating func headerAndUnnamed() throws(DataError) -> (names: [String], unnamed: [String]) {
        var unnamed: [String] = []
        var names: [String] = []
        var seen: Set<ExactText> = []
        while let field = try next() {
            let name = field.count == 0 ? "column \(names.count + 1)" : field.text
            if field.count == 0 { unnamed.append(name) }
            if !seen.insert(ExactText(name)).inserted {
                throw error("two columns are named `\(name)`", at: field, remedy: "rename or remove one of them")
            }
            names.append(name)
            if field.endsRow { return (names, unnamed) }
        }
        throw DataError(
            "the file is empty, expected a line of column names", line: 1, column: 1, remedy: "write a header")
    }
}
