import Domain
import Foundation
import Testing

@testable import Data

struct ParquetFileTests {
    private func path(_ name: String) -> String { Reference.fixtures.appending(path: "formats/\(name)").path }

    @Test(arguments: [
        "plain-uncompressed", "snappy-dictionary", "gzip", "zstd", "lz4", "page-v2-zstd", "many-row-groups",
        "delta-encodings",
        "page-checksums",
    ])
    func `a dialect of Parquet gives what the same table as CSV gives`(name: String) throws {
        let csv = try TableProfile(Reference.fixture("penguins/data/train.csv"))
        for threads in [1, 2] {
            let profile = try TableProfile(file: path(name + ".parquet"), options: ProfileOptions(threads: threads))
            #expect(profile.json.text() == csv.json.text())
        }
        let table = try ParquetFile(path: path(name + ".parquet")).table()
        let expected = try Reference.fixture("penguins/data/train.csv").withUnsafeBytes { try TableSource($0).table() }
        #expect(table.rowCount == expected.rowCount)
        for (one, other) in zip(table.columns, expected.columns) {
            #expect(one.name == other.name && one.numbers?.nulls == other.numbers?.nulls)
            let (left, right) = (one.numbers?.values.map(\.bitPattern), other.numbers?.values.map(\.bitPattern))
            #expect(left == right)
            for row in 0..<table.rowCount { #expect(one.texts?[row] == other.texts?[row]) }
        }
    }

    @Test func `a table without rows has its columns`() throws {
        let profile = try TableProfile(file: path("empty-rows.parquet"))
        #expect(profile.rows == 0 && profile.columns.count == 9)
    }

    @Test func `narrow types, unsigned numbers and truth values are read`() throws {
        let profile = try TableProfile(file: path("float32-int8-bool.parquet"))
        #expect(profile["a"]?.numbers?.moments.mean == 2 && profile["a"]?.nulls == 1)
        #expect(profile["b"]?.numbers?.moments.minimum == -128 && profile["b"]?.numbers?.moments.maximum == 127)
        #expect(profile["c"]?.json["counts"] == ["false": 1, "true": 1])
        #expect(profile["d"]?.numbers?.moments.maximum == 9_223_372_036_854_775_808)
    }

    @Test func `dates and times are spelled as texts`() throws {
        let profile = try TableProfile(file: path("timestamps-ns.parquet"))
        #expect(profile["t"]?.json["counts"] == ["1970-01-01T00:00:00Z": 1, "2023-11-14T22:13:20.123456789Z": 1])
        #expect(profile["d"]?.json["counts"] == ["1970-01-01": 1, "2022-01-08": 1])
        #expect(profile["h"]?.json["counts"] == ["00:00:00": 1, "23:59:59": 1])
        let old = try TableProfile(file: path("timestamps-int96.parquet"))
        #expect(old["t"]?.json["counts"] == ["1970-01-01T00:00:00": 1, "2023-11-14T22:13:20.123456789": 1])
    }

    @Test func `decimals are the nearest numbers`() throws {
        let profile = try TableProfile(file: path("decimal.parquet"))
        #expect(
            profile["p"]?.numbers?.moments.maximum == 12_345_678.90 && profile["p"]?.numbers?.moments.minimum == -0.01)
        #expect(
            profile["q"]?.numbers?.moments.maximum == 1.000000001 && profile["q"]?.numbers?.moments.minimum == -1e29)
    }

    @Test func `NaN and infinities are counted apart from nulls`() throws {
        let x = try #require(try TableProfile(file: path("nan-inf.parquet"))["x"])
        #expect(x.nulls == 1 && x.numbers?.nan == 1 && x.numbers?.infinite == 2 && x.numbers?.moments.zeros == 1)
    }

    @Test func `names and values outside ASCII are kept`() throws {
        let profile = try TableProfile(file: path("unicode-names.parquet"))
        #expect(profile["größe"]?.numbers?.moments.sum == 3)
        #expect(profile["名前"]?.texts?.heaviest(2).map(\.text) == ["pingüino", "企鹅"])
    }

    @Test func `what is not read is refused by name`() {
        let error = #expect(throws: DataError.self) { try TableProfile(file: path("brotli.parquet")) }
        #expect(error?.message.contains("Brotli") == true)
    }

    @Test func `a changed byte in a page with a checksum is noticed`() throws {
        var bytes = try Reference.fixture("formats/page-checksums.parquet")
        let copy = FileManager.default.temporaryDirectory.appending(path: "changed-\(UUID()).parquet")
        defer { try? FileManager.default.removeItem(at: copy) }
        bytes[400] ^= 0x10
        try Foundation.Data(bytes).write(to: copy)
        #expect(throws: DataError.self) { try TableProfile(file: copy.path) }
    }

    @Test(arguments: [
        "plain-uncompressed", "snappy-dictionary", "page-v2-zstd", "delta-encodings", "gzip", "lz4", "decimal",
        "timestamps-ns", "nested", "float32-int8-bool",
    ])
    func `no bytes crash the reader`(name: String) throws {
        let original = try Reference.fixture("formats/\(name).parquet")
        let copy = FileManager.default.temporaryDirectory.appending(path: "fuzzed-\(UUID()).parquet")
        defer { try? FileManager.default.removeItem(at: copy) }
        var generator = SplitMix(seed: UInt64(original.count))
        for round in 0..<60 {
            var mutant = original
            for _ in 0..<(1 + generator.next() % 5) {
                // Half of the changes hit the footer, where they do most.
                let tail = UInt64(min(mutant.count, 2500))
                let offset =
                    round % 2 == 0
                    ? UInt64(mutant.count) - 1 - generator.next() % tail : generator.next() % UInt64(mutant.count)
                mutant[Int(offset)] = UInt8(truncatingIfNeeded: generator.next())
            }
            if round % 10 == 9 { mutant.removeSubrange(4..<(4 + Int(generator.next() % UInt64(mutant.count - 20)))) }
            try Foundation.Data(mutant).write(to: copy)
            _ = try? TableProfile(file: copy.path)
            _ = try? ParquetFile(path: copy.path).table()
        }
    }
}
