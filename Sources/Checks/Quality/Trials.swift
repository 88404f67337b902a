import Data
import Domain
import Glibc

/// The trials of a search.
struct Trials {
    struct Trial {
        let values: [String: String]
        let objective: Double
        /// The standard error of the objective, where the table has its spread over folds, or three seeds or more.
        let error: Double?
        /// How many seeds it is the mean of; `nil` where the table tells none, or one for all.
        var seeds: Int?
    }

    let complete: [Trial]
    private let direction: HyperparametersTuned.Direction

    /// What tuners call a trial that came to its end: Optuna and Keras Tuner, MLflow and W&B, Ray Tune, Katib and NNI, others.
    private static let ends: Set<String> = [
        "complete", "completed", "finished", "terminated", "succeeded", "success", "successful", "done", "ok", "",
    ]

    /// Also as Python prints such a state, `TrialState.COMPLETE`.
    private static func isComplete(_ state: String) -> Bool {
        ends.contains(state.split(separator: ".").last.map { $0.lowercased() } ?? "")
    }

    /// - Parameter folds: What `cv_std` is the spread of, where the table does not say.
    init(
        _ table: RunTable, objective: String, _ direction: HyperparametersTuned.Direction, folds: Int = 3
    ) throws(MissingEvidence) {
        self.direction = direction
        let state = table.texts("state") ?? table.texts("status")
        let spread = table.index("cv_std"), place = table.index(objective)
        let counted = ["cv_folds", "folds", "n_splits"].compactMap { table.index($0) }.first
        // As scikit-learn calls the result of each.
        let columns = table.columns.count { $0.hasPrefix("split") && $0.hasSuffix("_test_score") }
        var trials: [Trial] = []
        for index in place == nil ? 0..<0 : table.rows.indices {
            let isComplete = state.map { Self.isComplete($0[index]) } ?? true
            guard isComplete, let place, let value = try table.number(index, place), value.isFinite else { continue }
            let values = Dictionary(zip(table.columns, table.rows[index])) { first, _ in first }
            let deviation = try spread.flatMap { spread throws(MissingEvidence) in try table.number(index, spread) }
            let told = try counted.flatMap { place throws(MissingEvidence) in try table.number(index, place) }
            let parts = told.flatMap { $0 >= 1 && $0 <= 1e6 ? $0 : nil } ?? Double(columns > 1 ? columns : folds)
            let error = deviation.flatMap { $0.isFinite && $0 >= 0 ? $0 / parts.squareRoot() : nil }
            trials.append(Trial(values: values, objective: value, error: error))
        }
        complete = trials
    }

    private init(_ complete: [Trial], _ direction: HyperparametersTuned.Direction) {
        self.complete = complete
        self.direction = direction
    }

    /// Trials of the same values of `names` as one, with the mean of their objectives; the same where all tell one seed, or none.
    func merged(by names: [String], overSeeds seed: String) -> Trials {
        // One seed for all is no repetition: training may not depend on it.
        guard Set(complete.compactMap { $0.values[seed] }.filter { !$0.isEmpty }).count > 1 else { return self }
        var places: [[String]: Int] = [:], groups: [[Trial]] = []
        for trial in complete {
            let key = names.map { Self.plain(trial.values[$0] ?? "") }
            if let place = places[key] {
                groups[place].append(trial)
            } else {
                places[key] = groups.count
                groups.append([trial])
            }
        }
        return Trials(groups.map { Self.mean(of: $0, seed) }, direction)
    }

    private static func mean(of trials: [Trial], _ seed: String) -> Trial {
        // The same seed again says nothing new.
        let bySeed = Dictionary(grouping: trials) { $0.values[seed] ?? "" }.sorted { $0.key < $1.key }
        let objectives = bySeed.map { $0.value.reduce(0) { $0 + $1.objective } / Double($0.value.count) }
        let count = Double(objectives.count), mean = objectives.reduce(0, +) / count
        let seeds = bySeed.count { !$0.key.isEmpty }
        let squares = objectives.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let error = seeds < 3 ? trials[0].error : (squares / (count - 1) / count).squareRoot()
        return Trial(values: trials[0].values, objective: mean, error: error, seeds: seeds)
    }

    func isBetter(_ one: Double, _ other: Double) -> Bool { direction == .maximize ? one > other : one < other }

    var best: Trial? { complete.max { isBetter($1.objective, $0.objective) } }

    /// The values that were tried, each in its first spelling; an empty cell is none.
    func values(of name: String) -> Set<String> {
        let texts = complete.compactMap { $0.values[name] }.filter { !$0.isEmpty }
        return Set(Dictionary(texts.map { (Self.plain($0), $0) }) { first, _ in first }.values)
    }

    /// One spelling of a value: 0.1 is 0.10 and 1e-1.
    private static func plain(_ text: String) -> String { Double(text).map { "\($0)" } ?? text.lowercased() }

    /// The best trial's value where it is within a twentieth of the interval that was searched from one of its ends.
    ///
    /// The interval counts in logarithms where it spans two decades or more, as such hyperparameters are searched.
    func edge(of name: String) -> String? {
        let numbers = complete.compactMap { $0.values[name].flatMap { Double($0) } }
        guard let text = best?.values[name], let value = Double(text), let low = numbers.min(),
            let high = numbers.max(),
            low < high
        else { return nil }
        let isLogarithmic = low > 0 && high / low >= 100
        let place = isLogarithmic ? log(value / low) / log(high / low) : (value - low) / (high - low)
        guard place <= 0.05 || place >= 0.95 else { return nil }
        return "\(text) of [\(low.brief), \(high.brief)]"
    }

    static func isEqual(_ one: String, _ other: String) -> Bool {
        if let a = Double(one), let b = Double(other) { return a == b }
        return one.lowercased() == other.lowercased()
    }
}
