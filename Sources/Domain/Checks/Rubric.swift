/// The 28 tests of the ML Test Score (Breck, Cai, Nielsen, Salib, Sculley 2017), seven in each of four sections.
public enum Rubric {
    public struct Section: Hashable, Sendable {
        public let name: String
        /// What its tests are numbered with: `D` stands before `1` … `7`.
        public let letter: String
        /// The ids of its tests, in the paper's order.
        public let checks: [String]
    }

    public static let sections = [
        Section(
            name: "Data", letter: "D",
            checks: [
                "data.schema", "data.feature-benefit", "data.feature-cost", "data.meta-requirements", "data.privacy",
                "data.feature-velocity", "data.feature-code-tests",
            ]),
        Section(
            name: "Model", letter: "M",
            checks: [
                "model.spec-reviewed", "model.offline-online-correlation", "model.hyperparameters-tuned",
                "model.staleness-impact", "model.simpler-baseline", "model.slices", "model.inclusion",
            ]),
        Section(
            name: "Infrastructure", letter: "I",
            checks: [
                "infra.reproducible", "infra.spec-unit-tests", "infra.pipeline-integration", "infra.quality-gate",
                "infra.debuggable", "infra.canary", "infra.rollback",
            ]),
        Section(
            name: "Monitoring", letter: "O",
            checks: [
                "monitor.dependencies", "monitor.data-invariants", "monitor.train-serve-skew", "monitor.staleness",
                "monitor.numerical-stability", "monitor.compute-performance", "monitor.prediction-quality",
            ]),
    ]

    /// The ids of all tests, in order.
    public static let checks = sections.flatMap(\.checks)

    /// How the paper reads a score (Table V): 0, (0, 1], (1, 2], (2, 3], (3, 5] and above.
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
}
