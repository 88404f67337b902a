import Domain
import Testing

@testable import Checks

@Suite struct OnlineOfflineTests {
    private func specimen(_ fault: OpenInferenceServer.Fault) throws -> Specimen {
        var specimen = try Specimen.version("v1").served(by: OpenInferenceServer(fault))
        // The predictions name their rows and labels as the dataset does.
        specimen.files["predictions.csv"] = try Fixture.text("tumor/versions/v1/predictions.csv").renamed(
            "row_id", "sample_id")
        return specimen
    }

    @Test func `a server that answers as was measured passes`() async throws {
        let outcome = try await specimen(.none).run(OnlineOffline.self)
        #expect(outcome.verdict == .pass && outcome.summary.hasPrefix("190 answers are those of"), "\(outcome.words)")
    }

    @Test func `another model behind the server fails`() async throws {
        let outcome = try await specimen(.isAnother).run(OnlineOffline.self)
        #expect(outcome.verdict == .fail && outcome.words.contains("score: 190 of 190 answers"), "\(outcome.words)")
    }

    @Test func `without predictions to compare with it is inconclusive, without a server skipped`() async throws {
        let alone = try Specimen.version("v1").served(by: OpenInferenceServer(), predictions: nil)
        #expect(try await alone.run(OnlineOffline.self).verdict == .inconclusive)
        #expect(try await Specimen.version("v1").run(OnlineOffline.self).verdict == .skipped)
    }

    @Test func `rows that are not in the dataset are inconclusive`() async throws {
        var specimen = try specimen(.none)
        specimen.files["predictions.csv"]?.removeLast(60)
        #expect(try await specimen.run(OnlineOffline.self).verdict == .inconclusive)
    }
}

extension String {
    /// The text as bytes, with the first such word replaced.
    fileprivate func renamed(_ word: String, _ other: String) -> [UInt8] {
        guard let place = firstRange(of: word) else { return Array(utf8) }
        return Array((self[..<place.lowerBound] + other + self[place.upperBound...]).utf8)
    }
}
