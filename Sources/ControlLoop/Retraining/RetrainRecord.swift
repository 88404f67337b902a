import Domain

/// What is known of a model's trainings: `MODEL.json` of `refs/martlet/retraining`.
///
/// It is of the model and not of a deployment: what one environment's monitor has trained is for all of them.
struct RetrainRecord: Hashable, Sendable {
    /// The newest first.
    private(set) var runs: [RetrainRun] = []
    /// When a person let trainings begin again; what was before counts no more.
    private(set) var reset: Timestamp?
    /// Since when, and why, no training begins before a person or a new version changes that. Written for those who are told of it.
    private(set) var opened: Opening?

    struct Opening: Hashable, Sendable {
        let at: Timestamp
        let environment: String
        let words: String
    }

    private static let most = 20

    init() {}

    /// What counts for the next one.
    var counting: [RetrainRun] { runs.filter { run in reset.map { run.begun > $0 } ?? true } }

    mutating func begin(_ run: RetrainRun) {
        runs = Array(([run] + runs).prefix(Self.most))
        opened = nil
    }

    /// Notes how a run ended. Returns whether it was not known before.
    mutating func end(_ id: String, _ end: RetrainRun.End) -> Bool {
        guard let index = runs.firstIndex(where: { $0.id == id && $0.end == nil }) else { return false }
        runs[index].end = end
        return true
    }

    mutating func open(_ opening: Opening) { opened = opening }

    mutating func reset(at now: Timestamp) { (reset, opened) = (now, nil) }

    /// What of it concerns who looks at one deployment now; `nil` where that is nothing.
    func words(for unit: Unit) -> String? {
        if let opened, opened.environment == unit.environment {
            return "no training begins any more: \(opened.words); martlet retrain \(unit.model) --reset"
        }
        guard let run = runs.first, run.environment == unit.environment, run.end == nil else { return nil }
        return "a training began at \(run.begun)"
    }

    var json: JSON {
        [
            "runs": .array(runs.map(\.json)), "reset": JSON(reset?.description),
            "opened": opened.map {
                [
                    "at": .string($0.at.description), "environment": .string($0.environment),
                    "words": .string($0.words),
                ]
            } ?? .null,
        ]
    }

    init(json: JSON) {
        runs = Array((json["runs"]?.array ?? []).prefix(Self.most).compactMap { RetrainRun(json: $0) })
        reset = json["reset"]?.string.flatMap { Timestamp($0) }
        if let opened = json["opened"], let at = opened["at"]?.string.flatMap({ Timestamp($0) }) {
            self.opened = Opening(
                at: at, environment: opened["environment"]?.string ?? "",
                words: Excerpt.line(opened["words"]?.string ?? "", limit: 400))
        }
    }
}
