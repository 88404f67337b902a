import Data
import Domain

/// What the columns of a row must keep together: a schema's rules and mappings.
///
/// One pass; memory grows only with the different values that a mapping begins with.
struct RowRules {
    private var cells: [RowCell] = []
    /// Of each column of the table the number of its cell, or -1.
    private var places: [Int] = []
    private var line = 0
    private(set) var rules: [(rule: Schema.Rule, tally: RuleTally)] = []
    private(set) var mappings: [(mapping: Schema.Mapping, tally: MappingTally)] = []

    private let decimalMark: UInt8

    init(_ schema: Schema, decimalMark: UInt8 = UInt8(ascii: ".")) throws(RowProgram.Problem) {
        self.decimalMark = decimalMark
        for rule in schema.rules {
            let assert = try test(rule.assert.program(over: schema.columns), schema)
            var condition: RowTest?
            if let program = try rule.where?.program(over: schema.columns) { condition = try test(program, schema) }
            rules.append((rule, RuleTally(test: assert, condition: condition)))
        }
        for mapping in schema.mappings {
            var from: [Int] = []
            for name in mapping.from { from.append(try cell(of: name, schema)) }
            mappings.append((mapping, MappingTally(from: from, to: try cell(of: mapping.to, schema))))
        }
    }

    var isEmpty: Bool { rules.isEmpty && mappings.isEmpty }

    /// Says what the columns of the table are called.
    mutating func expect(_ names: [String]) {
        places = names.places(of: cells.map(\.column.name))
    }

    /// Takes one value after the other, in the order of the table.
    mutating func take(_ bytes: UnsafeBufferPointer<UInt8>, isNull: Bool, column: Int, line: () -> Int) {
        // A field behind it may begin on a later line.
        if column == 0 { self.line = line() }
        if places[column] >= 0 { cells[places[column]].take(bytes, isNull: isNull, index: places[column]) }
        guard column == places.count - 1 else { return }
        for index in rules.indices { rules[index].tally.look(at: cells, line: self.line) }
        for index in mappings.indices { mappings[index].tally.look(at: cells, line: self.line) }
    }

    private mutating func cell(of name: String, _ schema: Schema) throws(RowProgram.Problem) -> Int {
        if let index = cells.firstIndex(where: { $0.column.name == name }) { return index }
        guard let column = schema.columns.first(where: { $0.name == name }) else {
            throw RowProgram.Problem(1, "there is no column '\(Excerpt.line(name))'")
        }
        cells.append(RowCell(column, decimalMark: decimalMark))
        return cells.count - 1
    }

    private mutating func test(_ program: RowProgram, _ schema: Schema) throws(RowProgram.Problem) -> RowTest {
        var places: [Int] = []
        for name in program.columns { places.append(try cell(of: name, schema)) }
        return RowTest(program, cells: places)
    }
}

/// How a rule fares.
struct RuleTally {
    private var test: RowTest
    private var condition: RowTest?
    /// The rows that it is about.
    private(set) var rows = 0
    /// Of those, in how many it could be looked at.
    private(set) var known = 0
    /// Where a time is there that cannot be compared.
    private(set) var unread = 0
    private(set) var broken = Offences()

    init(test: RowTest, condition: RowTest?) {
        self.test = test
        self.condition = condition
    }

    mutating func look(at row: [RowCell], line: Int) {
        let applies = condition == nil ? true : condition?.holds(in: row)
        if applies == nil, condition?.hasUnread(row) == true { unread += 1 }
        guard applies == true else { return }
        rows += 1
        guard let holds = test.holds(in: row) else {
            if test.hasUnread(row) { unread += 1 }
            return
        }
        known += 1
        let test = test
        if !holds { broken.add({ line }, example: { test.shown(row) }) }
    }
}

/// How a mapping fares: the first value for each key counts.
struct MappingTally {
    private let from: [Int]
    private let to: Int
    private var keys = TextDictionary()
    private var values = TextDictionary()
    private var firsts: [Int32] = []
    private(set) var rows = 0
    private(set) var known = 0
    /// Where a time is there that cannot be compared.
    private(set) var unread = 0
    private(set) var broken = Offences()

    init(from: [Int], to: Int) {
        self.from = from
        self.to = to
    }

    mutating func look(at row: [RowCell], line: Int) {
        rows += 1
        guard let key = key(row), let value = row[to].key() else {
            if (from + [to]).contains(where: { row[$0].isUnread }) { unread += 1 }
            return
        }
        known += 1
        let code = Int(key.withUnsafeBufferPointer { keys.code(of: $0) })
        let other = value.withUnsafeBufferPointer { values.code(of: $0) }
        if code == firsts.count { firsts.append(other) }
        guard firsts[code] != other else { return }
        let shown = from.prefix(6) + [to]
        broken.add({ line }, example: { RowCell.shown(shown.map { row[$0] }) })
    }

    private func key(_ row: [RowCell]) -> [UInt8]? {
        if from.count == 1 { return row[from[0]].key() }
        var key: [UInt8] = []
        for index in from {
            guard let part = row[index].key() else { return nil }
            withUnsafeBytes(of: part.count) { key.append(contentsOf: $0) }
            key += part
        }
        return key
    }
}
