extension CSVScanner {
    /// Reads the first row as column names.
    ///
    /// Empty and repeated names are errors.
    public mutating func header() throws(DataError) -> [String] {
        var names: [String] = []
        var seen: Set<String> = []
        while let field = try next() {
            let name = field.text
            if name.isEmpty {
                throw error(
                    "column \(names.count + 1) has no name", at: field, remedy: "name every column in the first line")
            }
            if !seen.insert(name).inserted {
                throw error("two columns are named `\(name)`", at: field, remedy: "rename or remove one of them")
            }
            names.append(name)
            if field.endsRow { return names }
        }
        throw DataError(
            "the file is empty, expected a line of column names", line: 1, column: 1, remedy: "write a header")
    }
}
