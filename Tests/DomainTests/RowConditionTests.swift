import Domain
import Testing

struct RowConditionTests {
    private func columns() throws -> [Schema.Column] {
        let columns: JSON = [
            ["name": "open", "type": "float"], ["name": "close", "type": "float"], ["name": "kind"],
            ["name": "unit price", "type": "int"], ["name": "day", "type": "timestamp"],
            ["name": "due", "type": "timestamp"], ["name": "active", "type": "bool"],
            ["name": "größe.cm", "type": "int"],
        ]
        return try Schema(node: ManifestTree(["columns": columns])).columns
    }

    private func problem(_ text: String) throws -> RowProgram.Problem? {
        let condition = RowCondition(text: text, place: Place(line: 1, column: 1))
        let columns = try columns()
        do throws(RowProgram.Problem) {
            _ = try condition.program(over: columns)
            return nil
        } catch { return error }
    }

    @Test(arguments: [
        "open <= close", "kind == 'bond'", "kind != \"it's\"", "kind == 'it''s'", "`unit price` * 2 >= 1e3 + .5",
        "day <= due", "day >= '2026-01-01'", "'2026-01-01T10:00:00Z' < due", "active", "not active or open > 0",
        "active == true", "kind is null", "(open + close) / 2 is not null and größe.cm > -1", "NOT (active AND true)",
        "(open < close) == active", "- -open < 1", "kind < 'm'", "(day) is null",
    ])
    func `conditions are read`(text: String) throws {
        #expect(try problem(text) == nil, "\(text)")
    }

    @Test(arguments: [
        ("", 1, "ends too early", ""), ("open", 1, "must be a condition, and is a number", ""),
        ("open <= clse", 9, "no column 'clse'", "'close'"), ("kind == bond", 9, "no column 'bond'", "quotes: 'bond'"),
        ("open = close", 6, "compares nothing", "write =="), ("open <", 7, "ends too early", ""),
        ("open == kind", 6, "a number and a text cannot be compared", "quotes"),
        ("open == '5'", 6, "cannot be compared", "texts stand in quotes"),
        ("kind == null", 9, "nothing equals null", "is null"), ("open is 5", 9, "expected null", ""),
        ("0 < open < close", 10, "two comparisons", "a < b and b < c"), ("(open < close", 1, "not closed", ""),
        ("open < close)", 13, "')' cannot stand here", ""), ("kind == 'bond", 9, "not closed", ""),
        ("open && close", 6, "not known", "write and"), ("&& open", 1, "not known", "write and"),
        ("!active", 1, "not known", "write not"), ("open + kind > 1", 8, "must be a number, and is a text", ""),
        ("not open", 5, "must be a condition", ""), ("active and open", 12, "must be a condition", ""),
        ("active > true", 8, "no order", "== or !="), ("day == 'soon'", 8, "'soon' is no time", "2026-11-21"),
        ("day == open", 5, "a time and a number", ""), ("day - due > 1", 1, "must be a number, and is a time", ""),
        ("1.2.3 < open", 1, "'1.2.3' is no number", "backticks"), ("5open > 1", 1, "'5open' is no number", ""),
        ("1e999 > open", 1, "is no number", ""), ("open ~ 1", 6, "cannot stand here", ""),
        ("`unit  price` > 1", 1, "no column", "unit price"),
    ])
    func `what is wrong is told with the character, and a way out`(
        text: String, column: Int, message: String, hint: String
    ) throws {
        let problem = try #require(try problem(text), "\(text) is taken")
        #expect(problem.column == column && problem.message.contains(message), "\(text): \(problem)")
        #expect(hint.isEmpty || problem.hint?.contains(hint) == true, "\(text): \(problem)")
    }

    @Test func `nesting has an end`() throws {
        let deep = String(repeating: "(", count: 900) + "active" + String(repeating: ")", count: 900)
        #expect(try problem(deep)?.message.contains("nested") == true)
        #expect(try problem(String(repeating: "not ", count: 400) + "active")?.message.contains("nested") == true)
        #expect(try problem(String(repeating: "-", count: 800) + "open > 1")?.message.contains("nested") == true)
        let long = Array(repeating: "active", count: 400).joined(separator: " or ")
        #expect(throws: FieldErrors.self) { try RowCondition(node: ManifestTree(.string(long))) }
        #expect(try problem(Array(repeating: "active", count: 150).joined(separator: " or ")) == nil)
    }

    @Test func `each column and text is named once or as often as it stands there`() throws {
        let condition = RowCondition(
            text: "open < close and open > 0 and kind == 'a'", place: Place(line: 1, column: 1))
        let program = try condition.program(over: try columns())
        #expect(program.columns == ["open", "close", "kind"] && program.texts == ["a"])
    }
}
