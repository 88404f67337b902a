import Testing

@testable import Data

struct TextSpellingTests {
    private func drift(_ one: [String], _ other: [String]) throws -> Drift {
        func profile(_ cells: [String]) throws -> TableProfile {
            try TableProfile(Array(("c,d\n" + cells.map { "\($0),x\n" }.joined()).utf8))
        }
        return try Drift(reference: profile(one), current: profile(other))
    }

    @Test(arguments: [
        (["True", "False", "True"], ["true", "false", "true"]),
        (["TRUE", "False", "TRUE"], ["true", "false", "true"]),
        (["2024-01-01 22:00:00", "2024-01-02 00:00:00.250"], ["2024-01-01T22:00:00Z", "2024-01-02T00:00:00.25Z"]),
        (["2024-01-01", "2024-01-02"], ["2024-01-01T00:00:00", "2024-01-02T00:00:00.000"]),
        (
            ["2024-01-01T22:00:00", "2024-01-02T00:00:00.5", "2024-01-03T00:00:00"],
            ["2024-01-01T22:00:00", "2024-01-02T00:00:00.500", "2024-01-03T00:00:00"]
        ),
        (["2024-01-01 22:00", "2024-01-02 01:00"], ["2024-01-01T22:00:00+00:00", "2024-01-02T01:00:00+00:00"]),
    ])
    func `one value in two spellings is one value`(one: [String], other: [String]) throws {
        let found = try drift(one, other)
        let column = try #require(found["c"])
        #expect(column.kind == .categorical && column.shares.totalVariation == 0 && column.unseenCount == 0)
        #expect(found.warnings.isEmpty)
    }

    @Test(arguments: [
        (["True", "False", "perhaps"], ["true", "false", "perhaps"]),
        (["2024-01-01 22:00:00", "soon"], ["2024-01-01T22:00:00", "soon"]),
        (["2024-01-01 22:00:00+02:00"], ["2024-01-01T22:00:00Z"]),
        (["2024-01-01 22:0"], ["2024-01-01T22:00"]),
    ])
    func `other texts stay as they are`(one: [String], other: [String]) throws {
        #expect(try #require(drift(one, other)["c"]?.shares.totalVariation) > 0)
    }

    @Test func `alike spellings are listed as they stand`() throws {
        #expect(try drift(["True"], ["True", "False"])["c"]?.unseen == ["False"])
    }

    @Test func `tables without a value in common are told of`() throws {
        #expect(try drift(["a", "a", "b", "b"], ["A", "A", "B", "B"]).warnings.contains { $0.contains("in common") })
        #expect(try drift(["a", "b", "c"], ["d", "e", "f"]).warnings.isEmpty)
    }

    @Test(arguments: [
        ("True", "true", true), ("TRUE", "True", true), ("true", "false", false), ("a", "a", true), ("a", "A", false),
        ("2026-01-01T00:00:01Z", "2026-01-01 00:00:01+00:00", true), ("2026-01-01", "2026-01-01T00:00:00", true),
        ("2026-01-01T00:00:01Z", "2026-01-01 00:00:02+00:00", false), ("2026-01-01T00:00:01Z", "true", false),
    ])
    func `two texts are alike where they spell one value`(one: String, other: String, alike: Bool) {
        #expect(TextSpelling.areAlike(one, other) == alike && TextSpelling.areAlike(other, one) == alike)
    }
}
