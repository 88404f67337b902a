import Domain
import Foundation
import Testing

@testable import Data

/// A table of one column, written as delimited text.
func oneColumn(_ cells: [JSON]) -> [UInt8] {
    let lines = cells.map { cell -> String in
        switch cell {
        case .string(let text): "\"" + text.replacing("\"", with: "\"\"") + "\""
        case .int(let value): String(value)
        case .double(let value): "\(value)"
        default: ""
        }
    }
    return Array(("column\n" + lines.joined(separator: "\n") + "\n").utf8)
}

struct ColumnDriftTests {
    private static let cases = (try? Reference.json("drift.json"))?["columns"]?.array ?? []

    @Test(arguments: cases.indices)
    func `distances and tests agree with NumPy and SciPy`(index: Int) throws {
        let example = Self.cases[index]
        let reference = try TableProfile(oneColumn(example["reference"]?.array ?? []))
        let current = try TableProfile(oneColumn(example["current"]?.array ?? []))
        let drift = try #require(Drift(reference: reference, current: current)["column"])
        let expected = try #require(example["drift"]?.members)
        for member in expected {
            Reference.expect(
                drift.json[member.key], toAgreeWith: member.value, "\(example["name"]?.string ?? "").\(member.key)",
                relative: member.key.contains("p_value") ? 1e-6 : 1e-9)
        }
    }

    @Test(arguments: cases.indices)
    func `profiles agree with NumPy`(index: Int) throws {
        let example = Self.cases[index]
        let profile = try TableProfile(oneColumn(example["reference"]?.array ?? []))
        let expected = try #require(example["profile"])
        Reference.expect(profile["column"]?.json, toAgreeWith: expected, example["name"]?.string ?? "")
    }

    @Test func `there are cases`() { #expect(Self.cases.count > 20) }

    @Test func `no Jensen-Shannon distance is above 1, by rounding neither`() throws {
        func texts(_ letter: String, _ count: Int) throws -> TableProfile {
            try TableProfile(oneColumn((0..<count).map { .string("\(letter)\($0)") }))
        }
        let drift = try Drift(reference: texts("a", 900), current: texts("b", 750))["column"]
        let distance = try #require(drift?.json["js_distance_base2"]?.double)
        #expect(distance <= 1 && distance > 1 - 1e-12)
    }

    /// More different texts than are counted one by one, so that they are logged; of the new ones `share` in a hundred.
    @Test(arguments: [1, 100])
    func `what only the second has is listed, the heaviest first and then by bytes`(share: Int) throws {
        var random = SplitMix(seed: UInt64(share) + 1)
        let old = (0..<70_000).map { "\(String(random.next() % 1_000_000_007, radix: 36))-\($0)" }
        var new: [String: Int] = [:]
        for number in 0..<70_000 {
            let isNew = random.next() % 100 < UInt64(share)
            let text = isNew ? "\(String(random.next() % 1_000_000_007, radix: 36))+\(number)" : old[number]
            new[text] = random.next() % 500 == 0 ? 2 : 1
        }
        func table(_ texts: [String]) throws -> TableProfile {
            try TableProfile(Array(("a\n" + texts.joined(separator: "\n") + "\n").utf8))
        }
        let current = new.flatMap { Array(repeating: $0.key, count: $0.value) }.shuffled(using: &random)
        let drift = try Drift(reference: table(old), current: table(current))
        let known = Set(old)
        let expected = new.filter { !known.contains($0.key) }.sorted {
            $0.value == $1.value ? $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) : $0.value > $1.value
        }
        #expect(drift["a"]?.unseen == expected.prefix(ColumnProfile.listed).map { $0.key })
    }

    @Test func `numbers in one table and texts in the other are compared as texts`() throws {
        let reference = try TableProfile(Array("a\n1\n2\n2\n".utf8))
        let current = try TableProfile(Array("a\n1\nx\nx\n".utf8))
        let drift = Drift(reference: reference, current: current)
        #expect(drift["a"]?.kind == .categorical)
        #expect(drift["a"]?.unseen == ["x"])
        #expect(drift.warnings.count == 1)
    }

    private func numbers(_ cells: [String]) throws -> TableProfile {
        try TableProfile(Array(("a\n" + cells.joined(separator: "\n") + "\n").utf8))
    }

