/// What is known of a request, for people who decide on it.
public struct RequestReport: Hashable, Sendable {
    public var environment: String
    public var parts: [Part]

    public init(environment: String, parts: [Part]) {
        self.environment = environment
        self.parts = parts
    }

    /// One model that moves.
    public struct Part: Hashable, Sendable {
        public var model: String
        public var candidate: String
        /// The version that runs now; `nil` where none does.
        public var running: String?
        public var blockers: [Blocker]
        public var evidence: [Evidence]
        /// What was found of the version that runs now.
        public var before: [Evidence]
        public var sections: [Section]

        public init(
            model: String, candidate: String, running: String? = nil, blockers: [Blocker] = [],
            evidence: [Evidence] = [], before: [Evidence] = [], sections: [Section] = []
        ) {
            self.model = model
            self.candidate = candidate
            self.running = running
            self.blockers = blockers
            self.evidence = evidence
            self.before = before
            self.sections = sections
        }
    }

    /// One section of the ML Test Score.
    public struct Section: Hashable, Sendable {
        public var title: String
        public var points: Double
        public var tests: Int

        public init(_ title: String, points: Double, of tests: Int) {
            self.title = title
            self.points = points
            self.tests = tests
        }
    }
}
