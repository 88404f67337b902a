import Domain
import Foundation
import Testing

@testable import Data

struct StoredProfileTests {
    /// Numbers few and many, texts few, many, long and repeated, truth values, times, nulls, NaN, infinities, an index without a name.
    static func csv(rows: Int, seed: UInt64, moved: Bool = false) -> [UInt8] {
        var random = SplitMix(seed: seed)
        func next(_ limit: UInt64) -> Int { Int(random.next() % limit) }
        var text = ",price,grade,wide,odd,plan,key,when,sure,note,none\n"
        for row in 0..<rows {
            let price = Double(next(10_000_000)) / 100 * (moved ? 1.05 : 1)
            let odd = ["inf", "-inf", "nan", "", "1", "2.5"][next(6)]
            let note = row % 3 == 0 ? "" : "\"" + String(repeating: "é, ", count: 1 + next(120)) + "\""
            text += "\(row),\(price),\(next(5)),\(9_007_199_254_740_993 + next(20)),\(odd),"
            text += "p\(next(moved ? 7 : 6)),k\(next(UInt64(rows) * 3)),2026-01-\(10 + next(20)),"
            text += "\(next(2) == 0 ? "true" : "False"),\(note),\n"
        }
        return Array(text.utf8)
    }

    private func stored(_ profile: TableProfile) throws(DataError) -> StoredProfile {
        try StoredProfile(StoredProfile(of: profile, sources: []).bytes())
    }

    @Test func `drift of a small table's stored profile is that of the table, byte by byte, from both sides`() throws {
        let one = try TableProfile(Self.csv(rows: 700, seed: 1))
        let other = try TableProfile(Self.csv(rows: 900, seed: 2, moved: true))
        let expected = Drift(reference: one, current: other).json.text()
        #expect(expected.contains("is called by its place") && expected.contains("infinite values"))
        let (first, second) = (try stored(one), try stored(other))
        #expect(first.condensedColumns.isEmpty)
        for (reference, current) in [(first.profile, other), (one, second.profile), (first.profile, second.profile)] {
            let drift = Drift(reference: reference, current: current)
            #expect(drift.json.text() == expected)
            #expect(DriftRule().judge(drift) == DriftRule().judge(Drift(reference: one, current: other)))
        }
    }

    @Test func `a stored profile is spelled and matched as its table is`() throws {
        let lines = Array("{\"sure\":true,\"n\":1,\"t\":\"\"}\n{\"sure\":false,\"n\":2,\"t\":\"a\"}\n".utf8)
        let one = try TableProfile(Array("sure,n,t,u\nTRUE,1,x,\nFalse,zwei,,\n".utf8))
        let other = try TableProfile(lines, format: .jsonLines)
        let expected = Drift(reference: one, current: other).json.text()
        #expect(Drift(reference: try stored(one).profile, current: try stored(other).profile).json.text() == expected)
    }

    @Test func `the same data has the same bytes, whatever the threads and the parts`() throws {
        let csv = Self.csv(rows: 30_000, seed: 3)
        func bytes(_ profile: TableProfile) throws(DataError) -> [UInt8] {
            try StoredProfile(of: profile, sources: []).bytes()
        }
        let options = [1, 4].map { ProfileOptions(threads: $0, blockBytes: 1 << 16) }
        let whole = try bytes(TableProfile(csv, options: options[0]))
        #expect(try bytes(TableProfile(csv, options: options[1])) == whole)
        let lines = csv.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let parts = [lines[1..<9_000], lines[9_000..<30_001]].map { rows in
            Array((lines[0..<1] + rows).joined(separator: [UInt8(ascii: "\n")]) + [UInt8(ascii: "\n")])
        }
        let merged = try TableProfile(parts[0]).merged(with: try TableProfile(parts[1]))
        #expect(try bytes(merged) == whole)
        // What was written and read is written so again.
        let again = try StoredProfile(whole)
        #expect(try bytes(again.profile) == whole && again.bytes() == whole)
        #expect(again.condensedColumns == ["column 1", "price", "key"])
    }

