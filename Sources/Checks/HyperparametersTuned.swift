import Data
public import Domain
import Glibc

/// M3: the hyperparameters were searched, and the shipped ones are the best that were found.
public struct HyperparametersTuned: Check {
    public static let id = "model.hyperparameters-tuned"
    public static let version = 4
    public static let summary =
        "Each hyperparameter was tried at several values, and the shipped ones are the best trial's."

    let objective: String?
    let direction: Direction
    let tunables: [String]
    let minValues: Int
    let minTrials: Int?
    let tolerance: Double
    let paramsAt: String
    let aliases: [String: String]

    public enum Direction: String, FieldChoice { case maximize, minimize }

    public init(_ fields: Fields) throws(FieldErrors) {
        objective = fields.optional(
            "objective", "the trials' column that was optimised; without it cv_mean, value or objective")
        direction = fields.value("direction", default: .maximize, "which way the objective is better")
        tunables = fields.value(
            "tunables", default: [], "hyperparameters; without them every other column of the trials")
        minValues = fields.value(
            "minValues", default: 3, within: .atLeast(1), "how many values of each must have been tried")
        minTrials = fields.optional(
            "minTrials", within: .atLeast(1),
            "how many trials must be complete; without it ten for each hyperparameter, and at least 20")
        tolerance = fields.value(
            "tolerance", default: 0.01, within: .between(0, 1),
            "how far below the best trial the shipped one may be, as a share")
        paramsAt = fields.value(
            "paramsAt", default: "hyperparameters",
            "where the parameters stand in the params file; empty for its top level")
        aliases = fields.value(
            "aliases", default: [:], "by trials' column, what the parameter is called in the params file")
    }

    private static let others: Set<String> = [
        "trial", "number", "id", "state", "status", "seconds", "duration", "best", "seed", "cv_mean", "cv_std", "value",
        "objective", "score", "datetime_start", "datetime_complete",
    ]

    public func run(on subject: Subject) async throws -> Outcome {
        guard let path = subject.manifest.training.trials else {
            return Outcome(.skipped, "no trials configured; name the table of the search in spec.training.trials")
        }
        return try await Outcome.from {
            let table = try await subject.runTable(path, "trials")
            let trials = try Trials(
                table, objective: try table.column(objective, or: ["cv_mean", "value", "objective"], in: path),
                direction)
            let names =
                tunables.isEmpty ? table.columns.filter { !Self.others.contains($0) && !$0.hasPrefix("cv_") } : tunables
            guard !names.isEmpty, let best = trials.best else {
                throw MissingEvidence("\(path) holds no complete trial with a hyperparameter", file: path)
            }
            var findings = breadth(trials, names, path)
            let minTrials = minTrials ?? max(20, 10 * names.count)
            if trials.complete.count < minTrials {
                findings.append(
                    Finding(
                        .fail, "\(path): \(trials.complete.count) complete trials, expected \(minTrials)", file: path,
                        value: Double(trials.complete.count), threshold: Double(minTrials)))
            }
            findings += try await shipped(subject, trials, names, best, path)
            return Outcome(
                findings,
                otherwise: "\(trials.complete.count) trials of \(names.listed()); the shipped values are the best",
                measurements: ["trials": .int(trials.complete.count), "best": .double(best.objective)])
        }
    }

    private func breadth(_ trials: Trials, _ names: [String], _ path: String) -> [Finding] {
        names.flatMap { name -> [Finding] in
            let values = trials.values(of: name)
            guard values.count >= minValues || (values.allSatisfy { Double($0) == nil } && values.count >= 2) else {
                return [
                    Finding(
                        .fail,
                        "\(path): \"\(name)\": \(values.count) value\(values.count == 1 ? "" : "s") tried "
                            + "(\(values.sorted().listed(4))), expected \(minValues)", file: path,
                        value: Double(values.count), threshold: Double(minValues))
                ]
            }
            return trials.edge(of: name).map {
                [Finding(.warn, "\(path): \"\(name)\" is best at the edge \($0); widen the search", file: path)]
            } ?? []
        }
    }

