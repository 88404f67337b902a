import Domain
import Testing

@testable import Data

/// Stored profiles that keep summaries of their columns, merged: the figures are off by no more than is said.
struct MergedSummariesTests {
    /// As small as what wide tables keep.
    private static let limits = StoredProfile.Limits(columns: 1 << 20)

    /// Of each of some shapes a value for every row.
    private static let shapes: [(name: String, value: @Sendable (Int, inout SplitMix) -> String)] = [
        ("uniform", { _, random in "\(Double(random.next() >> 20) / 4096)" }),
        ("ascending", { row, _ in "\(row)" }),
        (
            "skewed",
            { _, random in
                let whole = random.next() >> 40
                return "\(Double(whole) * Double(whole) * Double(whole) / 1e9)"
            }
        ),
        ("mostly zero", { row, random in row % 5 > 0 ? "0" : "\(random.next() >> 30)" }),
        ("far apart", { row, random in row % 2 == 0 ? "\(random.next() >> 44)" : "-1e12" }),
        (
            "with infinities and nulls",
            { row, random in row % 50 == 0 ? ["inf", "-inf", "nan", ""][row / 50 % 4] : "\(random.next() >> 33)" }
        ),
        ("few", { _, random in "\(random.next() % 7)" }),
        ("beyond doubles", { _, random in "\(9_007_199_254_740_993 + random.next() % 3000)" }),
        ("few beyond doubles", { _, random in "\(9_007_199_254_740_993 + random.next() % 20)" }),
        ("key", { row, _ in "k\(row)" }),
        (
            "words",
            { _, random in
                let share = Double(random.next() >> 11) / 0x1p53
                return "w\(Int(1 / (share + 0.0001)))"
            }
        ),
        ("words of parts", { row, random in "p\(row / 3000)-\(random.next() % 700)" }),
        ("long words", { _, random in String(repeating: "ä", count: 200) + "\(random.next() % 900)" }),
    ]

    private func profile(_ rows: Range<Int>, exactRows: Int) throws -> TableProfile {
        var text = Self.shapes.map(\.name).joined(separator: ",") + "\n"
        for row in rows {
            // The same value in the row, whatever part it is in.
            var random = SplitMix(seed: UInt64(row) &* 77 &+ 5)
            text += Self.shapes.map { $0.value(row, &random) }.joined(separator: ",") + "\n"
        }
        return try TableProfile(Array(text.utf8), options: ProfileOptions(exactRows: exactRows, blockBytes: 1 << 15))
    }

    /// Written and read again.
    private func stored(_ profile: TableProfile) throws -> TableProfile {
        let kept = TableProfile(
            rows: profile.rows, columns: profile.columns.map { $0.condensed(Self.limits) }, exactLimit: 1_000_000)
        let bytes = try StoredProfile(kept, sources: [], options: TableOptions()).bytes()
        let read = try StoredProfile(bytes)
        let again = read.profile.columns.map { $0.condensed(Self.limits) }
        let same = TableProfile(rows: profile.rows, columns: again, exactLimit: 1_000_000)
        #expect(try StoredProfile(same, sources: [], options: TableOptions()).bytes() == bytes, "idempotent")
        return read.profile
    }

