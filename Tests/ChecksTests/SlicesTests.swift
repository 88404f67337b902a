import Domain
import Testing

@testable import Checks

@Suite struct SlicesTests {
    private let small: JSON = ["minRows": 10, "minPerClass": 3, "thin": "warn", "min": 0.7]

    @Test func `a version that is good everywhere passes`() async throws {
        let outcome = try await Specimen.version("v1").run(Slices.self, ["minRows": 30, "minPerClass": 0])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.measurements["greater_is_better"]?.bool == true)
        let medium = outcome.measurements["slices"]?["size_band"]?["medium"]?["accuracy"]?["value"]?.double
        #expect(abs((medium ?? 0) - 0.958904) < 1e-6)
    }

    @Test func `a version trained without an island fails on that island`() async throws {
        let outcome = try await Specimen.version("v4", of: "penguins").run(Slices.self, small)
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(outcome.summary.contains("slice island=Dream"), "\(outcome.summary)")
        let good = try await Specimen.version("v2", of: "penguins").run(Slices.self, small)
        #expect(good.verdict.admits, "\(good.words)")
    }

    @Test func `an absolute bound counts on each slice`() async throws {
        let outcome = try await Specimen.version("v1").run(
            Slices.self, ["minRows": 30, "minPerClass": 0, "min": 0.999])
        #expect(outcome.verdict != .pass, "\(outcome.words)")
    }

    @Test func `a whole below 0 bounds no slice`() async throws {
        var specimen = try Specimen.version("v1")
        let rows = (0..<400).map { "r\($0),\($0 % 2),\($0 % 5 == 0 ? $0 % 2 : 1 - $0 % 2),0.5,small" }
        specimen.files["predictions.csv"] = Array(
            (["row_id,label,prediction,score,size_band"] + rows).joined(separator: "\n").utf8)
        let open = try await specimen.run(Slices.self, ["metric": "mcc"])
        #expect(open.verdict == .inconclusive && open.summary.contains("is no bound for slices"), "\(open.words)")
        #expect(try await specimen.run(Slices.self, ["metric": "mcc", "min": 0.2]).verdict == .fail)
    }

    @Test func `a slice of too few rows is inconclusive, or a warning where that is asked for`() async throws {
        let strict = try await Specimen.version("v2", of: "penguins").run(Slices.self)
        #expect(strict.verdict == .inconclusive)
        #expect(strict.summary.contains("fewer than 100"))
    }

    @Test func `a slice that is asked for and has no rows fails`() async throws {
        let outcome = try await Specimen.version("v2", of: "penguins").run(
            Slices.self, ["minRows": 10, "minPerClass": 0, "thin": "warn", "values": ["island": ["Dream", "Anvers"]]])
        #expect(outcome.verdict == .fail)
        #expect(outcome.summary.contains("island=Anvers"))
    }

    @Test func `a drop on a slice against the version that runs now fails`() async throws {
        var specimen = try Specimen.version("v3", of: "penguins")
        specimen.deployed = try Specimen.version("v2", of: "penguins").subject()
        let outcome = try await specimen.run(
            Slices.self, ["minRows": 10, "minPerClass": 0, "thin": "warn", "ratio": 0, "maxDrop": 0.02])
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(outcome.words.contains("in the version that runs now"))
    }

    /// Of 30 slices of a hundred rows one is right on fewer rows than before.
    private func slices(right: Int) async throws -> Outcome {
        func table(_ right: Int) -> [UInt8] {
            let rows = (0..<3_000).map { row in
                let isRight = row % 30 == 7 ? row / 30 < right : row / 30 < 90
                return "r\(row),\(row % 2),\(isRight ? row % 2 : 1 - row % 2),0.5,s\(row % 30)\n"
            }
            return Array(("row_id,label,prediction,score,g\n" + rows.joined()).utf8)
        }
        func specimen(_ right: Int) throws -> Specimen {
            var specimen = try Specimen.version("v1").setting("evaluation", "slices", to: ["g"])
            specimen.files["predictions.csv"] = table(right)
            return specimen
        }
        var candidate = try specimen(right)
        candidate.label = "v2"
        candidate.deployed = try specimen(90).subject()
        return try await candidate.run(Slices.self, ["ratio": 0, "maxDrop": 0.02, "minPerClass": 0])
    }

    @Test func `a drop that one slice of many shows by chance is a warning, a large one a failure`() async throws {
        let slight = try await slices(right: 85)
        #expect(slight.verdict == .warn, "\(slight.words)")
        #expect(slight.words.contains("though chance could explain it"))
        let deep = try await slices(right: 60)
        #expect(deep.verdict == .fail, "\(deep.words)")
        #expect(deep.findings.filter { $0.verdict == .fail }.map(\.message).count == 1)
        // Those on which nothing changed have a hundred rows, too: 3 in a hundred may go unseen.
        #expect(deep.findings.first { $0.verdict == .fail }?.message.contains("slice g=s7") == true)
        #expect(deep.findings.filter { $0.message.contains("too few to exclude") }.count == 29)
    }

    @Test func `without slices it may be skipped, without predictions it is inconclusive`() async throws {
        var specimen = try Specimen.version("v1").setting("evaluation", "slices", to: [])
        #expect(try await specimen.run(Slices.self, ["auto": false]).verdict == .skipped)
        specimen = try Specimen.version("v1")
        specimen.files["predictions.csv"] = nil
        #expect(try await specimen.run(Slices.self).verdict == .inconclusive)
        specimen = try Specimen.version("v1").setting("evaluation", "slices", to: ["colour"])
        #expect(try await specimen.run(Slices.self).verdict == .inconclusive)
    }
}