    /// The shipped parameters must be those of a complete trial that is as good as the best.
    private func shipped(
        _ subject: Subject, _ trials: Trials, _ names: [String], _ best: Trials.Trial, _ path: String
    ) async throws -> [Finding] {
        guard let paramsPath = subject.manifest.training.params else {
            return [Finding(.inconclusive, "no params configured; name the file in spec.training.params")]
        }
        let content = try await subject.evidence(paramsPath, "params")
        let text = String(decoding: try ByteSource(content).all(atMost: 1 << 20), as: UTF8.self)
        let params = FlatYAML(text).members(of: paramsAt)
        let known = names.filter { params[aliases[$0] ?? $0] != nil }
        guard !known.isEmpty else {
            return [
                Finding(
                    .inconclusive,
                    "\(paramsPath) names none of \(names.listed()) "
                        + "\(paramsAt.isEmpty ? "at its top level" : "under \(paramsAt)"); set paramsAt or aliases",
                    file: paramsPath)
            ]
        }
        let same = trials.complete.filter { trial in
            known.allSatisfy { Trials.isEqual(trial.values[$0] ?? "", params[aliases[$0] ?? $0] ?? "") }
        }
        let unknown = names.filter { params[aliases[$0] ?? $0] == nil }
        let gaps =
            unknown.isEmpty
            ? []
            : [
                Finding(
                    .inconclusive,
                    "\(paramsPath) does not say what \(unknown.listed()) \(unknown.count == 1 ? "was" : "were") shipped as; "
                        + "name it there, or set aliases", file: paramsPath)
            ]
        let words = known.map { "\($0)=\(params[aliases[$0] ?? $0] ?? "")" }.listed()
        guard let shipped = same.max(by: { trials.isBetter($1.objective, $0.objective) }) else {
            return gaps + [Finding(.fail, "\(path): the shipped \(words) were never tried", file: path)]
        }
        let gap = abs(best.objective - shipped.objective)
        let allowed = Swift.max(abs(best.objective) * tolerance, best.error ?? 0)
        guard !Bound.isAtMost(gap, allowed, of: [best.objective, shipped.objective]) else { return gaps }
        return gaps + [
            Finding(
                .fail,
                "\(path): the shipped \(words) reached \(shipped.objective.brief), the best trial \(best.objective.brief)",
                file: path, value: shipped.objective, threshold: best.objective)
        ]
    }
}

/// The trials of a search.
struct Trials {
    struct Trial {
        let values: [String: String]
        let objective: Double
        /// The standard error of the objective, where the table has its spread over three or more folds.
        let error: Double?
    }

    let complete: [Trial]
    private let direction: HyperparametersTuned.Direction

    init(_ table: RunTable, objective: String, _ direction: HyperparametersTuned.Direction) throws(MissingEvidence) {
        self.direction = direction
        let state = table.texts("state") ?? table.texts("status")
        let spread = table.index("cv_std"), place = table.index(objective)
        var trials: [Trial] = []
        for index in place == nil ? 0..<0 : table.rows.indices {
            let isComplete =
                state.map { ["complete", "completed", "success", ""].contains($0[index].lowercased()) } ?? true
            guard isComplete, let place, let value = try table.number(index, place), value.isFinite else { continue }
            let values = Dictionary(zip(table.columns, table.rows[index])) { first, _ in first }
            let deviation = try spread.flatMap { spread throws(MissingEvidence) in try table.number(index, spread) }
            let error = deviation.flatMap { $0.isFinite && $0 >= 0 ? $0 / 3.0.squareRoot() : nil }
            trials.append(Trial(values: values, objective: value, error: error))
        }
        complete = trials
    }

    func isBetter(_ one: Double, _ other: Double) -> Bool { direction == .maximize ? one > other : one < other }

    var best: Trial? { complete.max { isBetter($1.objective, $0.objective) } }

    func values(of name: String) -> Set<String> { Set(complete.map { $0.values[name] ?? "" }) }

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
