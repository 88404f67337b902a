import Domain
import Testing

@testable import Checks

@Suite struct DependenciesTests {
    @Test func `pinned and owned passes`() async throws {
        var specimen = try Specimen.version("v1")
        specimen.files["requirements.txt"] = Array("# exact\nnumpy==2.4.1\nmine @ file:///x\n".utf8)
        specimen.files["Dockerfile"] = Array("FROM python:3.12-slim\nRUN true\n".utf8)
        let outcome = try await specimen.run(Dependencies.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test(arguments: [
        ("requirements.txt", "numpy>=2\n"), ("Dockerfile", "FROM python:latest\n"), ("Dockerfile", "FROM python\n"),
    ])
    func `what floats fails with its line`(path: String, text: String) async throws {
        var specimen = try Specimen.version("v1")
        specimen.files[path] = Array(text.utf8)
        let outcome = try await specimen.run(Dependencies.self)
        #expect(outcome.verdict == .fail && outcome.findings.first?.line == 1)
    }

    @Test func `nobody to tell fails`() async throws {
        let outcome = try await Specimen.version("v1").setting("owners", to: []).run(Dependencies.self)
        #expect(outcome.verdict == .fail && outcome.summary.contains("no owners"))
    }

    @Test func `changes since the running version are named, or must be`() async throws {
        var specimen = try Specimen.version("v2"), old = try Specimen.version("v1")
        specimen.files["requirements.txt"] = Array("numpy==2.5.5\n".utf8)
        old.files["requirements.txt"] = Array("numpy==2.4.1\n".utf8)
        specimen.deployed = try old.subject()
        #expect(try await specimen.run(Dependencies.self).verdict == .warn)
        #expect(try await specimen.run(Dependencies.self, ["acknowledged": true]).verdict == .fail)
        specimen.files["CHANGES.md"] = Array("requirements.txt: a newer numpy".utf8)
        #expect(try await specimen.run(Dependencies.self, ["acknowledged": true]).verdict == .pass)
    }

    @Test func `a dataset without a manifest is inconclusive`() async throws {
        let specimen = try Specimen.version("v1").setting("training", "data", to: ["nowhere"])
        #expect(try await specimen.run(Dependencies.self).verdict == .inconclusive)
    }
}
