import Domain
import Testing

@testable import ControlLoop

struct RetrainRuleTests {
    private static let start = Timestamp("2026-03-02T10:00:00Z")!
    private static let running = ObjectID(String(repeating: "a", count: 40))!
    private static let other = ObjectID(String(repeating: "b", count: 40))!
    private static let tree = ObjectID(String(repeating: "c", count: 40))!
    private static let newTree = ObjectID(String(repeating: "d", count: 40))!

    private func run(
        _ days: Int, _ kind: RetrainRun.Kind?, of revision: ObjectID = running, in environment: String = "production"
    ) -> RetrainRun {
        let begun = Self.start + .seconds(days * 86_400)
        return RetrainRun(
            id: "\(days)", environment: environment, revision: revision, monitor: "old", reason: "monitor old: 90 days",
            tree: Self.tree, begun: begun, until: begun + .seconds(3600),
            end: kind.map { .init(at: begun + .seconds(60), $0, "words") })
    }

    /// What is decided so many days after the start, with a cool-down of seven.
    private func decide(
        _ runs: [RetrainRun], day: Double, tree: ObjectID = tree, reset: Double? = nil, isWorthIt: Bool = true
    ) throws -> RetrainRule.Decision {
        var record = RetrainRecord()
        for run in runs { record.begin(run) }
        if let reset { record.reset(at: Self.start + .seconds(Int(reset * 86_400))) }
        let settings = try Model.Retraining(node: ManifestTree(["command": ["x"], "coolDown": "7d"]))
        let gain = RetrainGain(
            try Self.model(cost: isWorthIt ? 1 : 1000), [try Self.evidence()], now: Self.start + .seconds(86_400 * 10))
        return RetrainRule(
            record: record, settings: settings, unit: Unit(environment: "production", model: "m"),
            running: Self.running, tree: tree, gain: gain, now: Self.start + .seconds(Int(day * 86_400))
        ).decision
    }

    private static func model(cost: Double?, value: Double? = 100) throws -> Model {
        try Model(
            node: ManifestTree([
                "task": "regression", "artifact": ["path": "a"], "training": ["cost": JSON(cost)],
                "serving": ["valuePerDay": JSON(value)],
            ]))
    }

    /// Of a version that loses 0.1 % of its metric a day.
    private static func evidence(_ loss: Double = 0.001, _ verdict: Verdict = .pass) throws -> Evidence {
        Evidence(
            check: "model.staleness-impact", key: SHA256.digest(of: []), model: "m", revision: running, tree: tree,
            outcome: Outcome(
                verdict, "words",
                measurements: ["fit": ["loss_per_day": .double(loss)], "measured_at": .string(start.description)]),
            time: start, inputs: [:])
    }

    @Test func `the first one begins, and the next when the cool-down is over`() throws {
        #expect(try decide([], day: 0) == .begin)
        let done = run(0, .done)
        #expect(try decide([done], day: 6.9) == .coolsDown(done, until: Self.start + .seconds(7 * 86_400)))
        #expect(try decide([done], day: 7, tree: Self.newTree) == .begin)
        // It counts from the beginning, also of one that failed or was stopped.
        for kind in [RetrainRun.Kind.failed, .stopped] {
            guard case .coolsDown = try decide([run(0, kind)], day: 6.9) else { throw Unexpected() }
            #expect(try decide([run(0, kind)], day: 7) == .begin)
        }
    }

    @Test func `nothing begins while one may still run, whatever a person says`() throws {
        let open = run(0, nil)
        #expect(try decide([open], day: 0.04) == .isUnderWay(open))
        #expect(try decide([open], day: 0.04, reset: 0.03) == .isUnderWay(open))
        guard case .coolsDown = try decide([open], day: 1) else { throw Unexpected() }
    }

