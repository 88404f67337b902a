import Domain
import Foundation
import TestSupport
import Testing

@testable import martlet

/// What CI systems read: valid by their own schemas, and nothing of a stranger's becomes markup or a command.
struct CIReportTests {
    private static let evil = "a%b\r\n::set-env name=X::y ]]> <b a=\"1\"> , : & \u{1}\u{FFFE} é \u{1F426}"

    private static func report(_ text: String = evil) -> CIReport {
        func one(_ verdict: Verdict, _ isAccepted: Bool, _ level: CIReport.Level) -> CIReport.Case {
            CIReport.Case(
                suite: "m \(text)", rule: "model.slices", about: "About \(text)", verdict: verdict,
                isAccepted: isAccepted, summary: text,
                items: verdict == .pass
                    ? [] : [CIReport.Item(level: level, message: text, file: "models/m/a b:\(text).csv", line: 3)])
        }
        return CIReport(cases: [
            one(.pass, true, .note), one(.warn, true, .warning), one(.fail, false, .error),
            one(.error, false, .error), one(.inconclusive, true, .warning), one(.skipped, false, .error),
        ])
    }

    @Test func `on GitHub each line is our own command, and what strangers wrote is escaped`() {
        let lines = CIFormat.github.text(Self.report()).split(whereSeparator: \.isNewline)
        #expect(lines.count == 6)
        #expect(lines.dropLast().allSatisfy { $0.hasPrefix("::error file=") || $0.hasPrefix("::warning file=") })
        #expect(lines.last == "3 of 6 are in order.")
        let first = lines[0]
        #expect(first.hasPrefix("::error file=models/m/a b%3Aa%25b%0D%0A%3A%3Aset-env name=X%3A%3Ay ]]>"))
        #expect(first.hasSuffix("::a%25b%0D%0A::set-env name=X::y ]]> <b a=\"1\"> , : & \u{1}\u{FFFE} é \u{1F426}"))
        #expect(first.contains(",line=3,title=model.slices%2C m a%25b"))
    }

    @Test func `the column of a manifest's error is told in each form`() throws {
        let place = Place(line: 4, column: 8)
        let report = CIReport([Diagnostic(file: "gates/g.yaml", place: place, code: "unknown-field", message: "m")])
        #expect(CIFormat.github.text(report).hasPrefix("::error file=gates/g.yaml,line=4,col=8,title="))
        let sarif = try JSON(parsing: Array(CIFormat.sarif.text(report).utf8))
        let location = sarif["runs"]?.array?.first?["results"]?.array?.first?["locations"]?.array?.first
        #expect(location?["physicalLocation"]?["region"] == ["startLine": 4, "startColumn": 8])
        let quality = try JSON(parsing: Array(CIFormat.gitlab.text(report).utf8))
        let positions = quality.array?.first?["location"]?["positions"]
        #expect(positions?["begin"] == ["line": 4, "column": 8])
        #expect(CIFormat.junit.text(report).contains("gates/g.yaml:4:8: m"))
    }

    @Test func `no more goes into SARIF than GitHub takes, the worst first`() throws {
        let items = (0...SARIF.mostResults).map {
            CIReport.Item(level: $0 == 20_000 ? .error : .warning, message: "m\($0)", file: "a", line: 1)
        }
        let one = CIReport.Case(
            suite: "m", rule: "model.slices", about: "", verdict: .fail, isAccepted: false, summary: "", items: items)
        let sarif = try JSON(parsing: Array(SARIF.text(CIReport(cases: [one])).utf8))
        let run = sarif["runs"]?.array?.first
        #expect(run?["results"]?.array?.count == 25_000 && run?["properties"] == ["leftOut": 1])
        #expect(run?["results"]?.array?.first?["message"]?["text"] == "m20000")
        #expect(run?["tool"]?["driver"]?["rules"]?.array?.first?["help"] == ["text": "model.slices"])
    }

    @Test func `JUnit is valid XML by the schema of Jenkins, and counts right`() async throws {
        try await withTemporaryFolder { folder in
            let text = CIFormat.junit.text(Self.report())
            #expect(text.contains("tests=\"6\" failures=\"2\" errors=\"1\" skipped=\"1\""))
            try Data((text + "\n").utf8).write(to: folder.appending(path: "martlet.xml"))
            let run = try spawn(
                [
                    "xmllint", "--noout", "--nonet", "--schema", Self.fixture("junit-10.xsd"),
                    folder.appending(path: "martlet.xml").path(),
                ], environment: House.variables.merging(["PATH": "/usr/bin:/bin"]) { $1 })
            #expect(run.code == 0, "\(String(decoding: run.errors, as: UTF8.self))\n\(text)")
        }
    }

