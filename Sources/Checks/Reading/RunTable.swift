import Data
import Domain

/// A small table that a training run left behind: a log, trials, importances. CSV with any usual delimiter, or JSON Lines.
struct RunTable {
    let columns: [String]
    /// As written; an empty field is empty.
    let rows: [[String]]

    static let limit = 64 << 20

    init(_ content: Content, path: String) throws(Malformed) {
        let bytes = try ByteSource(content).all(atMost: Self.limit)
        if path.hasSuffix(".jsonl") || path.hasSuffix(".ndjson") {
            try self.init(lines: bytes)
        } else {
            try self.init(delimited: bytes)
        }
    }

    private init(delimited bytes: [UInt8]) throws(Malformed) {
        var names: [String] = [], rows: [[String]] = []
        do {
            try bytes.withUnsafeBytes { raw in
                var scanner = try CSVScanner(raw, dialect: .detected(in: raw))
                names = try scanner.header().map { $0.trimmed }
                var row: [String] = []
                while let field = try scanner.next() {
                    row.append(field.text.trimmed)
                    if field.endsRow {
                        rows.append(row)
                        row = []
                    }
                }
            }
        } catch { throw Malformed("\(error)") }
        columns = names
        self.rows = rows
    }

    private init(lines bytes: [UInt8]) throws(Malformed) {
        var names: [String] = [], rows: [[String]] = []
        for (number, line) in bytes.split(separator: 0x0A).enumerated() {
            let value: JSON
            do throws(JSON.SyntaxError) { value = try JSON(parsing: Array(line), python: true) } catch {
                throw Malformed("line \(number + 1): \(error.message)")
            }
            guard let members = value.members else { throw Malformed("line \(number + 1) is no JSON object") }
            for member in members where !names.contains(member.key) { names.append(member.key) }
            rows.append(names.map { value[$0].map(Self.text) ?? "" })
        }
        columns = names
        self.rows = rows.map { $0 + Array(repeating: "", count: names.count - $0.count) }
    }

    static func text(_ value: JSON) -> String {
        switch value {
        case .null: ""
        case .string(let text): text
        case .int(let number): String(number)
        case .double(let number): "\(number)"
        case .bool(let flag): flag ? "true" : "false"
        default: value.text()
        }
    }

    /// The place of a column, or `nil`.
    func index(_ name: String) -> Int? { columns.firstIndex(of: name) }

    /// The texts of a column.
    func texts(_ name: String) -> [String]? { index(name).map { place in rows.map { $0[place] } } }

    /// The numbers of a column; what is none is `nil`. `nan` and `inf` are numbers.
    func numbers(_ name: String) -> [Double?]? { texts(name).map { $0.map { Double($0) } } }
}

extension String {
    /// Without spaces and tabs at both ends.
    var trimmed: String {
        var view = self[...]
        while let first = view.first, first == " " || first == "\t" { view.removeFirst() }
        while let last = view.last, last == " " || last == "\t" { view.removeLast() }
        return String(view)
    }
}