    @Test func `figures of many numbers are off by no more than was said, and those of tenths by nothing`() throws {
        let one = try TableProfile(GeneratedTable(seed: 42, hasDrift: false).csv(rows: 100_000))
        let other = try TableProfile(GeneratedTable(seed: 43, hasDrift: true).csv(rows: 100_000))
        let exact = Drift(reference: one, current: other)
        let (first, second) = (try stored(one).profile, try stored(other).profile)
        for (reference, current) in [(first, other), (one, second), (first, second)] {
            let drift = Drift(reference: reference, current: current)
            for name in ["n2", "n3"] {
                let (found, true_) = (try #require(drift[name]), try #require(exact[name]))
                let said = try #require(found.uncertainty?.numbers)
                #expect(said.rank < 0.0005 && !found.exact)
                let test =
                    try #require(found.kolmogorovSmirnov).statistic - (try #require(true_.kolmogorovSmirnov).statistic)
                #expect(abs(test) <= said.rank + 1e-12, "\(name): \(test) \(said.rank)")
                let distance = (found.wasserstein ?? .nan) - (true_.wasserstein ?? .nan)
                #expect(abs(distance) <= (said.distance ?? 0) + 1e-9, "\(name): \(distance) \(said)")
                let scaled =
                    (found.wassersteinOverReferenceDeviation ?? .nan)
                    - (true_.wassersteinOverReferenceDeviation ?? .nan)
                #expect(abs(scaled) <= (found.uncertainty?.distance ?? 0) + 1e-9 && abs(scaled) < 0.0005)
                #expect(found.meanShiftInReferenceDeviations == true_.meanShiftInReferenceDeviations)
                // Both sides' shares may be off by twice the rank error, of about a tenth each.
                #expect(abs((found.psi ?? .nan) - (true_.psi ?? .nan)) < 0.05 * (true_.psi ?? 0), "\(name)")
            }
            #expect(drift["c1"]?.json == exact["c1"]?.json && drift["c2"]?.json == exact["c2"]?.json)
            #expect(DriftRule().judge(drift).map(\.outcome) == [.slight, .slight, .drifted, .stable])
        }
        let drift = Drift(reference: first, current: other)
        for name in ["n2", "n3"] {
            #expect(drift[name]?.shares == exact[name]?.shares)
            #expect(
                drift.warnings.contains {
                    $0.hasPrefix(
                        "column `\(name)`: its figures are estimates: ks_statistic, and its p-values with it, is off by at most 0.000"
                    )
                        && $0.hasSuffix("; the others are exact")
                }, "\(drift.warnings)")
        }
        // The values that other tools measured on the tables.
        #expect(abs((drift["n2"]?.kolmogorovSmirnov?.statistic ?? 0) - 0.03982) < 0.0005)
        #expect(abs((drift["n2"]?.wassersteinOverReferenceDeviation ?? 0) - 0.09533) < 0.0005)
    }

    @Test func `texts that are not counted one by one are compared in groups, between which the distance lies`() throws
    {
        func csv(_ seed: UInt64, _ first: Int) -> [UInt8] {
            var random = SplitMix(seed: seed)
            var text = "key,zip\n"
            for _ in 0..<40_000 {
                let key = Int(random.next() % 200) * Int(random.next() % 200) + first
                text += "k\(key),\(10_000 + Int(random.next() % 30_000) * 3)z\n"
            }
            return Array(text.utf8)
        }
        let (one, other) = (try TableProfile(csv(1, 0)), try TableProfile(csv(2, 9)))
        let exact = Drift(reference: one, current: other)
        let (first, second) = (try stored(one).profile, try stored(other).profile)
        for (reference, current) in [(first, other), (one, second), (first, second)] {
            let drift = Drift(reference: reference, current: current)
            let key = try #require(drift["zip"]), whole = try #require(exact["zip"])
            #expect(!key.exact && key.referenceCount == 40_000 && key.currentCount == 40_000)
            let least = try #require(key.jensenShannonBase2), distance = try #require(whole.jensenShannonBase2)
            let most = try #require(key.uncertainty?.widest.flatMap(JensenShannon.distanceBase2))
            #expect(least <= distance && distance <= most && least < most, "\(least) \(distance) \(most)")
            #expect((key.shares.totalVariation ?? 2) <= (whole.shares.totalVariation ?? 0))
            #expect(drift.warnings.contains { $0.contains("column `zip`") && $0.contains("1024 groups") })
            let key2 = try #require(drift["key"])
            #expect(key2.json == exact["key"]?.json || !key2.exact)
        }
    }

