/// What a check found.
public struct Outcome: Hashable, Sendable {
    public var verdict: Verdict
    /// One line that names what was found, the value and the threshold.
    public var summary: String
    public var findings: [Finding]
    /// The numbers behind it, by name.
    public var measurements: JSON

    /// Whether the same version may be found otherwise later: what was missing lies outside of Git, and can be brought there.
    public var mayChange: Bool { findings.contains { $0.mayChange && $0.verdict == verdict } }

    public init(_ verdict: Verdict, _ summary: String, findings: [Finding] = [], measurements: JSON = .empty) {
        self.verdict = verdict
        self.summary = Excerpt.oneLine(summary)
        self.findings = findings
        self.measurements = measurements
    }

    /// An outcome made of findings: its verdict is the worst of theirs, or `otherwise` where there are none.
    public init(_ findings: [Finding], otherwise summary: String, measurements: JSON = .empty) {
        let verdict = findings.reduce(Verdict.pass) { $0.combined(with: $1.verdict) }
        let worst = findings.filter { $0.verdict == verdict }
        let more = worst.count > 1 ? " (and \(worst.count - 1) more)" : ""
        self.init(
            verdict, verdict == .pass ? summary : (worst.first.map { $0.message + more } ?? summary),
            findings: findings,
            measurements: measurements)
    }
}

/// One thing that a check noticed.
public struct Finding: Hashable, Sendable {
    public var verdict: Verdict
    /// On one line, whatever names and values of the data are in it.
    public var message: String
    /// The file that it is about, with the line where that is known.
    public var file: String?
    public var line: Int?
    public var value: Double?
    public var threshold: Double?
    /// Whether it is about something that can change without a commit.
    public var mayChange: Bool

    public init(
        _ verdict: Verdict, _ message: String, file: String? = nil, line: Int? = nil, value: Double? = nil,
        threshold: Double? = nil, mayChange: Bool = false
    ) {
        self.verdict = verdict
        self.message = Excerpt.oneLine(message)
        self.file = file
        self.line = line
        self.value = value
        self.threshold = threshold
        self.mayChange = mayChange
    }
}
