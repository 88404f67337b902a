public import Domain

/// The ML Test Score of a model version in an environment (Breck, Cai, Nielsen, Salib, Sculley 2017).
///
/// One point for a test that a system runs, half a point for one that people ran and documented; the score is the least of
/// the four sections. `score` asks that a test is run, `passing` that its latest run passed as well.
public struct Scorecard: Hashable, Sendable {
    public let sections: [Section]

    public struct Section: Hashable, Sendable {
        public let name: String
        public let rows: [Row]

        public var score: Double { rows.reduce(0) { $0 + $1.points } }
        public var passing: Double { rows.reduce(0) { $0 + $1.passingPoints } }
    }

    /// One test of the rubric.
    public struct Row: Hashable, Sendable {
        /// `D1` … `O7`.
        public let number: String
        public let check: String
        public let points: Double
        public let passingPoints: Double
        public let verdict: Verdict?
        /// Why there is no more: nothing configured, too old, an error.
        public let note: String
    }

    /// What is known about one test.
    public struct Entry: Hashable, Sendable {
        /// What the system's latest run found.
        public var evidence: Evidence?
        public var manual: Manual?

        public init(evidence: Evidence? = nil, manual: Manual? = nil) {
            self.evidence = evidence
            self.manual = manual
        }
    }

    /// A test that people ran and documented, found to be signed or reviewed, and not expired.
    public struct Manual: Hashable, Sendable {
        public var passed: Bool
        public var by: String
        public var expires: Timestamp?

        public init(passed: Bool, by: String, expires: Timestamp? = nil) {
            self.passed = passed
            self.by = by
            self.expires = expires
        }
    }

    /// `since` is the promotion of the version, where it runs already: evidence is fresh until the later of it and its age.
    public init(_ entries: [String: Entry], now: Timestamp, since: Timestamp? = nil) {
        sections = Self.rubric.map { section in
            Section(
                name: section.name,
                rows: section.checks.enumerated().map { index, check in
                    Self.row(
                        "\(section.letter)\(index + 1)", check, entries[check] ?? Entry(), now: now, since: since,
                        freshness: section.freshness)
                })
        }
    }

    public var score: Double { sections.map(\.score).min() ?? 0 }
    public var passing: Double { sections.map(\.passing).min() ?? 0 }

    private static func row(
        _ number: String, _ check: String, _ entry: Entry, now: Timestamp, since: Timestamp?, freshness: Duration
    ) -> Row {
        var best = Row(
            number: number, check: check, points: 0, passingPoints: 0, verdict: entry.evidence?.outcome.verdict,
            note: "not run")
        if let manual = entry.manual {
            let isValid = manual.expires.map { now < $0 } ?? true
            best = Row(
                number: number, check: check, points: isValid ? 0.5 : 0,
                passingPoints: isValid && manual.passed ? 0.5 : 0,
                verdict: best.verdict,
                note: isValid ? "by hand, \(manual.by)" : "the evidence of \(manual.by) has expired")
        }
        guard let evidence = entry.evidence else { return best }
        let verdict = evidence.outcome.verdict
        let isFresh = now - evidence.time <= freshness || since.map { evidence.time >= $0 } ?? false
        guard verdict != .skipped, verdict != .error, isFresh else {
            let note = isFresh ? evidence.outcome.summary : "the last run was \((now - evidence.time).text) ago"
            return best.points > 0
                ? best
                : Row(number: number, check: check, points: 0, passingPoints: 0, verdict: verdict, note: note)
        }
        return Row(
            number: number, check: check, points: 1, passingPoints: max(best.passingPoints, verdict.admits ? 1 : 0),
            verdict: verdict, note: evidence.outcome.summary)
    }
}

extension Scorecard {
    /// How the paper reads a score (2017, Table V).
    public static func interpretation(of score: Double) -> String {
        switch score {
        case ...0: "more of a research project than a productionised system"
        case ...1: "not totally untested, but worth considering the possibility of serious holes in reliability"
        case ...2: "a first pass at basic productionisation, but additional investment may be needed"
        case ...3: "reasonably tested, but more of the tests and procedures may be automated"
        case ...5: "strong automated testing and monitoring, appropriate for mission-critical systems"
        default: "exceptional automated testing and monitoring"
        }
    }

    /// The rubric: its sections with the ids of their seven tests, and how old a run may be.
    public static let rubric: [(name: String, letter: String, checks: [String], freshness: Duration)] = [
        (
            "Data", "D",
            [
                "data.schema", "data.feature-benefit", "data.feature-cost", "data.meta-requirements", "data.privacy",
                "data.feature-velocity", "data.feature-code-tests",
            ], .seconds(30 * 86_400)
        ),
        (
            "Model", "M",
            [
                "model.spec-reviewed", "model.offline-online-correlation", "model.hyperparameters-tuned",
                "model.staleness-impact", "model.simpler-baseline", "model.slices", "model.inclusion",
            ], .seconds(30 * 86_400)
        ),
        (
            "Infrastructure", "I",
            [
                "infra.reproducible", "infra.spec-unit-tests", "infra.pipeline-integration", "infra.quality-gate",
                "infra.debuggable", "infra.canary", "infra.rollback",
            ], .seconds(30 * 86_400)
        ),
        (
            "Monitoring", "O",
            [
                "monitor.dependencies", "monitor.data-invariants", "monitor.train-serve-skew", "monitor.staleness",
                "monitor.numerical-stability", "monitor.compute-performance", "monitor.prediction-quality",
            ], .seconds(7 * 86_400)
        ),
    ]

    public var json: JSON {
        [
            "score": .double(score), "passing": .double(passing),
            "interpretation": .string(Self.interpretation(of: score)),
            "sections": .object(sections.map { ($0.name.lowercased(), $0.json) }),
        ]
    }
}

extension Scorecard.Section {
    var json: JSON {
        [
            "score": .double(score), "passing": .double(passing),
            "tests": .array(
                rows.map { row in
                    [
                        "number": .string(row.number), "check": .string(row.check), "points": .double(row.points),
                        "verdict": JSON(row.verdict?.rawValue), "note": .string(row.note),
                    ]
                }),
        ]
    }
}
