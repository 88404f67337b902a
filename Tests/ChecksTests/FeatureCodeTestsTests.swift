import Domain
import Testing

@testable import Checks

@Suite struct FeatureCodeTestsTests {
    @Test func `tests that pass, cover the code and name every feature pass`() async throws {
        let outcome = try await Specimen.version("v1").run(FeatureCodeTests.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.measurements["passed"]?.int == 59 && outcome.measurements["lines"]?.double == 0.875)
    }

    @Test func `a failed test fails with its name`() async throws {
        let outcome = try await Specimen.version("v3").run(FeatureCodeTests.self)
        #expect(outcome.verdict == .fail)
        #expect(outcome.summary.contains("failed"), "\(outcome.summary)")
    }

    @Test func `code that is not covered, and features without a test fail`() async throws {
        let bare = try await Specimen.version("v1").run(FeatureCodeTests.self, ["minLines": 0.9])
        #expect(bare.verdict == .fail && bare.summary.contains("features.py: 87.5 %"), "\(bare.words)")
        var specimen = try Specimen.version("v1")
        specimen.files["junit.xml"] = Array("<testsuite><testcase name=\"test_mean_radius\"/></testsuite>".utf8)
        let unnamed = try await specimen.run(FeatureCodeTests.self)
        #expect(unnamed.summary.contains("29 of 30 features"), "\(unnamed.words)")
    }

    /// The feature code of the samples, of which lines were changed; what the report says of them is the samples' own.
    @Test func `lines changed since the running version are covered, or fail`() async throws {
        let code = try Fixture.text("feature-code/features.py")
        let report = try CoverageReport(Fixture.bytes("tumor/versions/v1/coverage.xml")).files["features.py"] ?? [:]
        let covered = try #require(report.filter { $0.value > 0 }.keys.min())
        let idle = try #require(report.filter { $0.value == 0 }.keys.min())
        func outcome(changing line: Int, root: String = "src") async throws -> Outcome {
            var lines = code.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            lines[line - 1] += "  # as it was"
            let store = MemoryStore()
            var before = try Specimen.version("v1"), now = before
            before.label = "v0"
            before.store = store
            now.store = store
            before.revision = try store.commit("before", ["src/features.py": lines.joined(separator: "\n")])
            now.revision = try store.commit("now", ["src/features.py": code], on: [before.revision ?? .zero])
            now.deployed = try before.subject()
            return try await now.run(FeatureCodeTests.self, ["root": .string(root)])
        }
        let good = try await outcome(changing: covered)
        #expect(good.verdict == .pass, "\(good.words)")
        let bad = try await outcome(changing: idle)
        #expect(bad.verdict == .fail && bad.words.contains("tests run 0 % of the 1 lines changed"), "\(bad.words)")
        #expect(bad.findings.first { $0.file == "src/features.py" }?.line == idle)
        #expect(try await outcome(changing: idle, root: "lib").verdict == .inconclusive)
    }

    @Test(arguments: ["<testsuite/>", "<testsuite><testcase name='a'><skipped/></testcase></testsuite>"])
    func `no test, or only skipped ones, fail`(report: String) async throws {
        var specimen = try Specimen.version("v1")
        specimen.files["junit.xml"] = Array(report.utf8)
        let outcome = try await specimen.run(FeatureCodeTests.self, ["everyFeature": false])
        #expect(outcome.verdict == .fail && !outcome.isRun, "a point for nothing: \(outcome.words)")
    }

    /// As where tests could not even be collected.
    @Test(arguments: [
        "<testsuite name='s' tests='5' failures='2' errors='1'><testcase name='a'/></testsuite>",
        "<testsuites errors='1'><testsuite name='s'><testcase name='a'/></testsuite></testsuites>",
        "<testsuite name='s'><testcase name='a'/><error message='collection failed'/></testsuite>",
    ])
    func `a failure that only the suite tells of fails`(report: String) async throws {
        var specimen = try Specimen.version("v1")
        specimen.files["junit.xml"] = Array(report.utf8)
        let outcome = try await specimen.run(FeatureCodeTests.self, ["everyFeature": false])
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(outcome.findings.count { $0.message.contains("failed") } == 1, "\(outcome.words)")
    }

    @Test func `a message of many lines stands on one`() async throws {
        var specimen = try Specimen.version("v1")
        specimen.files["junit.xml"] = Array(
            "<testsuite><testcase name='a'><failure message='x&#10;y\u{1B}[31m'/></testcase></testsuite>".utf8)
        let outcome = try await specimen.run(FeatureCodeTests.self, ["everyFeature": false])
        #expect(outcome.summary == "junit.xml: a failed: x y [31m")
    }

    @Test func `a report that names no line, and features that no schema names are inconclusive`() async throws {
        var specimen = try Specimen.version("v1")
        specimen.files["coverage.xml"] = Array("<coverage><class filename='f.py'><lines/></class></coverage>".utf8)
        let lineless = try await specimen.run(FeatureCodeTests.self)
        #expect(lineless.verdict == .inconclusive, "\(lineless.words)")
        #expect(lineless.summary == "coverage.xml names no line of f.py")
        var unnamed = try Specimen.version("v1")
        unnamed.schema = nil
        #expect(try await unnamed.run(FeatureCodeTests.self).verdict == .inconclusive)
        #expect(try await unnamed.run(FeatureCodeTests.self, ["everyFeature": false]).verdict == .pass)
    }

    @Test func `a missing or broken report is inconclusive, nothing configured is skipped`() async throws {
        var specimen = try Specimen.version("v1")
        specimen.files["junit.xml"] = Array("<html>".utf8)
        #expect(try await specimen.run(FeatureCodeTests.self).verdict == .inconclusive)
        specimen.files["junit.xml"] = nil
        #expect(try await specimen.run(FeatureCodeTests.self).verdict == .inconclusive)
        let none = specimen.setting("training", "tests", to: .null)
        #expect(try await none.run(FeatureCodeTests.self).verdict == .skipped)
    }

    @Test(arguments: [
        ("test_column[mean_radius]", "mean_radius", true), ("test_mean_radius_range", "mean_radius", true),
        ("test_mean_radiuses", "mean_radius", false),
        ("test_mean_radius", "mean_radius", true), ("worst_mean_radius", "mean_radius", false), ("", "a", false),
    ])
    func `a name counts only by itself`(text: String, word: String, expected: Bool) {
        #expect(text.names(word) == expected)
    }

    @Test func `a longer feature's test is not a shorter one's, and a pattern may name a test`() async throws {
        #expect(!"test_age_bounds".names("age", notAs: ["age_bounds"]))
        #expect("test_age_limits".names("age", notAs: ["age_bounds"]))
        var specimen = try Specimen.version("v1")
        specimen.schema = ["columns": [["name": "geo_hash5", "type": "float", "role": "feature"]]]
        specimen.files["junit.xml"] = Array(
            "<testsuite tests=\"1\"><testcase classname=\"t\" name=\"test_geography\"/></testsuite>".utf8)
        let without = try await specimen.run(FeatureCodeTests.self)
        #expect(without.words.contains("no test names geo_hash5"), "\(without.words)")
        let named = try await specimen.run(FeatureCodeTests.self, ["tests": ["geo_hash5": "test_geo*"]])
        #expect(!named.words.contains("no test names"), "\(named.words)")
    }
}
