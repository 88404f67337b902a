import Domain

/// What a look at every value of a table says about people.
struct PrivacyScan {
    struct Column {
        let name: String
        var values = 0
        var hits: [PersonalData: (count: Int, example: String)] = [:]
        /// How many values have the form of a kind, whether or not they are of it.
        var forms: [PersonalData: Int] = [:]
    }

    let quasiIdentifiers: [String]
    private(set) var columns: [Column] = []
    private(set) var rows = 0
    /// How many rows share the same values of the quasi-identifiers.
    private(set) var groups: [[String]: Int] = [:]
    private(set) var missing: [String] = []

    init(quasiIdentifiers: [String]) { self.quasiIdentifiers = quasiIdentifiers }

    mutating func run(_ content: Content, _ format: TableFormat, decimal: DecimalMark = .point) throws {
        var found: [Column] = [], places: [Int] = [], group: [String] = [], absent: [String] = []
        var counts: [[String]: Int] = [:], seen = 0
        try TableRows.visit(content, format, decimalMark: decimal.byte) { names in
            found = names.map { Column(name: $0) }
            places = names.map { name in quasiIdentifiers.firstIndex(of: name) ?? -1 }
            absent = quasiIdentifiers.filter { !names.contains($0) }
            group = Array(repeating: "", count: quasiIdentifiers.count)
        } value: { column, text, _ in
            if column == 0 { seen += 1 }
            if let text, !text.isEmpty {
                found[column].values += 1
                let search = PersonalDataSearch(text)
                for kind in search.forms { found[column].forms[kind, default: 0] += 1 }
                for (kind, range) in search.hits {
                    let old = found[column].hits[kind]
                    found[column].hits[kind] = ((old?.count ?? 0) + 1, old?.example ?? Self.masked(text[range]))
                }
            }
            if places[column] >= 0 { group[places[column]] = text.map { String(decoding: $0, as: UTF8.self) } ?? "" }
            if column == found.count - 1, !quasiIdentifiers.isEmpty { counts[group, default: 0] += 1 }
        }
        columns = found
        rows = seen
        groups = counts
        missing = absent
    }

    /// The first character and what structures the text; the rest is hidden.
    private static func masked(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> String {
        let bytes = text.enumerated().map { index, byte in
            index == 0 || "@.-+ ".utf8.contains(byte) ? (byte >= 0x20 && byte < 0x7F ? byte : 0x2A) : UInt8(ascii: "*")
        }
        return String(decoding: bytes.prefix(30), as: UTF8.self)
    }
}
