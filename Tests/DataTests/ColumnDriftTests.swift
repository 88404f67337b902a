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

    @Test func `numbers in one table and texts in the other are compared as texts`() throws {
        let reference = try TableProfile(Array("a\n1\n2\n2\n".utf8))
        let current = try TableProfile(Array("a\n1\nx\nx\n".utf8))
        let drift = Drift(reference: reference, current: current)
        #expect(drift["a"]?.kind == .categorical)
        #expect(drift["a"]?.unseen == ["x"])
        #expect(drift.warnings.count == 1)
    }
}
