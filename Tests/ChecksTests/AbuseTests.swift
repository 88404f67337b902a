import Data
import Domain
import Testing

@testable import Checks

@Suite struct AbuseTests {
    private struct Request {
        var client: String?
        var score: Double? = 0.9
        var x = 0.0
        var y = 0.0
        var kind = "a"
        var time: String?
        var hasFeatures = true

        var line: String {
            let features: JSON = ["x": .double(x), "y": .double(y), "kind": .string(kind)]
            let members: [(String, JSON)] = [
                ("client", JSON(client)), ("ts", JSON(time)), ("features", hasFeatures ? features : .empty),
                ("prediction", .int((score ?? 0) >= 0.5 ? 1 : 0)), ("score", JSON(score)),
            ]
            return JSON.object(members.filter { $0.1 != .null }).text()
        }
    }

    /// As people ask: scores spread over their range, and each time another row.
    private func usual(_ client: String?, _ rows: Int, _ change: (Int, inout Request) -> Void = { _, _ in })
        -> [Request]
    {
        (0..<rows).map { row in
            var request = Request(client: client)
            request.score = Double(row * 37 % 101) / 100
            (request.x, request.y) = (Double(row * 7919 % 100), Double(row * 31 % 97))
            change(row, &request)
            return request
        }
    }

    private var crowd: [Request] { usual("app", 500) + usual("batch", 400) + usual("site", 300) }

    private func specimen(_ requests: [Request]) throws -> Specimen {
        var specimen = try Specimen.version("v1").setting("serving", to: ["log": "log.jsonl"])
        specimen.schema = [
            "columns": [
                ["name": "x", "type": "float", "min": 0, "max": 100], ["name": "y", "type": "float"],
                ["name": "kind", "allowed": ["a", "b"], "unique": true, "required": false],
            ]
        ]
        specimen.files["log.jsonl"] = Array(requests.map(\.line).joined(separator: "\n").utf8)
        return specimen
    }

    private func outcome(_ requests: [Request], _ settings: JSON = .empty) async throws -> Outcome {
        try await specimen(requests).run(Abuse.self, settings)
    }

