import Domain
import Testing

@testable import Data

struct DriftScanTests {
    /// Numbers and texts of which most are different, few different ones, and a column that is of numbers on one side only.
    private func csv(rows: Int, seed: UInt64, isCurrent: Bool) -> [UInt8] {
        var random = SplitMix(seed: seed)
        var text = "price,key,plan,mixed,distance,\(isCurrent ? "new" : "old"),sentence\n"
        for row in 0..<rows {
            let price = Double(random.next() % 10_000_000) / 100
            let key = "k\(random.next() % 300_000)"
            let mixed = isCurrent && row > rows / 2 ? "n/a" : "\(random.next() % 500_000)"
            let sentence = row % 2 == 0 ? "\(key) and \(row)" : "twice"
            text += "\(price),\(key),p\(random.next() % 5),\(mixed),\(random.next() % 900_000),\(row),\(sentence)\n"
        }
        return Array(text.utf8)
    }

    private func drift(
        _ reference: [UInt8], _ current: [UInt8], threads: Int, heldBytes: Int, exactRows: Int = 1_000_000
    ) throws(DataError) -> (drift: Drift, passes: Int) {
        var passes = 0
        let options = ProfileOptions(exactRows: exactRows, threads: threads, blockBytes: 1 << 18)
        let drift = try Drift(options: options, heldBytes: heldBytes) { side, options throws(DataError) in
            passes += side == .reference ? 1 : 0
            return try TableProfile(side == .reference ? reference : current, options: options)
        }
        return (drift, passes)
    }

    @Test func `a drift in several passes is the drift of whole profiles, whatever the number of threads`() throws {
        let reference = csv(rows: 90_000, seed: 1, isCurrent: false)
        let current = csv(rows: 80_000, seed: 2, isCurrent: true)
        let whole = Drift(reference: try TableProfile(reference), current: try TableProfile(current)).json.text()
        for threads in [1, 3] {
            let narrow = try drift(reference, current, threads: threads, heldBytes: 1 << 18)
            #expect(narrow.drift.json.text() == whole)
            #expect(narrow.passes > 1)
            let wide = try drift(reference, current, threads: threads, heldBytes: 1 << 30)
            #expect(wide.drift.json.text() == whole)
            #expect(wide.passes == 1)
        }
    }

    @Test(arguments: [70_000, 85_000])
    func `a reference with more rows than its first ones promised is read again with its texts`(exactRows: Int) throws {
        let reference = csv(rows: 90_000, seed: 1, isCurrent: false)
        let current = csv(rows: 80_000, seed: 2, isCurrent: true)
        let options = ProfileOptions(exactRows: exactRows, blockBytes: 1 << 18)
        let whole = Drift(
            reference: try TableProfile(reference, options: options),
            current: try TableProfile(current, options: options))
        #expect(whole["key"]?.exact == false)
        for heldBytes in [1 << 18, 1 << 30] {
            let found = try drift(reference, current, threads: 2, heldBytes: heldBytes, exactRows: exactRows)
            #expect(found.drift.json.text() == whole.json.text())
        }
    }

    @Test func `tables without a common column, and empty ones, end after one pass`() throws {
        let one = try drift(Array("a,b\n1,x\n".utf8), Array("c\ny\n".utf8), threads: 1, heldBytes: 1)
        #expect(
            one.passes == 1 && one.drift.columns.isEmpty && one.drift.missing == ["a", "b"] && one.drift.added == ["c"])
        let none = try drift(Array("a\n".utf8), Array("a\n".utf8), threads: 1, heldBytes: 1)
        #expect(none.passes == 1 && none.drift.columns.map(\.name) == ["a"])
    }
}