    /// `scipy.stats.ks_2samp(range(30), [*range(30), *[inf] * 30])`.
    @Test(arguments: ["inf", "-inf"]) func `infinities have their rank, and no distance`(infinity: String) throws {
        let finite = (0..<30).map { "\($0)" }
        let drift = try Drift(
            reference: numbers(finite), current: numbers(finite + Array(repeating: infinity, count: 30)))
        let json = try #require(drift["a"]?.json)
        #expect(json["ks_statistic"] == 0.5)
        #expect(Reference.near(json["ks_p_value_auto"]?.double ?? 1, 5.734701359207208e-05, 1e-6))
        #expect((json["psi"]?.double ?? 0) > 0.5)
        for key in ["wasserstein", "wasserstein_over_reference_std", "mean_shift_in_reference_std"] {
            #expect(json[key] == .null)
        }
        #expect(drift.warnings.contains { $0.contains("`a`: it has infinite values") }, "\(drift.warnings)")
    }

    @Test func `figures that are null have a warning that says why`() throws {
        let empty = try Drift(reference: numbers([]), current: numbers(["1", "2"]))
        #expect(empty.warnings == ["column `a`: the reference has no values, so its figures are null"])
        let both = try Drift(reference: numbers([]), current: numbers([]))
        #expect(both.warnings.first?.contains("the reference and the current table have no values") == true)
        let constant = try Drift(reference: numbers(["3", "3", "3"]), current: numbers(["3", "4", "5"]))
        #expect(constant["a"]?.json["wasserstein_over_reference_std"] == .null)
        #expect(constant.warnings.contains { $0.contains("`a`: the reference does not vary") }, "\(constant.warnings)")
        let new = try Drift(reference: numbers(["1", "2"]), current: numbers(["1", "3"]))
        #expect(new.warnings.isEmpty && new["a"]?.json["chi2_goodness_of_fit"] == .null)
        #expect(
            new.json["warnings"] == [
                "column `a`: the current table has what the reference has none of, so chi2_goodness_of_fit is null"
            ])
        #expect(try Drift(reference: numbers(["1", "2"]), current: numbers(["1", "1"])).json["warnings"] == nil)
    }

    @Test(arguments: [("9e300", "5e300"), ("1e-200", "2e-200"), ("-1.7e308", "1.7e308")])
    func `a spread beyond a double is not taken for none`(one: String, other: String) throws {
        let cells = (0..<30).map { $0 % 2 == 0 ? one : other }
        let drift = try Drift(reference: numbers(cells), current: numbers(cells))
        #expect(drift["a"]?.json["wasserstein_over_reference_std"] == .null)
        #expect(
            drift.warnings.filter { $0.contains("64-bit float") }.count == 1
                && drift.warnings.contains { $0.contains("too small") } == (one == "1e-200")
                && !drift.warnings.contains { $0.contains("does not vary") }, "\(drift.warnings)")
    }

    private func sketched(_ values: [Double]) -> TableProfile {
        var sketch = NumberSketch(seed: 1)
        values.withUnsafeBufferPointer { sketch.add($0) }
        let profile = NumberProfile(sketch: sketch, unusual: UnusualNumbers(), wide: WideNumbers(limit: 0))
        let column = ColumnProfile(name: "a", rows: values.count, nulls: 0, content: .numbers(profile))
        return TableProfile(rows: values.count, columns: [column], exactLimit: 0)
    }

    @Test func `figures from sketches say how far they may be off, and p-values that cannot be had are null`() throws {
        var generator = SplitMix(seed: 5)
        let samples = (0..<2).map { _ in (0..<100_000).map { _ in Double.random(in: 0..<1, using: &generator) } }
        let drift = Drift(reference: sketched(samples[0]), current: sketched(samples[1]))
        let json = try #require(drift["a"]?.json)
        let error = try #require(json["ks_statistic_error"]?.double)
        #expect(error > 0.002 && error < 0.003)
        #expect(json["chi2_homogeneity"]?["p_value"] == .null && json["chi2_homogeneity"]?["statistic"]?.double != nil)
        #expect(
            drift.warnings.contains {
                $0.contains("`a`: ks_statistic may be off by 0.0025, which is taken off for its p-values")
            }, "\(drift.warnings)")
        let exact = try Drift(reference: numbers(["1", "2"]), current: numbers(["1", "3"]))["a"]?.json
        #expect(exact?["ks_statistic_error"] == 0.0 && exact?["chi2_homogeneity"]?["p_value"]?.double != nil)
    }

    @Test func `a large effect that only sketches show is unclear`() {
        var generator = SplitMix(seed: 6)
        let values = (0..<2_000_000).map { _ in Double.random(in: -1..<1, using: &generator) }
        // Three in a thousand went far: more than chance does, and hardly more than the sketches may be off.
        let current = values.enumerated().map { $0 % 1000 < 3 ? 100 : $1 }
        let drift = Drift(reference: sketched(values), current: sketched(current))
        guard case .unclear(let effect) = DriftRule().judge(drift).first?.outcome else {
            Issue.record("\(DriftRule().judge(drift)), \(String(describing: drift["a"]?.kolmogorovSmirnov))")
            return
        }
        #expect(effect > 0.3)
    }
}