    @Test func `clients that ask as others do pass, and each is measured`() async throws {
        let outcome = try await outcome(crowd)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.summary == "1,200 requests of 3 clients: nobody stands out")
        let app = outcome.measurements["by_client"]?["app"]
        #expect(app?["requests"]?.int == 500 && app?["peak_per_minute"] == .null)
        #expect(abs((app?["near_boundary"]?.double ?? 0) - 0.11) < 0.005 && app?["out_of_domain"]?.double == 0)
        #expect((app?["answer_entropy"]?.double ?? 0) > 0.99, "\(outcome.measurements)")
    }

    // MARK: Habits

    @Test func `who asks near the boundary is told, and few requests accuse nobody`() async throws {
        func near(_ rows: Int) -> [Request] { usual("probe", rows) { $1.score = 0.46 + Double($0 % 9) / 100 } }
        let told = try await outcome(crowd + near(60))
        #expect(told.verdict == .fail, "\(told.words)")
        #expect(
            told.summary.hasPrefix(
                "client 'probe': 100 % of its 60 requests lie near the decision's boundary, of the others' 1"))
        #expect(told.findings.count == 1)
        #expect(try await outcome(crowd + near(4)).verdict == .pass)
        #expect(try await outcome(crowd + near(60), ["ignore": ["pro*"]]).verdict == .pass)
        // Where the decision turns elsewhere, these lie far from it.
        #expect(try await outcome(crowd + near(60), ["threshold": 0.8]).verdict == .pass)
        #expect(try await outcome(crowd + near(60), ["margin": 0.001]).verdict == .pass)
        // Scores at the very edge of the margin are within it.
        let edge = usual("probe", 60) { $1.score = 0.55 }
        #expect(try await outcome(crowd + edge).verdict == .fail)
    }

    @Test func `where many ask near the boundary nobody stands out`() async throws {
        let all = crowd.map { request in
            var request = request
            request.score = 0.5
            return request
        }
        #expect(try await outcome(all).verdict == .pass)
    }

    @Test func `who asks outside of the schema's domain is told, also where nobody else asks`() async throws {
        func wild(_ change: @escaping (inout Request) -> Void) -> [Request] {
            usual("wild", 100) { if $0 % 2 == 0 { change(&$1) } }
        }
        for change: (inout Request) -> Void in [
            { $0.x = 1e6 }, { $0.x = -1 }, { $0.kind = "z" }, { $0.y = .infinity },
            {
                $0.hasFeatures = true; $0.x = 100.5
            },
        ] {
            let told = try await outcome(crowd + wild(change))
            #expect(told.verdict == .fail, "\(told.words)")
            #expect(
                told.summary
                    == "client 'wild': 50 % of its 100 requests lie outside of the schema's domain, of the others' 0 %",
                "\(told.words)")
        }
        let alone = try await outcome(wild { $0.x = 1e6 }, ["minRows": 100])
        #expect(
            alone.verdict == .fail && alone.summary.hasSuffix("lie outside of the schema's domain"), "\(alone.words)")
        // Up to minShare nothing is told.
        let rare = usual("rare", 200) { if $0 % 20 == 0 { $1.x = 1e6 } }
        #expect(try await outcome(crowd + rare).verdict == .pass)
        #expect(try await outcome(crowd + rare, ["minShare": 0.01]).verdict == .fail)
    }

    @Test func `who changes one feature after the other is told`() async throws {
        let steps = usual("climber", 80) { ($1.x, $1.y) = (Double($0), 7) }
        let told = try await outcome(crowd + steps)
        #expect(told.verdict == .fail, "\(told.words)")
        #expect(
            told.summary.contains("client 'climber': 100 % of its 79 requests change one feature of the request before")
        )
        // The same request again is none that feels its way.
        let same = usual("retry", 80) { ($1.x, $1.y, $1.score) = (5, 7, Double($0) / 80) }
        #expect(try await outcome(crowd + same).verdict == .pass)
    }

    @Test func `chance accuses nobody`() async throws {
        var random = SplitMix(seed: 7)
        for _ in 0..<15 {
            let requests = (0..<1000).map { _ in
                var request = Request(client: "c\(Int.random(in: 0..<20, using: &random))")
                request.score = Double.random(in: 0..<1, using: &random)
                request.x = Double.random(in: -20...110, using: &random)
                request.y = Double(Int.random(in: 0..<3, using: &random))
                return request
            }
            let outcome = try await outcome(requests, ["ratio": 1, "minShare": 0.001])
            #expect(outcome.verdict == .pass, "\(outcome.words)")
        }
    }

    // MARK: Limits

    @Test func `who asks more than one may is told`() async throws {
        let share = try await outcome(crowd, ["maxShare": 0.4])
        #expect(share.verdict == .fail && share.findings.count == 1, "\(share.words)")
        #expect(
            share.summary == "client 'app' sent 41.6667 % of all requests, allowed 40 % (maxShare)", "\(share.words)")
        let timed = (0..<1200).map { row in
            let second = row / 2 % 60, minute = row / 120
            var request = Request(client: row % 2 == 0 ? "fast" : "slow")
            (request.x, request.y) = (Double(row % 100), Double(row * 31 % 97))
            request.time =
                "2026-11-21T\(row % 2 == 0 ? "11" : "10"):\(minute < 10 ? "0" : "")\(minute):\(second < 10 ? "0" : "")\(second)Z"
            return request
        }
        let rate = try await outcome(timed, ["maxRate": 59])
        #expect(rate.verdict == .fail && rate.findings.count == 2, "\(rate.words)")
        #expect(
            rate.summary.hasPrefix("client 'fast' sent 60 requests within a minute, allowed 59 (maxRate)"),
            "\(rate.words)")
        #expect(rate.measurements["by_client"]?["slow"]?["peak_per_minute"]?.int == 60)
        #expect(try await outcome(timed, ["maxRate": 60]).verdict == .pass)
        let untimed = try await outcome(crowd, ["maxRate": 60])
        #expect(untimed.verdict == .inconclusive && untimed.summary.contains("without a time"), "\(untimed.words)")
    }

    // MARK: What is missing

    @Test func `a log that does not say enough is inconclusive`() async throws {
        func each(_ change: (inout Request) -> Void) -> [Request] {
            crowd.map { request in
                var request = request
                change(&request)
                return request
            }
        }
        for (requests, words) in [
            (each { $0.client = nil }, "no request names its client"),
            (each { $0.score = nil }, "0 requests have a score"),
            (each { $0.hasFeatures = false }, "no request has features"),
            (Array(crowd.prefix(400)), "400 requests, 1,000 are needed"),
            (each { $0.client = "gateway" }, "1 client to look at: nobody to compare with"),
        ] {
            let outcome = try await outcome(requests)
            #expect(outcome.verdict == .inconclusive && outcome.summary.contains(words), "\(outcome.words)")
        }
        #expect(try await Specimen.version("v1").run(Abuse.self).verdict == .skipped)
        let old = try await outcome(each { $0.time = "2026-01-01T00:00:00Z" }, ["maxAge": "7d"])
        #expect(old.verdict == .inconclusive, "\(old.words)")
    }

    @Test func `where one client alone has scores nobody is compared, and that is said`() async throws {
        let outcome = try await outcome(usual("app", 1200) + usual("batch", 400) { $1.score = nil })
        #expect(outcome.verdict == .inconclusive, "\(outcome.words)")
        #expect(
            outcome.summary.contains("of one client it can be told whether its requests lie near"), "\(outcome.words)")
    }

    @Test func `requests that name no client count as one, and are a warning`() async throws {
        let outcome = try await outcome(crowd + usual(nil, 100))
        #expect(outcome.verdict == .warn && outcome.summary.contains("100 requests name no client"), "\(outcome.words)")
        #expect(outcome.measurements["by_client"]?["(no client)"]?["requests"]?.int == 100)
        let told = try await self.outcome(crowd + usual(nil, 60) { $1.score = 0.5 + Double($0) / 10_000 })
        #expect(told.verdict == .fail && told.words.contains("requests without a client: 100 %"), "\(told.words)")
    }

    @Test func `of more classes and without a schema the rest is looked at`() async throws {
        var specimen = try specimen(crowd).setting("task", to: "multiclass-classification")
        specimen.schema = nil
        let outcome = try await specimen.run(Abuse.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.findings.map(\.verdict) == [.skipped, .skipped])
    }

    @Test func `clients that somebody makes up do not make the evidence long`() async throws {
        let many = (0..<60).flatMap { client in usual("c\(client)", 30) { $1.x = 1e6 } }
        let outcome = try await outcome(crowd + many, ["minShare": 0.01, "ratio": 1, "maxShare": 0.001])
        #expect(outcome.verdict == .fail && outcome.findings.count == 41, "\(outcome.findings.count)")
        #expect(outcome.measurements["by_client"]?.members?.count == 20)
    }
}
