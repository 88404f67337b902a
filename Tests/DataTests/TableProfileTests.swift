import Domain
import Foundation
import Testing

@testable import Data

/// A table of mixed columns, the same for the same seed.
func mixedTable(rows: Int, seed: UInt64, header: Bool = true) -> [UInt8] {
    var generator = SplitMix(seed: seed)
    var text = header ? "id,whole,real,class,words\n" : ""
    for row in 0..<rows {
        let isNull = generator.next() % 20 == 0
        let real = Double(Int64.random(in: -4_000_000...4_000_000, using: &generator)) / 1000
        text += "\(seed)-\(row),\(isNull ? "" : String(generator.next() % 50)),\(real),c\(generator.next() % 7),"
        text +=
            generator.next() % 9 == 0
            ? "\"say \"\"\(generator.next() % 30)\"\",\nthen go\"\n" : "plain \(generator.next() % 100)\n"
    }
    return Array(text.utf8)
}

struct TableProfileTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func `counts nulls, numbers and texts`() throws {
        let profile = try TableProfile(bytes("a,b,c\n1,x,\n,y,\n-2.5,\"x\",\n0,,\n"))
        #expect(profile.rows == 4)
        let a = try #require(profile["a"]?.json)
        #expect(a["nulls"] == 1 && a["mean"] == .double(-0.5) && a["zeros"] == 1 && a["negatives"] == 1)
        #expect(profile["b"]?.json["counts"] == ["x": 2, "y": 1])
        #expect(profile["c"]?.json["nulls"] == 4 && profile["c"]?.json["mean"] == .null)
    }

    @Test(arguments: [64, 4096, 1 << 20])
    func `what makes texts of many numbers is told`(blockBytes: Int) throws {
        func remarks(_ count: Int, then text: String) throws -> [String] {
            let rows = (0..<count).map { "\($0)\n" } + ["\(text)\n", "7\n"]
            return try TableProfile(bytes("a\n" + rows.joined()), options: ProfileOptions(blockBytes: blockBytes))
                .remarks.sentences
        }
        #expect(
            try remarks(2999, then: "1e400") == [
                "column `a` is read as texts: after 2999 numbers comes `1e400`, which is beyond every double"
            ])
        #expect(try remarks(300, then: "foo").first?.contains("after 300 numbers comes `foo`, which is none") == true)
        #expect(try remarks(20, then: "foo").isEmpty)
        #expect(try remarks(20, then: "inf").isEmpty)
    }

    @Test func `the histogram of a sketch has the column's own ends`() throws {
        let rows = (1...5000).map { "\($0 == 2500 ? 1_000_000 : $0)\n" }
        let profile = try TableProfile(bytes("a\n" + rows.joined()), options: ProfileOptions(exactRows: 100))
        let histogram = try #require(profile["a"]?.numbers?.histogram(bins: 10))
        #expect(histogram.edges.first == 1 && histogram.edges.last == 1_000_000)
        #expect(histogram.counts.reduce(0, +) == 5000)
    }

    @Test(arguments: [1, 2, 3, 8])
    func `the number of threads changes no byte`(threads: Int) throws {
        let table = mixedTable(rows: 3000, seed: 1)
        for exactRows in [1_000_000, 100] {
            let one = try TableProfile(table, options: ProfileOptions(exactRows: exactRows, blockBytes: 4096))
            let many = try TableProfile(
                table, options: ProfileOptions(exactRows: exactRows, threads: threads, blockBytes: 4096))
            #expect(one.json.text() == many.json.text())
        }
    }

    @Test(arguments: [64, 300, 5000, 1 << 20])
    func `an exact profile does not depend on where the table is cut`(blockBytes: Int) throws {
        let table = mixedTable(rows: 500, seed: 2)
        let profile = try TableProfile(table, options: ProfileOptions(blockBytes: blockBytes))
        #expect(try profile.json.text() == TableProfile(table).json.text())
        #expect(profile["words"]?.texts?.counts.text(at: 0).isEmpty == false)
    }

    @Test(arguments: [1, 2, 5])
    func `a profile of shards merged equals the profile of the whole, byte for byte`(shards: Int) throws {
        var whole = bytes("id,whole,real,class,words\n")
        var merged: TableProfile?
        for shard in 0..<shards {
            whole += mixedTable(rows: 400, seed: UInt64(shard), header: false)
            let profile = try TableProfile(mixedTable(rows: 400, seed: UInt64(shard)))
            merged = try merged.map { try $0.merged(with: profile) } ?? profile
        }
        #expect(try merged?.json.text() == TableProfile(whole).json.text())
    }

    @Test func `sketches of shards merge within their bounds`() throws {
        let options = ProfileOptions(exactRows: 1000)
        let table = { (range: Range<Int>) in bytes("n,t\n" + range.map { "\($0 * 37 % 150_000).5,t\($0)\n" }.joined()) }
        let whole = try TableProfile(table(0..<150_000), options: options)
        var merged = try TableProfile(table(0..<70_000), options: options)
        merged = try merged.merged(with: TableProfile(table(70_000..<150_000), options: options))
        for profile in [whole, merged] {
            let numbers = try #require(profile["n"]?.numbers)
            #expect(!numbers.exact && numbers.moments.count == 150_000)
            #expect(abs(Double(numbers.distinct) / 150_000 - 1) < 0.04)
            for q in [0.01, 0.25, 0.5, 0.95] {
                #expect(abs(try #require(numbers.values.linearQuantile(q)) / 150_000 - q) < 0.003)
            }
            let texts = try #require(profile["t"]?.texts)
            #expect(!texts.exact && texts.count == 150_000 && abs(Double(texts.distinct) / 150_000 - 1) < 0.04)
            #expect(profile.json["columns"]?["t"]?["exact"] == false)
        }
    }

    /// A row a block, of names that each block finds anew.
    @Test(arguments: [TextFormat.csv, .jsonLines])
    func `thousands of columns are found in each block without a walk for each of them`(format: TextFormat) throws {
        let (columns, rows) = (8000, 40)
        let names = (0..<columns).map { "c\($0)" }
        let row =
            format == .csv
            ? String(repeating: "1,", count: columns - 1) + "2\n"
            : "{" + names.reversed().map { "\"\($0)\":1" }.joined(separator: ",") + "}\n"
        let text = (format == .csv ? names.joined(separator: ",") + "\n" : "") + String(repeating: row, count: rows)
        let clock = ContinuousClock()
        let start = clock.now
        let profile = try TableProfile(
            Array(text.utf8), format: format, options: ProfileOptions(threads: 2, blockBytes: 1 << 14))
        #expect(profile.rows == rows && profile.columns.count == columns)
        #expect(profile.columns.allSatisfy { $0.rows == rows && $0.nulls == 0 })
        #expect(clock.now - start < .seconds(30))
    }

    @Test func `two blocks that find the same new columns in another order give each its own values`() throws {
        let lines = ["{\"a\":1}", "{\"a\":1,\"b\":10,\"c\":20}", "{\"c\":21,\"d\":30,\"b\":11}", "{\"d\":31}"]
        for threads in [1, 2, 4] {
            let profile = try TableProfile(
                Array(lines.map { $0 + "\n" }.joined().utf8), format: .jsonLines,
                options: ProfileOptions(threads: threads, blockBytes: 1))
            #expect(profile.columns.map(\.name) == ["a", "b", "c", "d"])
            #expect(profile.columns.map { $0.numbers?.moments.sum } == [2, 21, 41, 61])
            #expect(profile.columns.map(\.nulls) == [2, 2, 2, 2])
        }
    }

    @Test func `whole numbers that share a double are told apart`() throws {
        let top = 1 << 53
        let ids = (0..<3_000).map { top + $0 % 1_500 } + [-top - 1, -top, 7, 8]
        let spelled = ids.map(String.init) + ["007", "+9007199254740993", "9007199254740993.0", "9.007199254740992e15"]
        for (header, row) in [("id\n", { "\($0)\n" }), ("", { "{\"id\": \"\($0)\"}\n" })]
            as [(String, (String) -> String)]
        {
            let text = header + spelled.map(row).joined()
            let profile = try TableProfile(
                Array(text.utf8), format: header.isEmpty ? .jsonLines : .csv)
            #expect(profile["id"]?.distinct == 1_504, "\(String(describing: profile["id"]?.distinct))")
            let twice = try profile.merged(with: profile)
            #expect(twice["id"]?.distinct == 1_504)
        }
    }

    @Test func `very many of them are estimated, as other numbers are`() throws {
        let text = "id\n" + (0..<140_000).map { "\((1 << 53) + $0)\n" }.joined()
        let profile = try TableProfile(Array(text.utf8), options: ProfileOptions(exactRows: 100))
        let distinct = try #require(profile["id"]?.distinct)
        #expect(abs(distinct - 140_000) < 5_000, "\(distinct)")

        var wide = WideNumbers(limit: 1_000), other = WideNumbers(limit: 1_000)
        func hashes(_ numbers: Range<Int>) -> [UInt64] {
            numbers.map { number in
                Array(String(1 << 60 + number).utf8).withUnsafeBufferPointer {
                    WideNumbers.hash(of: $0, Double(1 << 60))
                }
            }
        }
        wide.add(hashes(0..<1_000))
        #expect(wide.isExact && wide.distinct == 1_000)
        other.add(hashes(500..<100_000))
        wide.merge(other)
        #expect(!wide.isExact && abs(wide.distinct - 100_000) < 3_000)
    }

    @Test func `a spread beyond a double is null with a warning`() throws {
        let profile = try TableProfile(Array("x\n9e300\n5e300\n".utf8))
        let x = profile["x"]?.json
        #expect(x?["std_ddof0"] == .null && x?["std_ddof1"] == .null && x?["mean"] == .double(7e300))
        #expect(profile.warnings.contains { $0.contains("larger than a 64-bit float") }, "\(profile.warnings)")
    }

    @Test func `a spread whose squares vanish is null with a warning, and not 0`() throws {
        let profile = try TableProfile(Array("x\n1e-200\n2e-200\n-3e-200\n".utf8))
        let x = profile["x"]?.json
        #expect(x?["std_ddof0"] == .null && x?["std_ddof1"] == .null && x?["mean"] == .double(0))
        #expect(profile.warnings.count == 1 && profile.warnings[0].contains("too small"), "\(profile.warnings)")
        let same = try TableProfile(Array("x\n1e-200\n1e-200\n".utf8))
        #expect(same["x"]?.json["std_ddof0"] == .double(0) && same.warnings.isEmpty)
    }

    /// By fractions: the mean is 8.65e307, the quantiles are convex combinations.
    @Test func `finite numbers have finite quantiles and a mean`() throws {
        let profile = try TableProfile(Array("x\n1.7976931348623157e308\n1.7976931348623157e308\n-1e308\n".utf8))
        let x = try #require(profile["x"]?.json)
        #expect(abs((x["mean"]?.double ?? 0) / 8.651287565748772e307 - 1) < 1e-12)
        let quantiles = try #require(x["quantiles_linear"])
        #expect(abs((quantiles["p01"]?.double ?? 0) / -9.440461373027538e307 - 1) < 1e-12, "\(quantiles)")
        #expect(abs((quantiles["p25"]?.double ?? 0) / 3.9884656743115785e307 - 1) < 1e-12, "\(quantiles)")
    }

    @Test(arguments: [
        (["1e17", "1", "-1e17", "1"], 2, 0.5), (["1e16", "1.5", "-1e16"], 1.5, 0.5), (["1e100", "-1e100", "3"], 3, 1),
    ])
    func `a sum of which little is left is exact, and its mean agrees`(cells: [String], sum: Double, mean: Double)
        throws
    {
        let json = try #require(try TableProfile(Array(("x\n" + cells.joined(separator: "\n")).utf8))["x"]?.json)
        #expect(json["sum"] == .double(sum) && json["mean"] == .double(mean), "\(json.text())")
    }

    @Test func `the first whole number that a double cannot tell from the next is warned of`() throws {
        let profile = try TableProfile(Array("x\n9007199254740993\n".utf8))
        #expect(profile.warnings.contains { $0.contains("numbers beyond 2^53") }, "\(profile.warnings)")
    }

    /// Half zeros: the parts hold their values counted, the whole one by one.
    @Test func `parts of which few values repeat sum up to what the whole does`() throws {
        var generator = SplitMix(seed: 8)
        let rows = (0..<9_000).map { _ in
            generator.next() % 2 == 0 ? "0\n" : "\(Double.random(in: -3...3, using: &generator))\n"
        }
        let whole = try TableProfile(Array(("x\n" + rows.joined()).utf8))
        let parts = try stride(from: 0, to: 9_000, by: 3_000).map {
            try TableProfile(Array(("x\n" + rows[$0..<($0 + 3_000)].joined()).utf8))
        }
        let merged = try parts[0].merged(with: parts[1]).merged(with: parts[2])
        #expect(merged.json.text() == whole.json.text())
    }

    @Test func `estimates are no more than there are values, and a warning says how far they may be off`() throws {
        for shift in 0..<8 {
            let cells = (0..<70_000).map { "\(shift * 1_000_000 + $0),t\(shift)-\($0),\($0 % 9)\n" }
            let text = "n,t,few\n" + cells.joined() + ",,1\n"
            let profile = try TableProfile(Array(text.utf8), options: ProfileOptions(exactRows: 100))
            for column in profile.columns { #expect(column.distinct <= column.rows - column.nulls, "\(column.name)") }
            let notes = profile.warnings.filter { $0.contains("is known from sketches") }
            #expect(notes.count == 2 && !notes.contains { $0.contains("`few`") }, "\(profile.warnings)")
            #expect(notes[0].contains("a rank is off by more than") && notes[0].contains("standard error of 0.0082"))
            #expect(notes[1].contains("`t`") && notes[1].contains("distinct_non_null is an estimate"))
        }
        #expect(try TableProfile(Array("n\n1\n2\n".utf8)).warnings.isEmpty)
    }

    @Test(arguments: [
        "{\"a\":1,\"b\":1}\n{\"a\":2,\"b\":3,\"a\":5}\n", "{\"b\":1}\n{\"a\":1,\"b\":null,\"\\u0061\":null}\n",
    ])
    func `a member that stands twice in an object is refused with its place`(text: String) throws {
        for blockBytes in [1 << 20, 16] {
            let error = #expect(throws: DataError.self) {
                try TableProfile(Array(text.utf8), format: .jsonLines, options: ProfileOptions(blockBytes: blockBytes))
            }
            #expect(error?.line == 2 && (error?.column ?? 0) > 10, "\(String(describing: error))")
            #expect(error?.message == "member `a` stands twice in the object")
        }
    }

    @Test func `decimal commas are read where they are asked for, else pointed out`() throws {
        let bytes = Array("a;b\n1,5;x\n-2;y,z\n0,25;1,5\n".utf8)
        let plain = try TableProfile(bytes)
        #expect(plain["a"]?.numbers == nil && plain.warnings.count == 1 && plain.warnings[0].contains("`a`"))
        #expect(plain.warnings[0].contains("--decimal ,"))
        let options = ProfileOptions(table: TableOptions(decimalMark: UInt8(ascii: ",")))
        let read = try TableProfile(bytes, options: options)
        #expect(read["a"]?.numbers?.moments.minimum == -2 && read["a"]?.numbers?.moments.maximum == 1.5)
        #expect(read.warnings.isEmpty)
        let error = #expect(throws: DataError.self) {
            try bytes.withUnsafeBytes { try TableSource($0).table([ColumnRequest("a", .number)]) }
        }
        #expect(error?.line == 2 && error?.remedy.contains("--decimal ,") == true)
    }

    @Test func `beyond the limit few different values stay exact`() throws {
        let table = bytes("n,t\n" + (0..<5000).map { "\($0 % 40),t\($0 % 30)\n" }.joined())
        let few = try TableProfile(table, options: ProfileOptions(exactRows: 100))
        #expect(try few.json.text() == TableProfile(table).json.text())
    }

    @Test func `a column whose late value is no number is a column of texts`() throws {
        let table = bytes("a,b\n" + (0..<3000).map { "0\($0 % 9),\($0)\n" }.joined() + "none,7\n")
        let profile = try TableProfile(table, options: ProfileOptions(blockBytes: 512))
        #expect(profile["a"]?.texts?.count == 3001)
        #expect(profile["a"]?.texts?.heaviest(1).first?.text == "00")
        #expect(profile["b"]?.numbers?.moments.count == 3001)
    }

    @Test func `spellings of null, other dialects and forced texts are heeded`() throws {
        var options = ProfileOptions(table: TableOptions(nullSpellings: ["NA", "-"]), textColumns: ["zip"])
        options.table.dialect = CSVDialect(delimiter: UInt8(ascii: ";"), decimalMark: UInt8(ascii: ","))
        let profile = try TableProfile(bytes("x;zip\n1,5;01234\nNA;99999\n-;\n"), options: options)
        #expect(profile["x"]?.nulls == 2 && profile["x"]?.numbers?.moments.mean == 1.5)
        #expect(profile["zip"]?.texts?.distinct == 2)
    }

    @Test func `NaN and infinities are counted apart, with a warning`() throws {
        let profile = try TableProfile(bytes("x\nnan\n1\n-inf\ninf\nNaN\n3\n-0\n0\n"))
        let x = try #require(profile["x"]?.json)
        #expect(x["nan"] == 2 && x["infinite"] == 2 && x["distinct_non_null"] == 5)
        #expect(x["mean"] == .null && x["std_ddof0"] == .null && x["sum"] == .null)
        #expect(profile.warnings.count == 2 && profile.warnings[1].contains("leave mean, std and sum undefined"))
        #expect(try TableProfile(bytes("x\nnan\n1\n")).json["columns"]?["x"]?["mean"] == .double(1))
    }

    @Test func `infinities have their rank`() throws {
        let cells = (0..<30).map { "\($0)" } + Array(repeating: "inf", count: 30) + ["-inf"]
        let x = try #require(TableProfile(bytes("x\n" + cells.joined(separator: "\n") + "\n"))["x"]?.json)
        #expect(x["min"] == "-inf" && x["max"] == "inf" && x["negatives"] == 1 && x["zeros"] == 1)
        let quantiles = try #require(x["quantiles_linear"])
        #expect(quantiles["p50"] == .double(29) && quantiles["p75"] == "inf" && quantiles["p25"] == .double(14))
        #expect(x["quantiles_inverted_cdf"]?["p95"] == "inf" && x["quantiles_inverted_cdf"]?["p01"] == "-inf")
    }

    @Test func `JSON Lines give what the same rows as CSV give`() throws {
        let lines = #"{"a":1,"b":"x"}"# + "\n" + #"{"b":"y\n\"z\"","a":null}"# + "\n" + #"{"a":2.5,"c":true}"# + "\n"
        let csv = "a,b,c\n1,x,\n,\"y\n\"\"z\"\"\",\n2.5,,true\n"
        for blockBytes in [64, 1 << 20] {
            let profile = try TableProfile(
                bytes(lines), format: .jsonLines, options: ProfileOptions(threads: 2, blockBytes: blockBytes))
            #expect(try profile.json.text() == TableProfile(bytes(csv)).json.text())
        }
    }

    @Test(arguments: [64, 1 << 20])
    func `a member's name is one however it is escaped`(blockBytes: Int) throws {
        let lines = [
            #"{"gr\u00f6\u00dfe":1,"a\/b":"x"}"#, #"{"größe":2,"a/b":"y"}"#, #"{"a\/b":"z","gr\u00F6ße":3}"#,
            #"{"a\\b":4,"größe":4}"#, #"{"a\b":5}"#, #"{"a\\b":6,"größe":5}"#,
        ]
        let profile = try TableProfile(
            bytes(lines.joined(separator: "\n")), format: .jsonLines,
            options: ProfileOptions(threads: 2, blockBytes: blockBytes))
        #expect(profile.columns.map(\.name) == ["größe", "a/b", "a\\b", "a\u{8}"])
        #expect(profile.columns.map { $0.rows - $0.nulls } == [5, 3, 2, 1])
    }

    @Test func `a column without a name is called by its place, with a warning`() throws {
        let profile = try TableProfile(bytes(",a,\n0,5,x\n1,6,y\n"))
        #expect(
            profile.columns.map(\.name) == ["column 1", "a", "column 3"] && profile["a"]?.numbers?.moments.sum == 11)
        #expect(profile.warnings.count == 2 && profile.warnings[0].contains("`column 1`"))
        #expect(Drift(reference: profile, current: profile).warnings.count == 4)
    }

    @Test func `a member that comes late is null before`() throws {
        let lines = (0..<200).map { $0 == 150 ? #"{"a":1,"late":"x"}"# : #"{"a":1}"# }.joined(separator: "\n")
        for threads in [1, 2, 3] {
            let options = ProfileOptions(threads: threads, blockBytes: 64)
            let profile = try TableProfile(bytes(lines), format: .jsonLines, options: options)
            #expect(
                profile["late"]?.rows == 200 && profile["late"]?.nulls == 199 && profile["late"]?.texts?.distinct == 1)
        }
    }

    @Test func `an error names the line of the whole file`() throws {
        let table = bytes("a,b\n" + String(repeating: "1,2\n", count: 700) + "1,2,3\n")
        for threads in [1, 2] {
            let error = #expect(throws: DataError.self) {
                try TableProfile(table, options: ProfileOptions(threads: threads, blockBytes: 100))
            }
            #expect(error?.line == 702)
        }
    }

    @Test func `a file gives what its bytes give`() throws {
        let table = mixedTable(rows: 200, seed: 3)
        let path = FileManager.default.temporaryDirectory.appending(path: "profile-\(UUID()).csv").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Foundation.Data(table).write(to: URL(filePath: path))
        #expect(try TableProfile(file: path).json.text() == TableProfile(table).json.text())
        #expect(throws: DataError.self) { try TableProfile(file: path + "x") }
        #expect(throws: DataError.self) { try TableProfile(file: "/") }
    }

    @Test func `no bytes crash a profile`() {
        var generator = SplitMix(seed: 11)
        let table = mixedTable(rows: 12, seed: 5)
        let lines = bytes(#"{"a":1,"b":"x\u00e9"}"# + "\n" + #"{"b":null,"a":-2.5e3,"c":[1,{"d":2}]}"# + "\n")
        for round in 0..<600 {
            var mutant = round % 2 == 0 ? table : lines
            for _ in 0..<(1 + generator.next() % 6) {
                let place = Int(generator.next() % UInt64(mutant.count))
                switch generator.next() % 4 {
                case 0: mutant[place] = UInt8(truncatingIfNeeded: generator.next())
                case 1: mutant.insert(UInt8(truncatingIfNeeded: generator.next()), at: place)
                case 2: mutant.remove(at: place)
                default: mutant.removeLast(mutant.count - place)
                }
                if mutant.isEmpty { mutant = [0x22] }
            }
            let options = ProfileOptions(exactRows: 5, threads: 1 + round % 2, blockBytes: 64)
            _ = try? TableProfile(mutant, format: round % 2 == 0 ? .csv : .jsonLines, options: options)
        }
    }
}