    @Test func `after two failures in a row none begins`() throws {
        guard case .isOpen(let words) = try decide([run(0, .failed), run(8, .failed)], day: 100) else {
            throw Unexpected()
        }
        #expect(words == "2 trainings in a row came to nothing; the last, of 2026-03-10T10:00:00Z: words")
        #expect(try decide([run(0, .failed), run(8, .done), run(16, .failed)], day: 100, tree: Self.newTree) == .begin)
        // What nobody knows the end of came to nothing, and so did what brought no new version in its time.
        guard case .isOpen(let lost) = try decide([run(0, .failed), run(8, nil)], day: 100) else { throw Unexpected() }
        #expect(lost.hasSuffix("how the last ended, of 2026-03-10T10:00:00Z, is not known"))
        guard case .isOpen(let vain) = try decide([run(0, .done), run(8, .done)], day: 100) else { throw Unexpected() }
        #expect(vain.hasSuffix("brought no new version"))
        guard case .coolsDown = try decide([run(0, .failed), run(8, .done)], day: 9) else { throw Unexpected() }
        // That we stopped one ourselves says nothing.
        guard case .isOpen = try decide([run(0, .failed), run(8, .failed), run(9, .stopped)], day: 100) else {
            throw Unexpected()
        }
        #expect(try decide([run(0, .failed), run(8, .stopped)], day: 100) == .begin)
    }

    @Test func `a new version that runs, or a person, lets them begin again`() throws {
        let old = [run(0, .failed, of: Self.other), run(8, .failed, of: Self.other)]
        #expect(try decide(old, day: 100) == .begin)
        #expect(try decide([run(0, .failed), run(8, .failed)], day: 9, reset: 8.5) == .begin)
        // What another environment had trained is for all.
        guard case .isOpen = try decide(old.map { run(Int($0.id)!, .failed, of: Self.other, in: "staging") }, day: 100)
        else { throw Unexpected() }
    }

    @Test func `a training has to be worth its cost, where both are known`() throws {
        #expect(try decide([], day: 10) == .begin)
        guard case .isNotWorth(let words) = try decide([], day: 10, isWorthIt: false) else { throw Unexpected() }
        // 100 € · 0.001 · 10² / 2
        #expect(
            words
                == "since 2026-03-02T10:00:00Z it has lost what is worth 5 € (0.1 % of 100 € a day), and a training costs 1000 €"
        )
        func gain(_ cost: Double?, _ value: Double?, _ evidence: [Evidence], days: Int = 10) throws -> RetrainGain {
            RetrainGain(
                try Self.model(cost: cost, value: value), evidence, now: Self.start + .seconds(days * 86_400))
        }
        let known = [try Self.evidence()]
        #expect(try !gain(5, 100, known).isWorthIt)
        #expect(try gain(4.99, 100, known).isWorthIt)
        #expect(try gain(5, 100, known, days: 11).isWorthIt)
        #expect(try !gain(5, 100, known, days: -11).isWorthIt)
        #expect(try !gain(0.01, 100, [Self.evidence(-0.5)]).isWorthIt)
        for (unknown, why) in [
            (try gain(nil, 100, known), "the model says no training.cost"),
            (try gain(5, nil, known), "the model says no serving.valuePerDay"),
            (try gain(5, 100, []), "no evidence of model.staleness-impact"),
            (try gain(5, 100, [Self.evidence(1, .inconclusive)]), "no evidence of model.staleness-impact"),
            (try gain(5, 100, [Self.evidence(.infinity)]), "no evidence of model.staleness-impact"),
        ] { #expect(unknown.isWorthIt && unknown.words.contains(why), "\(unknown)") }
    }

    @Test func `a record is read as it was written, and holds twenty`() throws {
        var record = RetrainRecord()
        for day in 0..<30 { record.begin(run(day, day == 29 ? nil : .failed)) }
        record.reset(at: Self.start)
        record.open(.init(at: Self.start, environment: "production", words: "why"))
        #expect(record.runs.count == 20 && record.runs[0].id == "29")
        #expect(RetrainRecord(json: try JSON(parsing: Array(record.json.text().utf8))) == record)
        let isNoted = record.end("29", .init(at: Self.start, .done, ""))
        let isNotedAgain = record.end("29", .init(at: Self.start, .failed, ""))
        let isStranger = record.end("none", .init(at: Self.start, .done, ""))
        #expect(isNoted && !isNotedAgain && !isStranger)
    }

    private struct Unexpected: Error {}
}
