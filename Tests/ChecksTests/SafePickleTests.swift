import Domain
import Testing

@testable import Checks

@Suite struct SafePickleTests {
    private func specimen(_ file: String) throws -> Specimen {
        var specimen = try Specimen.version("v1").setting("artifact", to: ["path": .string(file)])
        specimen.files[file] = try Fixture.bytes("pickles/\(file)")
        return specimen
    }

    @Test(arguments: [
        "plain-protocol0.pkl", "plain-protocol2.pkl", "plain-protocol4.pkl", "plain-protocol5.pkl", "numpy-array.pkl",
        "plain.joblib", "plain.npz",
    ])
    func `harmless files pass`(file: String) async throws {
        let outcome = try await specimen(file).run(SafePickle.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test(arguments: [
        ("suspicious-os-system.pkl", "posix.system"), ("suspicious-os-system-protocol0.pkl", "posix.system"),
        ("suspicious-eval.pkl", "eval"), ("suspicious-os-system.joblib", "posix.system"),
    ])
    func `dangerous imports fail with their names`(file: String, name: String) async throws {
        let outcome = try await specimen(file).run(SafePickle.self)
        #expect(outcome.verdict == .fail)
        #expect(outcome.words.contains(name), "\(outcome.words)")
    }

    @Test func `an array of objects is a pickle, too`() async throws {
        let outcome = try await specimen("object-array.npz").run(SafePickle.self)
        #expect((outcome.measurements["pickles"]?.int ?? 0) >= 1, "\(outcome.words)")
    }

    @Test func `other formats hold none, and any pickle can be forbidden`() async throws {
        #expect(try await Specimen.version("v1").run(SafePickle.self).summary.contains("holds no pickle"))
        #expect(try await specimen("plain-protocol4.pkl").run(SafePickle.self, ["forbid": true]).verdict == .fail)
    }

    @Test(arguments: ["plain.keras", "plain.h5", "lambda.keras", "lambda.h5"])
    func `a Keras file with a Lambda layer fails, one without passes`(file: String) async throws {
        var specimen = try Specimen.version("v1").setting("artifact", to: ["path": .string(file)])
        specimen.files[file] = try Fixture.bytes("models/\(file)")
        let outcome = try await specimen.run(SafePickle.self)
        #expect(outcome.verdict == (file.hasPrefix("plain") ? .pass : .fail), "\(outcome.words)")
        #expect(file.hasPrefix("plain") || outcome.summary.contains("Lambda layer"), "\(outcome.words)")
    }

    @Test func `only a pattern that says so allows what a module itself imports`() async throws {
        var specimen = try Specimen.version("v1").setting("artifact", to: ["path": "m.pkl"])
        let words = ["mine.layers", "os.system"].map { [0x8C, UInt8($0.utf8.count)] + Array($0.utf8) }
        specimen.files["m.pkl"] = [0x80, 4] + words[0] + words[1] + [0x93, 0x2E]
        #expect(try await specimen.run(SafePickle.self, ["allow": ["mine.*"]]).verdict == .fail)
        #expect(try await specimen.run(SafePickle.self, ["allow": ["mine.layers:os.system"]]).verdict == .pass)
    }

    @Test(arguments: [
        "numpy-array.pkl", "suspicious-os-system.joblib", "object-array.npz", "plain.joblib", "pipeline.joblib",
        "pipeline-gzip.joblib", "arrays.joblib",
    ])
    func `no bytes crash it`(file: String) throws {
        let good = try Fixture.bytes("pickles/\(file)")
        for step in 0..<300 {
            var bytes = Array(good.prefix(step % 2 == 0 ? Int.random(in: 0...good.count) : good.count))
            for _ in 0..<3 where !bytes.isEmpty { bytes[Int.random(in: 0..<bytes.count)] = .random(in: 0...255) }
            _ = try? PickleFile.scan(RandomAccessBytes(bytes), name: file)
        }
    }

    @Test func `an artifact that cannot be had is inconclusive`() async throws {
        var specimen = try Specimen.version("v1")
        specimen.artifactFailure = ArtifactFailure(.missing, "gone")
        #expect(try await specimen.run(SafePickle.self).verdict == .inconclusive)
        specimen.artifactFailure = ArtifactFailure(.notYet, "not fetched")
        let outcome = try await specimen.run(SafePickle.self)
        #expect(outcome.verdict == .inconclusive && outcome.mayChange)
    }
}
