import Domain
import Engines
import Testing

@testable import Checks

/// v2 runs, v3 wants to enter, and a real server is asked what it answers.
@Suite struct GoldenAnswersTests {
    private static let v2 = "tumor/versions/v2/model.json"

    /// Two requests about real rows, and what a server of v2 answers, as somebody would keep it.
    private func recorded(_ change: (JSON) -> JSON = { $0 }, more: String = "") async throws -> String {
        let server = try OpenInferenceServer(model: Self.v2)
        let subject = try Specimen.version("v2").served(by: server).subject()
        let rows = try await InferenceRows(of: subject)
        let asked = try await InferenceServer(of: subject)
        var lines: [String] = []
        for row in 0..<2 {
            let request = try rows.request(row..<row + 1, to: try await asked.metadata(), asking: ["predict_proba"])
            let reply = try await asked.post(Array(request.text().utf8))
            let response = change(try JSON(parsing: reply.body, python: true))
            lines.append(#"{"request":\#(request.text()),"response":\#(response.text())\#(more)}"#)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// - Parameter golden: What v2 keeps; `nil` where it keeps nothing.
    private func specimen(_ golden: String?, _ server: OpenInferenceServer? = nil) throws -> Specimen {
        var deployed = try Specimen.version("v2")
        if let golden {
            deployed = deployed.setting("serving", "golden", to: "golden.jsonl")
            deployed.files["golden.jsonl"] = Array(golden.utf8)
        }
        var specimen = try RollbackTests().candidate(replacing: deployed)
        let running = try #require(specimen.deployed?.version.revision)
        specimen.statuses["production"]?.state = .verified
        specimen.statuses["production"]?.pin = Pin(revision: running, version: "v2")
        let curl = Curl()
        specimen.send = { [server] call in
            defer { withExtendedLifetime(server) {} }
            return try await curl.send(call)
        }
        return specimen
    }

    private func run(_ golden: String?, _ server: OpenInferenceServer, _ settings: [(String, JSON)] = []) async throws
        -> Outcome
    {
        try await specimen(golden, server).run(
            Rollback.self, .object([("endpoint", .string(server.url))] + settings))
    }

    @Test func `a server that answers as the version did passes, and is told of`() async throws {
        let outcome = try await run(recorded(), OpenInferenceServer(model: Self.v2))
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.summary.hasSuffix("; tumor v2 gives its 2 golden answers there"), "\(outcome.words)")
        #expect(outcome.measurements["golden"]?["requests"] == 2 && outcome.measurements["golden"]?["otherwise"] == 0)
    }

    @Test func `a server that runs another version fails, with the first value that differs`() async throws {
        let outcome = try await run(recorded(), OpenInferenceServer(model: "tumor/versions/v1/model.json"))
        #expect(outcome.verdict == .fail && outcome.mayChange, "\(outcome.words)")
        #expect(
            outcome.summary.hasPrefix(
                "production is said to run tumor v2, and 2 of its 2 golden requests are answered otherwise "
                    + "(golden.jsonl:1: value 1 of 'predict_proba' is "), "\(outcome.words)")
        #expect(outcome.findings.first { $0.verdict == .fail }?.line == 1)
    }

    @Test func `after a rollback the old answers must be back`() async throws {
        let golden = try await recorded()
        for (model, verdict) in [(Self.v2, Verdict.pass), ("tumor/versions/v1/model.json", .fail)] {
            let server = try OpenInferenceServer(model: model)
            var specimen = try specimen(golden, server)
            let commit = try #require(specimen.statuses["production"]?.verified.first?.commit)
            specimen.statuses["production"]?.isRollback = true
            specimen.statuses["production"]?.commit = commit
            let outcome = try await specimen.run(Rollback.self, ["endpoint": .string(server.url)])
            #expect(outcome.verdict == verdict, "\(outcome.words)")
            #expect(outcome.summary.contains(" since the rollback \(commit.short)"), "\(outcome.words)")
            #expect(outcome.measurements["golden"]?["rollback"]?.string == commit.description)
        }
    }

    @Test func `answers may differ by the tolerance of the file, else of the check`() async throws {
        func moved(_ response: JSON) -> JSON {
            let outputs = (response["outputs"]?.array ?? []).map { output in
                let data = (output["data"]?.array ?? []).map { JSON.double(($0.double ?? 0) + 0.0001) }
                return JSON.object((output.members ?? []).filter { $0.key != "data" } + [.init("data", .array(data))])
            }
            return ["outputs": .array(outputs)]
        }
        let server = try OpenInferenceServer(model: Self.v2)
        let plain = try await recorded(moved), own = try await recorded(moved, more: #","tolerance":0.001"#)
        #expect(try await run(plain, server).verdict == .fail)
        #expect(try await run(plain, server, [("tolerance", 0.001)]).verdict == .pass)
        #expect(try await run(own, server).verdict == .pass)
        let strict = try await recorded(moved, more: #","tolerance":0"#)
        #expect(try await run(strict, server, [("tolerance", 0.001)]).verdict == .fail)
    }

    @Test func `a request that is refused, an output that is gone or has another shape is another answer`() async throws
    {
        let golden = try await recorded(), server = try OpenInferenceServer(model: Self.v2)
        for (old, new, words) in [
            (#""shape":[1,30]"#, #""shape":[1,29]"#, "it is refused with 400: shape and data do not agree"),
            (#""predict_proba","shape""#, #""margin","shape""#, "the output 'margin' is missing"),
            (#""shape":[1,2]"#, #""shape":[2]"#, "'predict_proba' has the shape [1, 2], not [2]"),
        ] {
            let outcome = try await run(golden.replacing(old, with: new), server)
            #expect(outcome.verdict == .fail && outcome.summary.contains(words), "\(outcome.words)")
        }
    }

    @Test func `the environment's probe names the server where it asks one of the protocol`() async throws {
        let golden = try await recorded(), server = try OpenInferenceServer(model: Self.v2)
        func outcome(_ probe: JSON) async throws -> Outcome {
            var specimen = try specimen(golden, server)
            specimen.probe = probe
            return try await specimen.run(Rollback.self)
        }
        let url = "\(server.url)/v2/models/{model}/versions/{number}/ready"
        let asked = try await outcome(["kind": "http", "url": .string(url)])
        #expect(asked.verdict == .pass && asked.measurements["golden"]?["requests"] == 2, "\(asked.words)")
        let password = "http://me:secret@" + server.url.dropFirst("http://".count) + "/v2/models/tumor/ready"
        for other in [
            ["kind": "http", "url": .string("\(server.url)/health")], ["kind": "exec", "command": ["true"]],
            ["kind": "http", "url": .string(password)],
        ] as [JSON] {
            let outcome = try await outcome(other)
            #expect(outcome.verdict == .pass && outcome.measurements["golden"] == nil, "\(outcome.words)")
            #expect(
                outcome.findings.map(\.message).contains(
                    "the golden requests of tumor v2 were not asked: no server of production is known; name it as endpoint"
                ), "\(outcome.words)")
        }
    }

    @Test func `what keeps no answers, or is not said to run well, is not asked`() async throws {
        let golden = try await recorded(), wrong = try OpenInferenceServer(model: "tumor/versions/v1/model.json")
        let bare = try await run(nil, wrong)
        #expect(bare.verdict == .pass && bare.measurements["golden"] == nil, "\(bare.words)")
        for change in [
            { $0.state = .verifying }, { $0.pin = Pin(revision: .zero) }, { $0.pin = nil },
        ] as [(inout DeploymentStatus) -> Void] {
            var specimen = try specimen(golden, wrong)
            var status = try #require(specimen.statuses["production"])
            change(&status)
            specimen.statuses["production"] = status
            let outcome = try await specimen.run(Rollback.self, ["endpoint": .string(wrong.url)])
            #expect(outcome.verdict == .pass && outcome.measurements["golden"] == nil, "\(outcome.words)")
        }
    }

    @Test func `a version that runs already is asked about its own answers`() async throws {
        let server = try OpenInferenceServer(model: "tumor/versions/v1/model.json")
        var specimen = try specimen(nil, server).setting("serving", "golden", to: "golden.jsonl")
        specimen.files["golden.jsonl"] = Array(try await recorded().utf8)
        specimen.revision = specimen.tip
        specimen.statuses["production"]?.pin = Pin(revision: specimen.tip)
        let outcome = try await specimen.run(Rollback.self, ["endpoint": .string(server.url)])
        #expect(outcome.verdict == .fail && outcome.summary.contains("is said to run tumor v3"), "\(outcome.words)")
    }

    @Test func `a server that is down is an error, one that lacks the model is inconclusive, and both may change`()
        async throws
    {
        let golden = try await recorded()
        let down = try await run(golden, OpenInferenceServer(.isDown))
        #expect(down.verdict == .error && down.mayChange && down.summary.contains("503"), "\(down.words)")
        let server = try OpenInferenceServer(model: Self.v2)
        let lacking = try await specimen(golden, server).run(
            Rollback.self, ["endpoint": .string("\(server.url)/v2/models/nope")])
        #expect(lacking.verdict == .inconclusive && lacking.mayChange, "\(lacking.words)")
        #expect(lacking.summary.contains("answered 404: Model nope not found"), "\(lacking.words)")
        let gone = try await specimen(golden).run(Rollback.self, ["endpoint": "http://127.0.0.1:1"])
        #expect(gone.verdict == .error && gone.mayChange, "\(gone.words)")
    }

    @Test(arguments: [
        ("", "golden answers: golden.jsonl holds no request"),
        ("{", "golden answers: golden.jsonl:1: "),
        (#"{"request":{}}"#, "golden.jsonl:1: 'request' must be an object with 'inputs', as the server is sent"),
        (
            "\n" + #"{"request":{"inputs":[]},"response":{"outputs":[]}}"#,
            "golden.jsonl:2: 'response' must be an object with 'outputs', as the server answered"
        ),
        (
            #"{"request":{"inputs":[]},"response":{"outputs":[{"name":"y","datatype":"FP64","shape":[2],"data":[1]}]}}"#,
            "golden.jsonl:1: an output: 'y' has the shape [2] and 1 values"
        ),
        (
            #"{"request":{"inputs":[]},"response":{"outputs":[{"name":"y","datatype":"FP64","shape":[1],"data":[1]}]},"tolerance":"a"}"#,
            "golden.jsonl:1: 'tolerance' is \"a\", expected a number of at least 0"
        ),
    ])
    func `answers that cannot be read are inconclusive, with the line`(golden: String, words: String) async throws {
        let outcome = try await specimen(golden).run(Rollback.self, ["endpoint": "http://127.0.0.1:1"])
        #expect(outcome.verdict == .inconclusive && outcome.summary.contains(words), "\(outcome.words)")
        #expect(!outcome.mayChange)
    }

    @Test func `too many requests are not asked, and a file that is not there is named`() async throws {
        let line =
            #"{"request":{"inputs":[]},"response":{"outputs":[{"name":"y","datatype":"FP64","shape":[1],"data":[1]}]}}"#
        let many = try await specimen(Array(repeating: line, count: 1001).joined(separator: "\n")).run(
            Rollback.self, ["endpoint": "http://127.0.0.1:1"])
        #expect(many.verdict == .inconclusive && many.summary.contains("more than 1,000 requests"), "\(many.words)")
        let deployed = try Specimen.version("v2").setting("serving", "golden", to: "golden.jsonl")
        var specimen = try RollbackTests().candidate(replacing: deployed)
        let pin = try #require(specimen.deployed).version.pin
        specimen.statuses["production"]?.pin = pin
        let gone = try await specimen.run(Rollback.self, ["endpoint": "http://127.0.0.1:1"])
        #expect(
            gone.verdict == .inconclusive && gone.summary.contains("golden.jsonl is named in model.yaml"),
            "\(gone.words)")
    }

    @Test func `an address that is none or shows a password is refused`() {
        for endpoint in ["server:8000", "http://me:secret@server:8000"] {
            #expect(throws: FieldErrors.self) {
                try Rollback(node: ManifestTree(["endpoint": .string(endpoint)]))
            }
        }
    }
}