    @Test func `SARIF is valid by its standard's schema`() throws {
        for report in [Self.report(), CIReport(cases: []), CIReport([Diagnostic]())] {
            let log = CIFormat.sarif.text(report)
            #expect(try Self.problems(of: log, by: "sarif-2.1.0.json") == "")
            let json = try JSON(parsing: Array(log.utf8))
            #expect(json["runs"]?.array?.first?["results"]?.array?.count == report.items.count)
        }
        #expect(SARIF.reference(to: "models/a b/ü%.csv") == "models/a%20b/%C3%BC%25.csv")
        let broken = CIFormat.sarif.text(Self.report()).replacing("\"startLine\": 3", with: "\"startLine\": 0")
        #expect(try Self.problems(of: broken, by: "sarif-2.1.0.json") != "")
    }

    @Test func `GitLab's fingerprints are all different, and the same in the next run though numbers change`() throws {
        func prints(_ text: String) throws -> [String] {
            let json = try JSON(parsing: Array(CIFormat.gitlab.text(Self.report(text)).utf8))
            for issue in json.array ?? [] {
                let keys = try #require(issue.members).map(\.key)
                #expect(keys == ["description", "check_name", "fingerprint", "severity", "location"])
            }
            return (json.array ?? []).compactMap { $0["fingerprint"]?.string }
        }
        #expect(Set(try prints("auc 0.81 < 0.9")).count == 5)
        #expect(try prints("n").count == 5)
        let item = Self.report("auc 0.81").items[0].item, other = Self.report("auc 0.82").items[0].item
        let one = Self.report("").items[0].of
        func print(_ item: CIReport.Item) -> String {
            CodeQuality.fingerprint(one, .init(level: .error, message: item.message, file: "f", line: item.line), 0)
        }
        #expect(print(item) == print(other))
    }

    @Test func `in a repository, findings stand where the gate asks or in the file that they are about`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 3)
            try house.commit([
                "gates/g.yaml": House.gate().replacing(
                    "      checks:", with: "      checks:")
                    + "    - {check: model.hyperparameters-tuned, required: false}\n    - infra.artifact\n"
            ])
            let github = try house.martlet(["check", "tumor", "--format", "github"])
            #expect(github.code == 1)
            #expect(github.errors.isEmpty)
            #expect(
                github.output.contains("::error file=gates/g.yaml,line=6,title=infra.quality-gate%2C tumor in dev::"))
            #expect(github.output.contains("::notice file=gates/g.yaml,line=7,title=model.hyperparameters-tuned"))
            let sarif = try house.martlet(["check", "--all", "--format", "sarif"])
            #expect(sarif.code == 1)
            #expect(try Self.problems(of: sarif.output, by: "sarif-2.1.0.json") == "")
            for format in ["gitlab", "junit"] {
                #expect(try house.martlet(["check", "tumor", "--format", format]).code == 1)
            }
            #expect(try house.martlet(["check", "tumor", "--only", "infra.artifact", "--format", "junit"]).code == 0)
            #expect(try house.martlet(["check"]).code == 2)
            #expect(try house.martlet(["check", "tumor", "--all"]).code == 2)
            #expect(try house.martlet(["check", "tumor", "--format", "csv"]).code == 2)
            try house.write("kind: Gate\n", to: "gates/g.yaml")
            let validated = try house.martlet(["validate", "--format", "github"])
            #expect(validated.code == 1)
            #expect(
                validated.output.hasPrefix("::error file=gates/g.yaml,line=1,col=1,title=missing-field%2C manifests::"))
        }
    }

    private static func fixture(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/schemas/\(name)").path()
    }

    /// What Python's jsonschema says of a document; nothing where it is valid.
    static func problems(of document: String, by schema: String) throws -> String {
        let script = """
            import json, sys
            from jsonschema import Draft7Validator
            validator = Draft7Validator(json.load(open(sys.argv[1])))
            print(*(f"{list(e.path)}: {e.message}" for e in validator.iter_errors(json.load(sys.stdin))), sep="\\n", end="")
            """
        let run = try spawn(
            ["python3", "-c", script, fixture(schema)],
            environment: House.variables.merging(["PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8"]) { $1 },
            input: Array(document.utf8))
        guard run.code == 0 else { return String(decoding: run.errors, as: UTF8.self) }
        return String(decoding: run.output, as: UTF8.self)
    }
}
