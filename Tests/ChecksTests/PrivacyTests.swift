import Domain
import Testing

@testable import Checks

@Suite struct PrivacyTests {
    private func specimen(_ rows: [String]) throws -> Specimen {
        var specimen = try Specimen.version("v1").setting("training", "data", to: ["mine"])
            .setting("evaluation", "data", to: .null)
        specimen.data["mine"] = Array((["id,note,age,county"] + rows).joined(separator: "\n").utf8)
        return specimen
    }

    private let plain = (0..<40).map { "r\($0),fine,\(30 + $0 % 2),north" }

    @Test(arguments: ["tumor", "penguins"]) func `the samples hold no personal data`(family: String) async throws {
        let outcome = try await Specimen.version("v1", of: family).run(Privacy.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test func `addresses in a column fail with a masked example, unless they are declared`() async throws {
        let specimen = try specimen(plain + ["r40,jane@example.com,30,north"])
        let outcome = try await specimen.run(Privacy.self)
        #expect(outcome.verdict == .fail)
        #expect(
            outcome.summary.contains("\"note\": 1 of 41 values look like e-mail addresses (e.g. j***@*******.***)"),
            "\(outcome.words)")
        #expect(!outcome.words.contains("jane"))
        #expect(try await specimen.run(Privacy.self, ["declared": ["note"]]).verdict == .pass)
    }

    @Test func `groups too small to hide in fail`() async throws {
        let settings: JSON = ["quasiIdentifiers": ["age", "county"]]
        #expect(try await specimen(plain).run(Privacy.self, settings).verdict == .pass)
        let outcome = try await specimen(plain + ["r40,fine,93,north"]).run(Privacy.self, settings)
        #expect(outcome.verdict == .fail && outcome.summary.contains("smallest group: 1"), "\(outcome.words)")
        #expect(try await specimen(plain).run(Privacy.self, ["quasiIdentifiers": ["zip"]]).verdict == .inconclusive)
    }

    @Test func `keys and passwords among the files of the version are found and not shown`() async throws {
        var specimen = try specimen(plain)
        specimen.files["train.py"] = Array("import os\nkey = 'AKIAIOSFODNN7EXAMPLE'\n".utf8)
        let key = try await specimen.run(Privacy.self)
        #expect(key.verdict == .fail && key.findings.contains { $0.file == "train.py" && $0.line == 2 }, "\(key.words)")
        #expect(!key.words.contains("IOSFODNN7"))
        #expect(try await specimen.run(Privacy.self, ["secrets": false]).verdict == .pass)
        specimen.files["train.py"] = Array("db_password: \"x9Kq2LmZ7pR4tW8v\"\ntoken: not-random-at-all-1\n".utf8)
        let guess = try await specimen.run(Privacy.self)
        #expect(guess.verdict == .warn && guess.findings.count == 1, "\(guess.words)")
    }

    @Test(arguments: [
        ("db = 'postgres://app:Xk93jdkQ@db.example.com/x'", Verdict.fail),
        ("key: sk-proj-0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1", .fail),
        ("t = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N'", .fail),
        ("-----BEGIN PGP PRIVATE KEY BLOCK-----", .fail), ("-----BEGIN ENCRYPTED PRIVATE KEY-----", .fail),
        (#"  "os.environ['WANDB_API_KEY'] = 'q8Zr3LmX71vTb2'\n","#, .warn),
        ("url = 'postgres://app:${PASSWORD}@db/x'", .pass), ("postgresql://user:password@localhost:5432/db", .pass),
        ("redis://:changeme@cache", .pass), ("npm_config_registry_for_the_build_of_the_dashboard=1", .pass),
        ("npm_0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX", .fail), ("see https://example.com:8080/a@b", .pass),
        (#"{"access_token": "", "tree": "q8Zr3LmX71vTb2"}"#, .pass), ("eyJust.a.word", .pass),
    ])
    func `secrets have many forms`(line: String, verdict: Verdict) async throws {
        var specimen = try specimen(plain)
        specimen.files["train.py"] = Array((line + "\n").utf8)
        let outcome = try await specimen.run(Privacy.self)
        #expect(outcome.verdict == verdict, "\(outcome.words)")
    }

    @Test func `a password may be short, a tokenizer is none, and UTF-16 is text`() async throws {
        var specimen = try specimen(plain)
        specimen.files["train.py"] = Array(
            "password = \"hunter2Xk93jdk\"\ntokenizer: bert2Base9multi7xQw\nAPI_KEY = 'q8Zr3LmX71vTb2'\n".utf8)
        let guess = try await specimen.run(Privacy.self)
        #expect(guess.verdict == .warn && guess.findings.map(\.line) == [1, 3], "\(guess.words)")
        for mark in [[0xFF, 0xFE], [0xFE, 0xFF]] as [[UInt8]] {
            let units = Array("x\nAKIAIOSFODNN7EXAMPLE\n".utf16)
            specimen.files["train.py"] =
                mark
                + units.flatMap { unit in
                    mark[0] == 0xFF ? [UInt8(unit & 0xFF), UInt8(unit >> 8)] : [UInt8(unit >> 8), UInt8(unit & 0xFF)]
                }
            let wide = try await specimen.run(Privacy.self)
            #expect(wide.verdict == .fail && wide.findings.map(\.line) == [2], "\(wide.words)")
        }
    }

    @Test func `people in the predictions and in the serving log are found`() async throws {
        var specimen = try specimen(plain).setting("serving", to: ["log": "log.jsonl"])
        specimen.files["log.jsonl"] = Array(#"{"request_id":"a","features":{"mail":"joe@example.com"}}"#.utf8)
        specimen.files["predictions.csv"] = Array("row_id,label,prediction,score,who\n1,0,0,0.1,ann@example.com\n".utf8)
        let outcome = try await specimen.run(Privacy.self)
        #expect(outcome.verdict == .fail && outcome.findings.map(\.file) == ["predictions.csv", "log.jsonl"])
        #expect(outcome.words.contains("log.jsonl: \"mail\": 1 of 1 values look like e-mail"), "\(outcome.words)")
        #expect(try await specimen.run(Privacy.self, ["declared": ["mail", "who"]]).verdict == .pass)
    }

    @Test func `requests of any version are looked at, and what cannot be read hides nothing that was found`()
        async throws
    {
        var specimen = try specimen(plain).setting("serving", to: ["log": "log.jsonl"])
        specimen.files["log.jsonl"] = Array(
            #"{"request_id":"a","version":"beefbee1","features":{"mail":"joe@example.com"}}"#.utf8)
        #expect(try await specimen.run(Privacy.self).verdict == .fail)
        specimen.files["log.jsonl"] = Array("{".utf8)
        specimen.files["predictions.csv"] = Array("mail\njoe@example.com\n".utf8)
        let outcome = try await specimen.run(Privacy.self)
        #expect(outcome.verdict == .fail && outcome.findings.count == 2, "\(outcome.words)")
    }

    @Test func `rows older than allowed fail with their line`() async throws {
        var specimen = try specimen(plain)
        specimen.data["mine"] = Array("id,seen\na,2026-11-01T00:00:00Z\nb,2026-08-01\n".utf8)
        let settings: JSON = ["timeColumn": "seen", "retention": "90d"]
        let old = try await specimen.run(Privacy.self, settings)
        #expect(old.verdict == .fail && old.summary.contains("112 days old"), "\(old.words)")
        #expect(old.findings.first?.line == 3)
        #expect(try await specimen.run(Privacy.self, ["timeColumn": "seen", "retention": "120d"]).verdict == .pass)
        #expect(
            try await specimen.run(Privacy.self, ["timeColumn": "when", "retention": "9d"]).verdict == .inconclusive)
        specimen.data["mine"] = Array("id,seen\na,\nb,\n".utf8)
        let undated = try await specimen.run(Privacy.self, settings)
        #expect(undated.verdict == .inconclusive && undated.summary == "mine: 2 rows have no seen", "\(undated.words)")
        specimen.data["mine"] = Array("id,seen\na,yesterday\n".utf8)
        #expect(try await specimen.run(Privacy.self, settings).verdict == .inconclusive)
        await #expect(throws: FieldErrors.self) { try await specimen.run(Privacy.self, ["retention": "90d"]) }
    }

    @Test func `people who are to be erased are in no dataset`() async throws {
        var specimen = try specimen(plain)
        let settings: JSON = ["idColumn": "id", "erased": "erased.txt"]
        specimen.files["erased.txt"] = Array("\(SHA256.digest(of: Array("someone".utf8)).digits)\n".utf8)
        #expect(try await specimen.run(Privacy.self, settings).verdict == .pass)
        specimen.files["erased.txt"]? += Array("\(SHA256.digest(of: Array("r7".utf8)).digits)\n".utf8)
        let outcome = try await specimen.run(Privacy.self, settings)
        #expect(outcome.verdict == .fail && outcome.summary.contains("1 rows belong to people"), "\(outcome.words)")
        specimen.files["erased.txt"] = nil
        #expect(try await specimen.run(Privacy.self, settings).verdict == .inconclusive)
    }

    /// Areas and intervals by hand: losses that are all alike tell nobody apart, losses apart tell everybody.
    @Test func `a model that knows its training rows better fails, too few rows are inconclusive`() async throws {
        var specimen = try specimen(plain)
        func verdict(_ count: Int, _ loss: (Int) -> Int) async throws -> Verdict {
            let rows = (0..<count).map { "\($0 % 2 == 0 ? "train" : "test"),\(loss($0))" }
            specimen.files["members.csv"] = Array((["split,loss"] + rows).joined(separator: "\n").utf8)
            return try await specimen.run(Privacy.self, ["membership": "members.csv"]).verdict
        }
        #expect(try await verdict(2000) { $0 / 2 % 7 } == .pass)
        #expect(try await verdict(2000) { $0 % 2 * 5 + $0 / 2 % 7 } == .fail)
        #expect(try await verdict(12) { $0 / 2 % 3 } == .inconclusive)
        #expect(try await verdict(1) { _ in 0 } == .inconclusive)
    }

    @Test(arguments: [("0", "1", nil), ("no", "yes", "yes"), ("2", "1", "1")])
    func `membership is read from labels and scores, whatever the labels are called`(
        zero: String, one: String, positive: String?
    ) async throws {
        var specimen = try specimen(plain).setting("task", to: "binary-classification")
            .setting("evaluation", "positive", to: positive.map(JSON.string) ?? .null)
        // Rows of members are known well, others not at all.
        let rows = (0..<400).map { row in
            let known = row % 2 == 0 ? 0.9 : 0.5
            return "\(row % 2 == 0 ? "train" : "test"),\(row % 4 < 2 ? one : zero),\(row % 4 < 2 ? known : 1 - known)"
        }
        specimen.files["members.csv"] = Array((["split,label,score"] + rows).joined(separator: "\n").utf8)
        let outcome = try await specimen.run(Privacy.self, ["membership": "members.csv"])
        #expect(outcome.words.contains("200 rows trained on from 200 others: AUC 1"), "\(outcome.words)")
    }

    @Test func `data that cannot be had is inconclusive, none is skipped`() async throws {
        #expect(try await specimen(plain).run(Privacy.self, ["datasets": ["other"]]).verdict == .inconclusive)
        let none = try specimen(plain).setting("training", "data", to: [])
        #expect(try await none.run(Privacy.self).verdict == .skipped)
    }

    private func column(_ values: (Int) -> String) throws -> Specimen {
        try specimen((0..<400).map { "r\($0),\(values($0)),\(30 + $0 % 2),north" })
    }

    @Test func `numbers that are cards or addresses by chance only pass, real ones fail`() async throws {
        // Numbers of sixteen digits that begin with 4: each tenth has the check digit.
        let ids = try await column { "4\(100_000_000_000_000 + $0 * 7_919)" }.run(Privacy.self)
        #expect(ids.verdict == .pass, "\(ids.words)")
        let versions = try await column { "\($0 % 20).\($0 % 7).\($0 % 45).\($0 % 3)" }.run(Privacy.self)
        #expect(versions.verdict == .pass, "\(versions.words)")
        let groups = try await column { "\(100 + $0 * 2)-\(100 + $0 % 300)-4567" }.run(Privacy.self)
        #expect(groups.verdict == .pass, "\(groups.words)")
        let cards = try await column { $0 % 3 == 0 ? "card 4111 1111 1111 1111" : "none" }.run(Privacy.self)
        #expect(
            cards.verdict == .fail && cards.words.contains("payment cards (e.g. 4*** **** **** ****)"), "\(cards.words)"
        )
    }

    @Test func `only what was found of a text is shown, and hidden`() async throws {
        let outcome = try await column { $0 == 7 ? "secret plan; write to jane@example.com" : "fine" }.run(
            Privacy.self, ["minShare": 0.001])
        #expect(outcome.summary.contains("(e.g. j***@*******.***)"), "\(outcome.words)")
    }

    @Test func `moments without a zone are in UTC`() async throws {
        var specimen = try specimen(plain)
        specimen.data["mine"] = Array(
            "id,seen\na,2026-11-01 10:00:00\nb,2026-08-01T00:00:00\nc,2026-11-01 10:00\n".utf8)
        let outcome = try await specimen.run(Privacy.self, ["timeColumn": "seen", "retention": "90d"])
        #expect(outcome.verdict == .fail && outcome.findings.count == 1, "\(outcome.words)")
        #expect(outcome.summary.contains("112 days old"), "\(outcome.words)")
    }

    @Test(arguments: [("5", "5.0"), ("5.0", "5"), ("5", "5")])
    func `a list with other line ends is read, and a number is the same with and without a point`(
        listed: String, held: String
    ) async throws {
        var specimen = try specimen(plain)
        specimen.data["mine"] = Array("id,x\n\(held),1\n7,1\n".utf8)
        let digests = [listed, "someone"].map { SHA256.digest(of: Array($0.utf8)).digits }
        specimen.files["erased.txt"] = Array((digests.joined(separator: "\r\n") + "\r\n").utf8)
        let outcome = try await specimen.run(Privacy.self, ["idColumn": "id", "erased": "erased.txt"])
        #expect(outcome.verdict == .fail && outcome.summary.contains("1 rows belong to people"), "\(outcome.words)")
    }
}
