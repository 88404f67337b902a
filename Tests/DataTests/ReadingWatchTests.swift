import Foundation
import TestSupport
import Testing

@testable import Data

struct ReadingWatchTests {
    private let table = "a,b\n" + (0..<5000).map { "\($0),text \($0 % 7)\n" }.joined()

    @Test(arguments: [1, 2]) func `a text table is counted block by block, to its end`(threads: Int) throws {
        let scratch = try ScratchFolder()
        let path = try scratch.write(table.utf8, to: "table.csv")
        var options = ProfileOptions(threads: threads, blockBytes: 1 << 12)
        let watch = ReadingWatch()
        options.watch = watch
        #expect(watch.rows == 0 && watch.share == nil)
        #expect(try TableProfile(file: path, options: options).rows == 5000)
        #expect(watch.rows == 5000 && watch.share == 1)
        watch.begin()
        #expect(watch.rows == 0 && watch.share == nil)
    }

    @Test func `of what is packed nobody knows how much is left`() throws {
        let scratch = try ScratchFolder()
        let path = try scratch.write(table.utf8, to: "table.csv")
        let ended = try spawn(["gzip", "-k", path], environment: ["PATH": "/usr/bin:/bin"])
        try #require(ended.code == 0)
        var options = ProfileOptions()
        let watch = ReadingWatch()
        options.watch = watch
        _ = try TableProfile(file: path + ".gz", options: options)
        #expect(watch.rows == 5000 && watch.share == nil)
    }

    @Test
    func `of a table that is read column by column all rows are known, and the share of its values that was read`()
        throws
    {
        var options = ProfileOptions()
        let watch = ReadingWatch()
        options.watch = watch
        let profile = try TableProfile(file: parquetPath("wide-integers"), options: options)
        #expect(watch.rows == profile.rows && watch.share == 1)
    }

    @Test func `a profile does not depend on who looks`() throws {
        var options = ProfileOptions()
        options.watch = ReadingWatch()
        let bytes = Array(table.utf8)
        #expect(try TableProfile(bytes, options: options).json == TableProfile(bytes).json)
    }
}