    private func check(_ found: NumberProfile, _ whole: NumberProfile, _ name: String) throws {
        #expect(found.moments.count == whole.moments.count && found.unusual == whole.unusual, "\(name)")
        #expect(found.values.count == whole.values.count, "\(name)")
        #expect(found.moments.minimum == whole.moments.minimum && found.moments.maximum == whole.moments.maximum)
        #expect(found.moments.zeros == whole.moments.zeros)
        let means = (try #require(found.moments.mean), try #require(whole.moments.mean))
        #expect(abs(means.0 - means.1) <= 1e-9 * abs(means.1), "\(name)")
        let error = found.error ?? .none
        let rank = try #require(KolmogorovSmirnov(found.values, whole.values)).statistic
        #expect(rank <= error.rank + 1e-12 && error.rank < 0.02, "\(name): \(rank) \(error)")
        if let most = error.distance {
            let distance = try #require(Wasserstein.distance(found.values, whole.values))
            let scale = max(abs(whole.moments.minimum), abs(whole.moments.maximum))
            #expect(distance <= most + 1e-9 * scale, "\(name): \(distance) \(most)")
        }
    }

    private func check(_ found: TextProfile, _ whole: TextProfile, _ name: String) throws {
        #expect(found.lengths == whole.lengths && found.count == whole.count, "\(name)")
        var groups = found.others.isEmpty ? [Int](repeating: 0, count: TextGroups.count) : found.others
        for index in 0..<found.counts.distinct {
            groups[TextGroups.group(of: found.counts.hash(at: index))] += found.counts.count(at: index)
        }
        for index in 0..<whole.counts.distinct {
            let true_ = whole.counts.count(at: index)
            groups[TextGroups.group(of: whole.counts.hash(at: index))] -= true_
            let counted = whole.counts.withBytes(at: index) { found.counts.count(of: $0) }
            let most = counted > 0 ? counted + found.uncertainty : found.mostUnlisted
            #expect(counted <= true_ && true_ <= most, "\(name): \(counted) \(true_) \(most)")
        }
        #expect(groups.allSatisfy { $0 == 0 }, "\(name): the totals of groups are exact")
    }

    /// How a table of 15,000 rows may lie in parts.
    @Test(arguments: [
        ([0, 7_500, 15_000], 1 << 30), ([0, 400, 15_000], 1 << 30),
        ([0, 3_000, 6_000, 9_000, 12_000, 15_000], 1 << 30),
        ([0, 7_500, 15_000], 2_000), ([0, 5_000, 5_100, 15_000], 4_000),
    ])
    func `merged parts are the whole within what is said, also after they are stored again`(
        ends: [Int], exactRows: Int
    ) throws {
        let whole = try profile(0..<15_000, exactRows: 1 << 30)
        var merged: TableProfile?, mixed: TableProfile?
        for (start, end) in zip(ends, ends.dropFirst()) {
            let part = try profile(start..<end, exactRows: exactRows), kept = try stored(part)
            merged = try merged.map { try $0.merged(with: kept) } ?? kept
            // Every other part is a table itself.
            mixed = try mixed.map { try $0.merged(with: end.isMultiple(of: 1_000) ? part : kept) } ?? kept
        }
        let once = try #require(merged)
        for found in [once, try stored(once), try #require(mixed)] {
            #expect(found.rows == 15_000 && found.columns.map(\.name) == whole.columns.map(\.name))
            for (column, other) in zip(found.columns, whole.columns) {
                #expect(column.nulls == other.nulls, "\(column.name)")
                if let numbers = column.numbers { try check(numbers, try #require(other.numbers), column.name) }
                if let texts = column.texts { try check(texts, try #require(other.texts), column.name) }
                let error = column.numbers?.distinctError ?? column.texts?.distinctError ?? 0.02
                #expect(
                    abs(Double(column.distinct - other.distinct)) <= 4 * error * Double(other.distinct),
                    "\(column.name): \(column.distinct) \(other.distinct)")
            }
        }
    }

    @Test func `what is said of a summary is its error, and that of an estimate its own`() throws {
        let parts = try [0..<7_500, 7_500..<15_000].map { try stored(profile($0, exactRows: 1 << 30)) }
        let merged = try parts[0].merged(with: parts[1])
        let error = try #require(merged["uniform"]?.numbers?.error)
        let words = DriftUncertainty.rounded(error.rank)
        #expect(
            merged.warnings.contains(
                "column `uniform` is known from a summary: a rank is off by at most \(words) of all; distinct_non_null is an "
                    + "estimate, with a standard error of 0.046"), "\(merged.warnings)")
        #expect(!merged.warnings.contains { $0.contains("`few`") }, "\(merged.warnings)")
        let drift = Drift(reference: merged, current: try profile(0..<7_500, exactRows: 1 << 30))
        #expect(
            drift.warnings.contains {
                $0.hasPrefix("column `uniform`: its figures are estimates: ks_statistic") && $0.contains(words)
                    && $0.hasSuffix("shares by at most twice as much as ks_statistic")
            }, "\(drift.warnings)")
        let low = try #require(merged["words of parts"]?.texts?.uncertainty)
        #expect(low > 0 && drift.warnings.contains { $0.contains("counts of single ones may be too low by \(low)") })
        // Counts of tenths of a merged summary are not those of all values, also once it is stored.
        let kept = Drift(reference: try stored(merged), current: try profile(0..<7_500, exactRows: 1 << 30))
        #expect(!kept.warnings.contains { $0.contains("`uniform`") && $0.contains("the others are exact") })
    }

    @Test func `a summary of an earlier Martlet cannot be merged, and says what to do`() throws {
        let stored = try StoredProfile(of: profile(0..<12_000, exactRows: 1 << 30), sources: [])
        var text = String(decoding: try stored.bytes(), as: UTF8.self)
        while let start = text.firstRange(of: ",\"distinct_registers\":\""),
            let end = text[start.upperBound...].firstIndex(of: "\"")
        {
            text.removeSubrange(start.lowerBound...end)
        }
        let old = try StoredProfile(Array(text.utf8)).profile
        #expect(old.rows == 12_000 && Drift(reference: old, current: old).warnings.count > 2)
        let refused = #expect(throws: DataError.self) { try old.merged(with: old) }
        #expect(
            refused?.message
                == "column `uniform` is summarized by a stored profile without what merging needs", "\(refused as Any)")
        #expect(refused?.remedy.hasPrefix("write the profile anew with martlet profile --save, or profile") == true)
    }
}
