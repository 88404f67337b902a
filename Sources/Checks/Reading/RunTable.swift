import Data
import Domain

/// A small table that a training run left behind: a log, trials, importances.
///
/// CSV with any usual delimiter; JSON Lines; TensorBoard's event files; and JSON as trainers leave it: a list of objects, also as
/// `log_history` (the `trainer_state.json` of Hugging Face), or lists by name (Keras' history, the `evals_result` of XGBoost and LightGBM).
struct RunTable {
    let columns: [String]
    /// As written; an empty field is empty.
    let rows: [[String]]
    /// Where it was read from.
    private(set) var path = ""
    /// Where the first row is in its file; `nil` where the file has no lines.
    private let firstLine: Int?

    static let limit = 64 << 20

    /// A file of few bytes can name many columns in many rows.
    static let cellLimit = 1 << 24

    init(_ content: Content, path: String) throws(Malformed) {
        try self.init(reading: content, path)
        self.path = path
    }

    /// The same for a table that speaks for a version.
    init(evidence content: Content, path: String) throws(MissingEvidence) {
        do throws(Malformed) { try self.init(content, path: path) } catch {
            throw MissingEvidence("\(path): \(error)", file: path)
        }
    }

    private init(reading content: Content, _ path: String) throws(Malformed) {
        if content.isParquet {
            try self.init(parquet: content)
            return
        }
        let source = try RandomAccessBytes(content)
        var name = path.pathParts().last ?? ""
        if name.contains(".tfevents.") {
            try self.init(events: TensorBoardEvents(source))
            return
        }
        let bytes: [UInt8]
        let packed = try source.all(atMost: Self.limit)
        do throws(DataError) { bytes = try Decompression.expanded(packed, limit: Self.limit) } catch {
            throw Malformed(error.description)
        }
        for ending in [".gz", ".zst"] where name.hasSuffix(ending) { name = name.dropLast(ending.count) }
        if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") {
            try self.init(lines: bytes)
        } else if name.hasSuffix(".json") {
            try self.init(document: bytes)
        } else {
            try self.init(delimited: bytes)
        }
    }

    /// Rows that may lack some of the columns, or all behind the last one that they know.
    private init(_ columns: [String], _ rows: [[String]], from line: Int?) throws(Malformed) {
        guard rows.count * columns.count <= Self.cellLimit else {
            throw Malformed(
                "\(rows.count) rows of \(columns.count) columns are more than the \(Self.cellLimit) cells that are read"
            )
        }
        self.columns = columns
        firstLine = line
        self.rows = rows.map {
            $0.count >= columns.count ? $0 : $0 + Array(repeating: "", count: columns.count - $0.count)
        }
    }

    private init(parquet content: Content) throws(Malformed) {
        var names: [String] = [], rows: [[String]] = []
        do {
            try TableRows.visit(content, .parquet) {
                names = $0
            } value: { column, bytes, _ in
                if column == 0 { rows.append([]) }
                rows[rows.count - 1].append(bytes.map { String(decoding: $0, as: UTF8.self) } ?? "")
            }
        } catch { throw Malformed("\(error)") }
        try self.init(names, rows, from: nil)
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
        try self.init(names, rows, from: 2)
    }

    private init(lines bytes: [UInt8]) throws(Malformed) {
        var objects: [JSON] = []
        for (number, line) in bytes.split(separator: 0x0A).enumerated() {
            do throws(JSON.SyntaxError) { objects.append(try JSON(parsing: Array(line), python: true)) } catch {
                throw Malformed("line \(number + 1): \(error.message)")
            }
        }
        try self.init(objects: objects, "line", from: 1)
    }

    private init(document bytes: [UInt8]) throws(Malformed) {
        let document: JSON
        do throws(JSON.SyntaxError) { document = try JSON(parsing: bytes, python: true) } catch {
            throw Malformed("\(error.message) at byte \(error.offset)")
        }
        if let objects = (document["log_history"] ?? document).array {
            try self.init(objects: objects, "entry", from: nil)
            return
        }
        let lists = Self.lists(of: document)
        guard !lists.isEmpty else { throw Malformed("it holds neither a list of objects nor lists of numbers by name") }
        let count = lists.map(\.1.count).max() ?? 0
        guard count * lists.count <= Self.cellLimit else {
            throw Malformed("\(lists.count) lists of up to \(count) values")
        }
        try self.init(
            lists.map(\.0),
            (0..<count).map { row in lists.map { $0.1.indices.contains(row) ? Self.text($0.1[row]) : "" } }, from: nil)
    }

    /// The lists that an object holds, also one level deeper, by their names joined.
    private static func lists(of document: JSON, below prefix: String = "", depth: Int = 0) -> [(String, [JSON])] {
        (document.members ?? []).flatMap { member -> [(String, [JSON])] in
            if let list = member.value.array { return [(prefix + member.key, list)] }
            return depth < 2 ? lists(of: member.value, below: prefix + member.key + "/", depth: depth + 1) : []
        }
    }

    private init(objects: [JSON], _ what: String, from line: Int?) throws(Malformed) {
        var names: [String] = [], places: [ExactText: Int] = [:], rows: [[String]] = [], cells = 0
        for (number, object) in objects.enumerated() {
            guard let members = object.members else { throw Malformed("\(what) \(number + 1) is no JSON object") }
            for member in members where places[ExactText(member.key)] == nil {
                places[ExactText(member.key)] = names.count
                names.append(member.key)
            }
            let last = members.compactMap { places[ExactText($0.key)] }.max() ?? -1
            cells += last + 1
            guard cells <= Self.cellLimit else {
                throw Malformed("up to \(what) \(number + 1) it has \(names.count) columns: more cells than are read")
            }
            var row = Array(repeating: "", count: last + 1)
            for member in members {
                if let place = places[ExactText(member.key)] { row[place] = Self.text(member.value) }
            }
            rows.append(row)
        }
        try self.init(names, rows, from: line)
    }

    private init(events: TensorBoardEvents) throws(Malformed) {
        guard events.steps.count * (events.tags.count + 1) <= Self.cellLimit else {
            throw Malformed("\(events.steps.count) steps of \(events.tags.count) tags")
        }
        try self.init(
            ["step"] + events.tags,
            events.steps.map { step in [String(step.number)] + events.tags.indices.map { step.values[$0] ?? "" } },
            from: nil)
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
    func index(_ name: String) -> Int? { columns.place(of: name) }

    /// The line of a row, in a file that has lines and no text over more than one of them.
    func line(of row: Int) -> Int? { firstLine.map { $0 + row } }

    /// The texts of a column.
    func texts(_ name: String) -> [String]? { index(name).map { place in rows.map { $0[place] } } }

    /// The numbers of a column; an empty cell is `nil`, and so is one that says so, such as `NA`; `nan` and `inf` are numbers. Throws where a cell is anything else.
    func numbers(_ name: String) throws(MissingEvidence) -> [Double?]? {
        guard let place = index(name) else { return nil }
        return try rows.indices.map { row throws(MissingEvidence) in try number(row, place) }
    }

    /// The number of one cell; `nil` where it is empty or says so, such as `NA`. Throws where it is something else.
    func number(_ row: Int, _ column: Int) throws(MissingEvidence) -> Double? {
        let text = rows[row][column]
        if let number = Double(text) { return number }
        if ["", "null", "none", "na", "n/a", "<na>"].contains(text.lowercased()) { return nil }
        throw gap(in: row, "\(columns[column]) is '\(Excerpt.line(text))', which is no number")
    }

    /// What a row does not tell, or tells wrongly, with its place.
    func gap(in row: Int, _ words: String) -> MissingEvidence {
        let line = line(of: row)
        let place = line.map { "\(path):\($0)" } ?? "\(path): row \(row + 1)"
        return MissingEvidence("\(place): \(words)", file: path, line: line)
    }
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
