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
}
