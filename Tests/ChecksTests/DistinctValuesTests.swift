import Domain
import Testing

@testable import Checks

@Suite struct DistinctValuesTests {
    private func column(_ type: JSON, _ more: JSON) throws -> Schema.Column {
        let settings: [(String, JSON)] =
            [("name", "x"), ("type", type)] + (more.members ?? []).map { ($0.key, $0.value) }
        return try Schema.Column(node: ManifestTree(.object(settings)))
    }

    private func readings(
        _ values: some Sequence<String>, _ type: JSON = "string", _ more: JSON = ["distinct": ["min": 0]]
    ) throws -> [StatisticReading] {
        var distinct = try #require(DistinctValues(try column(type, more)))
        for value in values { Array(value.utf8).withUnsafeBufferPointer { distinct.add($0) } }
        return distinct.finish().readings
    }

    @Test func `values count once, whatever the spelling of numbers and truths`() throws {
        #expect(try readings(["a", "b", "a", "A"]).map(\.value) == [3])
        #expect(try readings(["1", "1.0", "1e0", "2", "-0", "0"], "float").map(\.value) == [3])
        #expect(try readings(["1", "true", "false", "0"], "bool").map(\.value) == [2])
        #expect(try readings(["1", "1.0"]).map(\.value) == [2])
        #expect(try readings([]).map(\.value) == [0])
    }

    @Test func `the share is that of all values`() throws {
        let found = try readings(
            ["a", "b", "a", "c"], "string", ["distinctShare": ["min": 0.5], "distinct": ["max": 3]])
        #expect(found.map(\.value) == [3, 0.75] && found.allSatisfy(\.isExact))
        #expect(found.map(\.name) == ["distinct values", "distinct share"])
        var none = try #require(DistinctValues(try column("string", ["distinctShare": ["min": 0.5]])))
        #expect(none.finish().undefined == ["distinct share"])
        Array("a".utf8).withUnsafeBufferPointer { none.add($0) }
        #expect(none.finish().readings.first?.value == 1)
    }

    @Test(arguments: [65_536, 65_537, 300_000])
    func `many are estimated, with the range in which the true number is`(count: Int) throws {
        let found = try readings(
            (0..<count).lazy.map { "u\($0)" }, "string", ["distinct": ["min": 1], "distinctShare": ["min": 1]])
        for (reading, truth) in zip(found, [Double(count), 1]) {
            #expect(reading.isExact == (count <= 65_537))
            #expect(reading.least <= truth && truth <= reading.most && reading.most <= 1.05 * truth, "\(reading)")
            #expect(reading.atLeast != .fail)
        }
    }

    // MARK: In the check

    private static let cases: [(JSON, String?)] = [
        (["distinct": ["min": 3, "max": 3], "distinctShare": ["min": 0.75], "minLength": 1], nil),
        (["distinct": ["min": 4]], "mine.csv: column \"x\": distinct values 3 of 4 values < min 4; schema.yaml:1"),
        (["distinct": ["max": 2]], "distinct values 3 of 4 values > max 2;"),
        (["distinctShare": ["min": 0.8]], "distinct share 0.75 of 4 values < min 0.8;"),
        (
            ["minLength": 2],
            "mine.csv: column \"x\": 3 of 5 values (60 %) are shorter than 2 characters; first at line 2"
        ),
    ]

    @Test(arguments: cases)
    func `too few or many different values fail, and texts that are too short`(more: JSON, words: String?) async throws
    {
        var specimen = try Specimen.version("v1").setting("training", "data", to: ["mine"])
            .setting("evaluation", "data", to: .null)
        let settings: [(String, JSON)] = [("name", "x"), ("nullable", true)]
        specimen.schema = [
            "columns": [.object(settings + (more.members ?? []).map { ($0.key, $0.value) }), ["name": "y"]]
        ]
        specimen.data["mine"] = Array("x,y\na,1\nb,1\na,1\nüß,1\n,1".utf8)
        let outcome = try await specimen.run(DataSchema.self)
        #expect(outcome.verdict == (words == nil ? .pass : .fail), "\(outcome.words)")
        #expect(words.map(outcome.summary.contains) ?? true, "\(outcome.words)")
    }

    @Test func `lengths that contradict each other are refused`() throws {
        #expect(throws: FieldErrors.self) { try column("string", ["minLength": 3, "maxLength": 2]) }
        #expect(throws: FieldErrors.self) { try column("string", ["distinct": ["min": 3, "max": 2]]) }
    }
}
