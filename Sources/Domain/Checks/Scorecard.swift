/// The ML Test Score of a model version in an environment.
///
/// One point for a test that a system runs, half a point for one that people ran and documented, never both; a section is
/// the sum of its seven tests, the score the least section. `score` asks that a test is run, `passing` that it passed as well.
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
        /// What the system's run found; `nil` where there was none.
        public let verdict: Verdict?
        /// What was found, or why nothing was.
        public let note: String
        /// What would give the points that are missing; `nil` where none are.
        public let remedy: String?
    }

    /// What is known about one test.
    public struct Entry: Hashable, Sendable {
        /// What the system's run found. Evidence is bound to all of its inputs, so it is as good as a run of this moment.
        public var outcome: Outcome?
        public var manual: [Manual]

        public init(_ outcome: Outcome? = nil, manual: [Manual] = []) {
            self.outcome = outcome
            self.manual = manual
        }
    }

    /// A test that people ran and documented.
    public struct Manual: Hashable, Sendable {
        public var passed: Bool
        public var by: String
        public var file: String
        /// Why it does not count; `nil` where it does.
        public var refusal: String?

        public init(passed: Bool, by: String, file: String, refusal: String? = nil) {
            self.passed = passed
            self.by = by
            self.file = file
            self.refusal = refusal
        }
    }

    public init(_ entries: [String: Entry]) {
        sections = Rubric.sections.map { section in
            Section(
                name: section.name,
                rows: section.checks.enumerated().map { index, check in
                    Row("\(section.letter)\(index + 1)", check, entries[check] ?? Entry())
                })
        }
    }

    public var score: Double { sections.map(\.score).min() ?? 0 }
    public var passing: Double { sections.map(\.passing).min() ?? 0 }
    public var rows: [Row] { sections.flatMap(\.rows) }

    /// What gives the point of a test that was not run, where nothing more is known than its note says.
    public static let plainRemedy = "what its note names for one point, or signed evidence/*.yaml for half a point"

    /// The tests that would raise `passing`: those of the sections that are as low as the lowest.
    public var raisers: [Row] {
        sections.filter { $0.passing == passing }.flatMap(\.rows).filter { $0.passingPoints < 1 }
    }
}

extension Outcome {
    /// Whether the test was really run. A check without settings, one that broke, and one that lacked its inputs were not:
    /// they measured nothing, also where that is a failure, as a report of no test is. One that measured something and cannot
    /// tell from so little was.
    public var isRun: Bool {
        switch verdict {
        case .pass: true
        case .fail, .warn, .inconclusive: measurements != .empty
        case .error, .skipped: false
        }
    }
}

extension Scorecard.Row {
    fileprivate init(_ number: String, _ check: String, _ entry: Scorecard.Entry) {
        let outcome = entry.outcome
        let isRun = outcome?.isRun ?? false
        let counted = entry.manual.filter { $0.refusal == nil }
        let manual = counted.first(where: \.passed) ?? counted.first
        let byHand = manual.map { "by hand, \($0.by) (\($0.file))" }
        self.number = number
        self.check = check
        verdict = outcome?.verdict
        points = isRun ? 1 : manual == nil ? 0 : 0.5
        passingPoints = isRun && outcome?.verdict.admits == true ? 1 : manual?.passed == true ? 0.5 : 0
        note = isRun ? outcome?.summary ?? "" : byHand ?? outcome?.summary ?? "not run"
        if isRun {
            remedy = outcome?.verdict.admits == true ? nil : "a version that passes"
        } else {
            let refusals = entry.manual.compactMap { manual in
                manual.refusal.map { "\(manual.file) does not count: \($0)" }
            }
            let wishes = (manual == nil ? [] : outcome.map { [$0.summary] } ?? []) + refusals
            remedy = wishes.isEmpty ? Scorecard.plainRemedy : wishes.joined(separator: "; ")
        }
    }
}

extension Scorecard {
    public var json: JSON {
        [
            "score": .double(score), "passing": .double(passing),
            "interpretation": .string(Rubric.interpretation(of: score)),
            "sections": .object(sections.map { ($0.name.lowercased(), $0.json) }),
        ]
    }
}

extension Scorecard.Section {
    var json: JSON { ["score": .double(score), "passing": .double(passing), "tests": .array(rows.map(\.json))] }
}

extension Scorecard.Row {
    var json: JSON {
        [
            "number": .string(number), "check": .string(check), "points": .double(points),
            "passingPoints": .double(passingPoints), "verdict": JSON(verdict?.rawValue), "note": .string(note),
            "remedy": JSON(remedy),
        ]
    }
}
