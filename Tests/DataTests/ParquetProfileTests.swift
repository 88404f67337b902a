import Domain
import Foundation
import Testing

@testable import Data

struct ParquetProfileTests {
    @Test func `columns that cannot be read are left out by name`() throws {
        let profile = try TableProfile(file: parquetPath("binary-and-nested"))
        #expect(profile.columns.map(\.name) == ["a", "b"] && profile["b"]?.texts?.distinct == 2)
        for name in ["vector", "box", "blob"] { #expect(profile.warnings.contains { $0.contains("`\(name)`") }) }
    }

    @Test(arguments: [1, 1 << 20])
    func `drift looks at the columns that can be read`(heldBytes: Int) throws {
        let path = parquetPath("binary-and-nested")
        let drift = try Drift(options: ProfileOptions(), heldBytes: heldBytes) {
            _, options throws(DataError) in try TableProfile(file: path, options: options)
        }
        #expect(drift.columns.map(\.name) == ["a", "b"] && drift.missing.isEmpty && drift.added.isEmpty)
        #expect(drift.warnings.contains { $0.hasPrefix("reference: column `blob`") })
    }

    @Test func `a number may mean no value`() throws {
        let options = ProfileOptions(table: TableOptions(nullSpellings: ["-999", "NaN"]))
        let profile = try TableProfile(file: parquetPath("null-numbers"), options: options)
        #expect(profile["whole"]?.nulls == 2 && profile["whole"]?.numbers?.moments.minimum == 1)
        #expect(profile["real"]?.nulls == 2 && profile["real"]?.numbers?.nan == 0)
        #expect(profile["exact"]?.nulls == 1 && profile["exact"]?.rows == 4)
    }

    @Test func `different integers that are one double are told apart, with a warning about other figures`() throws {
        let profile = try TableProfile(file: parquetPath("wide-integers"))
        #expect(["id", "unsigned", "small"].map { profile[$0]?.distinct } == [5, 5, 5])
        #expect(profile.warnings.contains { $0.contains("`id`") && $0.contains("2^53") })
        #expect(!profile.warnings.contains { $0.contains("`small`") || $0.contains("`price`") })
    }

    @Test func `a column of texts without values is one of texts`() throws {
        for (name, column) in [("empty-texts", "t"), ("no-rows", "s"), ("no-rows", "t")] {
            let json = try #require(TableProfile(file: parquetPath(name))[column]?.json)
            #expect(json["counts"]?.members?.isEmpty == true && json["mean"] == nil && json["length"]?["min"] == .null)
        }
        #expect(try TableProfile(file: parquetPath("no-rows"))["n"]?.json["counts"] == nil)
    }

    @Test func `an empty text against a null has a warning`() throws {
        let parquet = try TableProfile(file: parquetPath("empty-texts"))
        let csv = try TableProfile(Array("s,n\na,0\n,1\nb,2\n,3\na,4\n,5\nb,6\na,7\n".utf8))
        #expect(parquet["s"]?.nulls == 1 && parquet["s"]?.distinct == 3 && csv["s"]?.nulls == 3)
        for (drift, side) in [
            (Drift(reference: parquet, current: csv), "the reference, where"),
            (Drift(reference: csv, current: parquet), "the current table, where"),
        ] {
            #expect(drift.warnings.contains { $0.contains("`s` has empty texts in \(side)") }, "\(drift.warnings)")
        }
        #expect(!Drift(reference: parquet, current: parquet).warnings.contains { $0.contains("empty texts") })
    }

    @Test func `a text of a megabyte in twenty thousand rows is read once`() throws {
        let path = Reference.folder.appending(path: "large/long-text.parquet").path
        let clock = ContinuousClock()
        let start = clock.now
        let profile = try TableProfile(file: path)
        let texts = try #require(profile["text"]?.texts)
        #expect(texts.count == 20_000 && texts.distinct == 1)
        #expect(texts.lengths.minimum == 1 << 19 && texts.lengths.mean == Double(1 << 19))
        #expect(texts.counts.text(at: 0).hasPrefix("ääää") && texts.counts.count(at: 0) == 20_000)
        var left = [(name: String, reason: String)]()
        let table = try ParquetFile(path: path).exactTable(group: 0, leavingOut: &left)
        #expect(table["text"]?.texts?.codes.allSatisfy { $0 == 0 } == true && table.rowCount == 20_000)
        #expect(clock.now - start < .seconds(30))
    }

    /// In all the states that a column of texts goes through.
    @Test(arguments: [
        ProfileOptions(), ProfileOptions(exactRows: 100), ProfileOptions(table: .init(nullSpellings: ["3"])),
    ])
    func `texts of a dictionary have the same profile as texts that stand in each row`(options: ProfileOptions) throws {
        let (one, other) = try (
            TableProfile(file: parquetPath("lengths-dictionary"), options: options),
            TableProfile(file: parquetPath("lengths-plain"), options: options)
        )
        #expect(one.json == other.json && one.rows == 2000 && one["text"]?.nulls == 182)
        #expect((one["text"]?.texts?.lengths.maximum ?? 0) > TextArena.longest)
    }
}
