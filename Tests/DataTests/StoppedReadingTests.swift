import Domain
import Foundation
import Testing

@testable import Data

/// Reading and computing that nobody waits for any more.
struct StoppedReadingTests {
    @Test(arguments: [TextFormat.csv, .jsonLines])
    func `a table is not read to its end`(format: TextFormat) async throws {
        let row = format == .csv ? "1,2\n" : "{\"a\": 1}\n"
        let text = (format == .csv ? "a,b\n" : "") + String(repeating: row, count: 70_000)
        let read: @Sendable () throws -> Int = {
            try Array(text.utf8).withUnsafeBytes {
                try TableSource($0, format: format).table([ColumnRequest("a", .number)]).rowCount
            }
        }
        #expect(try read() == 70_000)
        await expectStop { _ = try read() }
    }

    @Test(arguments: ["formats/comma-lf.csv", "formats/comma-lf.csv.gz"])
    func `nor is a file that is profiled`(name: String) async throws {
        let path = Reference.fixtures.appending(path: name).path
        await expectStop { _ = try TableProfile(file: path) }
    }

    @Test func `nor a Parquet file`() async throws {
        let path = Reference.fixtures.appending(path: "formats/plain-uncompressed.parquet").path
        await expectStop {
            var left = [(name: String, reason: String)]()
            _ = try ParquetFile(path: path).exactTable(group: 0, leavingOut: &left)
        }
    }

    @Test func `nor the rest of a page that stands for millions of values`() async throws {
        let steps = Shared<[Int]>([])
        await Task {
            _ = #expect(throws: DataError.self) {
                try DataError.unlessCancelled(3..<200_000) { part throws(DataError) in
                    steps.update { $0.append(part.count) }
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
        }.value
        #expect(steps.update { $0 } == [1 << 16])
        var all: [Range<Int>] = []
        try DataError.unlessCancelled(3..<(3 + 1 << 17)) { all.append($0) }
        #expect(all == [3..<3 + 1 << 16, 3 + 1 << 16..<3 + 1 << 17])
    }

    @Test(arguments: [500, 100_001])
    func `the rest of a bootstrap is left out`(rows: Int) async throws {
        let text = "id,label,prediction\n" + (0..<rows).map { "\($0),\($0 % 2),\($0 % 3 % 2)\n" }.joined()
        let predictions = try Predictions(
            Array(text.utf8), task: .binaryClassification, columns: PredictionColumns(id: "id"))
        let resampler = Resampler(predictions, named: ["f1"])
        let spreads: @Sendable () -> [Bootstrap.Spread?] = {
            Bootstrap(replicates: 32).spreads(of: resampler, keys: predictions.keys, confidence: 0.95)
        }
        #expect(spreads().allSatisfy { $0 != nil })
        #expect(await stopped { spreads() }.allSatisfy { $0 == nil })
    }

    private func expectStop(_ read: @escaping @Sendable () throws -> Void) async {
        let error = await stopped { #expect(throws: DataError.self) { try read() } }
        #expect(error?.message == "it was stopped before its end")
    }

    /// What comes of work whose task is cancelled already.
    private func stopped<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        let work = Task {
            while !Task.isCancelled { await Task.yield() }
            return body()
        }
        work.cancel()
        return await work.value
    }
}
