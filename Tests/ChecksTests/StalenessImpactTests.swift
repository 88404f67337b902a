import Domain
import Foundation
import Testing

@testable import Checks

@Suite struct StalenessImpactTests {
    /// Versions a month apart, whose files are those of the samples' versions of the same name.
    private func specimen(_ names: [String]) throws -> Specimen {
        let store = MemoryStore()
        var revisions: [ObjectID] = [], files: [ObjectID: String] = [:]
        for (index, name) in names.enumerated() {
            let id = try store.commit(
                name, ["models/tumor/model.yaml": "\(index)"], on: revisions.suffix(1),
                at: "2026-0\(index + 1)-01T00:00:00Z")
            revisions.append(id)
            files[id] = name
        }
        var specimen = try Specimen.version(names[names.count - 1])
        specimen.store = store
        specimen.revision = revisions[revisions.count - 1]
        specimen.fileOf = { [files] version, path in
            guard let name = files[version.revision] else { return nil }
            return try? Fixture.bytes("tumor/versions/\(name)/\(path)")
        }
        return specimen
    }

    @Test func `the loss of older versions is measured from history`() async throws {
        let outcome = try await specimen(["v4", "v1", "v2"]).run(StalenessImpact.self, ["metric": "log_loss"])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.measurements["curve"]?.array?.count == 2)
        let oldest = outcome.measurements["curve"]?.array?.last
        #expect(oldest?["age_days"]?.double == 59)
        #expect((oldest?["loss"]?.double ?? 0) > 1)
    }

    @Test func `a cadence slower than the loss allows is a warning`() async throws {
        let outcome = try await specimen(["v4", "v1", "v2"]).run(
            StalenessImpact.self, ["metric": "log_loss", "cadence": "59d"])
        #expect(outcome.verdict == .warn && outcome.summary.contains("the declared cadence is 59d"), "\(outcome.words)")
    }

    @Test func `ages that do not span the cadence do not tell what it costs`() async throws {
        let outcome = try await specimen(["v4", "v1", "v2"]).run(
            StalenessImpact.self, ["metric": "log_loss", "cadence": "60d"])
        #expect(
            outcome.verdict == .inconclusive && outcome.summary.contains("the oldest of 2 versions is 59 days older"),
            "\(outcome.words)")
    }

    @Test func `too few versions or no history are inconclusive, nothing configured is skipped`() async throws {
        #expect(try await specimen(["v1", "v2"]).run(StalenessImpact.self).verdict == .inconclusive)
        #expect(try await Specimen.version("v1").run(StalenessImpact.self).verdict == .inconclusive)
        let none = try Specimen.version("v1").setting("evaluation", to: .null)
        #expect(try await none.run(StalenessImpact.self).verdict == .skipped)
    }

    @Test(arguments: [0, 1001, Int.max]) func `no versions, or more than can be looked at, are refused`(versions: Int) {
        #expect(throws: FieldErrors.self) { try StalenessImpact(node: ManifestTree(["versions": .int(versions)])) }
    }
}