    @Test func `a drift in passes takes a stored profile on either side`() throws {
        let one = Self.csv(rows: 20_000, seed: 4), other = Self.csv(rows: 25_000, seed: 5, moved: true)
        let (first, second) = (try stored(TableProfile(one)), try stored(TableProfile(other)))
        func drift(_ isStored: (Drift.Side) -> Bool, heldBytes: Int) throws -> String {
            try Drift(options: ProfileOptions(blockBytes: 1 << 16), heldBytes: heldBytes) {
                side, options throws(DataError) in
                let stored = side == .reference ? first : second
                if isStored(side) { return stored.profile(for: options) }
                return try TableProfile(side == .reference ? one : other, options: options)
            }.json.text()
        }
        for isStored in [{ $0 == .reference }, { $0 == .current }, { _ in true }] as [(Drift.Side) -> Bool] {
            let whole = try drift(isStored, heldBytes: .max)
            #expect(try drift(isStored, heldBytes: 1 << 12) == whole)
        }
    }

    @Test func `what is kept is bounded, and wide tables keep less of each column`() throws {
        let narrow = StoredProfile.Limits(columns: 18), wide = StoredProfile.Limits(columns: 300)
        #expect(narrow.exact == 10_000 && narrow.steps == 4096 && wide.exact == 873 && wide.steps == 873)
        var random = SplitMix(seed: 6)
        let header = (0..<300).map { "c\($0)" }.joined(separator: ",")
        let rows = (0..<2_000).map { _ in
            (0..<300).map { _ in "\(Double(random.next() >> 40) / 1000)" }.joined(separator: ",")
        }
        let profile = try TableProfile(Array(([header] + rows).joined(separator: "\n").utf8))
        let bytes = try StoredProfile(of: profile, sources: []).bytes()
        #expect(bytes.count < 6 << 20, "\(bytes.count)")
        #expect(try StoredProfile(bytes).condensedColumns.count == 300)
    }

    @Test func `a profile of sketches is stored with their error`() throws {
        let csv = Self.csv(rows: 80_000, seed: 8)
        let options = ProfileOptions(exactRows: 70_000, blockBytes: 1 << 16)
        let profile = try TableProfile(csv, options: options)
        let kept = try stored(profile).profile
        let sketch = try #require(profile["price"]?.numbers?.error), error = try #require(kept["price"]?.numbers?.error)
        #expect(sketch.distance == nil && error.distance == nil && error.rank >= sketch.rank && error.rank < 0.002)
        let drift = Drift(reference: kept, current: try TableProfile(Self.csv(rows: 900, seed: 9)))
        #expect(drift.warnings.contains { $0.contains("`price`") && $0.contains("in one case of a hundred") })
        #expect(kept["key"]?.texts?.count == 80_000)
        #expect(drift["key"]?.referenceCount == 80_000)
    }

    @Test func `columns of which all is kept merge to what the table itself gives, others to a summary`() throws {
        let small = try stored(try TableProfile(Array("a,b\n1,x\n2,y\n".utf8))).profile
        let other = try TableProfile(Array("a,b\n2,x\n,z\n".utf8))
        let whole = try TableProfile(Array("a,b\n1,x\n2,y\n2,x\n,z\n".utf8))
        #expect(try small.merged(with: other).json == whole.json)
        let large = try stored(try TableProfile(Array(("a,b\n" + (0..<20_000).map { "\($0),x\n" }.joined()).utf8)))
            .profile
        let merged = try large.merged(with: other)
        #expect(merged["a"]?.exact == false && merged["a"]?.nulls == 1 && merged["a"]?.numbers?.moments.count == 20_001)
        #expect(merged["b"]?.texts?.heaviest(9).map(\.count) == [20_001, 1])
    }
}
