import Testing

@testable import Data

private func table(_ text: String, _ format: TextFormat = .csv, _ options: TableOptions = TableOptions()) throws
    -> Table
{
    try Array(text.utf8).withUnsafeBytes { try TableSource($0, format: format, options: options).table() }
}

struct TableTests {
    @Test func `a column of numbers is numbers, any other is texts`() throws {
        let table = try table("a,b,c,d\n1,x,nan,\n-2.5,,inf,\n,3,1e3,\n")
        #expect(table.rowCount == 3 && table.columns.map(\.name) == ["a", "b", "c", "d"])
        let numbers = try #require(table["a"]?.numbers)
        #expect(numbers.values.prefix(2) == [1, -2.5] && numbers.nulls == [2])
        let texts = try #require(table["b"]?.texts)
        #expect((0..<3).map { texts[$0] } == ["x", nil, "3"])
        let odd = try #require(table["c"]?.numbers)
        #expect(odd.values[0].isNaN && odd.values[1] == .infinity && odd.nulls.isEmpty)
        #expect(table["d"]?.texts?.codes.count { $0 < 0 } == 3)
    }

    @Test func `only what is asked for is read, in that order`() throws {
        let text = "a,b,c\n1,\"2\"\"\",3\n"
        try Array(text.utf8).withUnsafeBytes { bytes in
            let table = try TableSource(bytes).table([ColumnRequest("c", .number), ColumnRequest("b", .text)])
            #expect(table.columns.map(\.name) == ["c", "b"])
            #expect(table["b"]?.texts?[0] == "2\"")
            #expect(throws: DataError.self) { try TableSource(bytes).table([ColumnRequest("d", .any)]) }
            #expect(throws: DataError.self) {
                try TableSource(bytes).table([ColumnRequest("a", .any), ColumnRequest("a", .text)])
            }
            #expect(throws: DataError.self) { try TableSource(bytes).table([ColumnRequest("b", .number)]) }
        }
    }

    @Test func `the decimal mark may be a comma`() throws {
        let dialect = CSVDialect(delimiter: UInt8(ascii: ";"), decimalMark: UInt8(ascii: ","))
        let table = try table("a;b\n1,5;x\n", .csv, TableOptions(dialect: dialect))
        #expect(table["a"]?.numbers?.values == [1.5])
    }

    @Test func `JSON Lines have the same columns, and a member that is missing is null`() throws {
        let table = try table("{\"a\": 1, \"b\": \"x\"}\n{\"b\": \"\", \"a\": null}\n{}\n{\"b\": true}\n", .jsonLines)
        #expect(table.rowCount == 4)
        #expect(table["a"]?.numbers?.nulls == [1, 2, 3])
        let texts = try #require(table["b"]?.texts)
        #expect((0..<4).map { texts[$0] } == ["x", nil, nil, "true"])
    }

    @Test func `the columns of JSON Lines are those of all objects, in the order in which they come`() throws {
        let text = Array("{\"a\":1}\n{\"b\":2,\"a\":3}\n{}\n{\"c\":4,\"\\u0061\":5}\n".utf8)
        try text.withUnsafeBytes { bytes in
            let source = TableSource(bytes, format: .jsonLines)
            #expect(try source.columnNames() == ["a", "b", "c"])
            let table = try source.table()
            #expect(table["a"]?.numbers?.nulls == [2] && table["a"]?.numbers?.values[3] == 5)
            #expect(table["b"]?.numbers?.nulls == [0, 2, 3] && table["c"]?.numbers?.values[3] == 4)
        }
    }

    @Test func `JSON Lines of more members than columns may be are refused with the line`() throws {
        let rows = (0...MemberLookup.limit).map { "{\"a\":1,\"m\($0)\":1}\n" }
        func names(_ rows: some Sequence<String>) throws -> [String] {
            try Array(rows.joined().utf8).withUnsafeBytes { try TableSource($0, format: .jsonLines).columnNames() }
        }
        #expect(try names(rows.prefix(MemberLookup.limit - 1)).count == MemberLookup.limit)
        let error = #expect(throws: DataError.self) { try names(rows) }
        #expect(error?.line == MemberLookup.limit && error?.message.contains("more than 10000") == true)
    }

    @Test func `thousands of texts are told apart`() throws {
        let names = (0..<20_000).map { "name \($0 % 5_000)" }
        let texts = try #require(try table("a,b\n" + names.map { $0 + ",1\n" }.joined())["a"]?.texts)
        #expect(texts.dictionary.count == 5_000)
        #expect((0..<20_000).allSatisfy { texts[$0] == names[$0] })
    }

    @Test func `any bytes give a table or an error`() {
        var random = SplitMix(seed: 3)
        let alphabet: [UInt8] = Array("{}[]\":,\\u00e9tfn1-.e \n\r\t".utf8) + [0, 0xFF, 0xC3, 0xA9]
        for round in 0..<40_000 {
            var text: [UInt8] = round % 2 == 0 ? Array("{\"a\":1,\"b\":\"x\"}\n".utf8) : Array("a,b\n1,\"x\"\n".utf8)
            for _ in 0..<Int.random(in: 0...8, using: &random) {
                let place = Int.random(in: 0...text.count, using: &random)
                let byte = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                switch Int.random(in: 0..<3, using: &random) {
                case 0 where place < text.count: text.remove(at: place)
                case 1 where place < text.count: text[place] = byte
                default: text.insert(byte, at: place)
                }
            }
            for format in [TextFormat.csv, .jsonLines] {
                text.withUnsafeBytes { bytes in
                    let table = try? TableSource(bytes, format: format).table()
                    guard let table else { return }
                    #expect(
                        table.columns.allSatisfy {
                            ($0.numbers?.values.count ?? $0.texts?.codes.count) == table.rowCount
                        })
                }
            }
        }
    }
}
