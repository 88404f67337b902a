import Data
public import Domain

/// M3: the hyperparameters were searched, and the shipped ones are the best that were found.
///
/// Where the trials tell several seeds, those of the same values are one trial with the mean objective, and the best needs some of
/// them; one seed for all is no repetition, and none is asked for. The standard error of their objectives is what the seed alone changes.
public struct HyperparametersTuned: Check {
    public static let id = "model.hyperparameters-tuned"
    public static let reads: [DeclaredFile] = [.trials, .params]
    public static let version = 7
    public static let summary =
        "Each hyperparameter was tried at several values, and the shipped ones are the best trial's."

    let objective: String?
    let direction: Direction
    let tunables: [String]
    let minValues: Int
    let minTrials: Int?
    let tolerance: Double
    let folds: Int
    let seed: String
    let minRepeats: Int
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
            "how far below the best trial the shipped one may be, as a share; a standard error of its folds or seeds it may be anyway"
        )
        folds = fields.value(
            "folds", default: 3, within: .between(1, 1_000_000),
            "how many folds cv_std is the spread of, where the trials have no column cv_folds, folds or n_splits and none for each fold"
        )
        seed = fields.value("seed", default: "seed", "the trials' column of random seeds")
        minRepeats = fields.value(
            "minRepeats", default: 3, within: .atLeast(1),
            "where the trials have several seeds, how many of them the best values must have been tried with")
        paramsAt = fields.value(
            "paramsAt", default: "hyperparameters",
            "where the parameters stand in the params file; empty for its top level")
        aliases = fields.value(
            "aliases", default: [:], "by trials' column, what the parameter is called in the params file")
    }

    private static let others: Set<String> = [
        "trial", "number", "id", "state", "status", "folds", "n_splits", "seconds", "duration", "best", "seed",
        "cv_mean", "cv_std", "value",
        "objective", "score", "datetime_start", "datetime_complete",
    ]

    public func run(on subject: Subject) async throws -> Outcome {
        guard let path = subject.manifest.training.trials else {
            return Outcome(.skipped, "no trials configured; name the table of the search in spec.training.trials")
        }
        return try await Outcome.from {
            let table = try await subject.runTable(path, "trials")
            let names =
                tunables.isEmpty
                ? table.columns.filter {
                    !Self.others.contains($0) && !$0.hasPrefix("cv_") && !$0.hasSuffix("_test_score") && $0 != seed
                } : tunables
            let all = try Trials(
                table, objective: try table.column(objective, or: ["cv_mean", "value", "objective"], in: path),
                direction, folds: folds)
            let trials = all.merged(by: names, overSeeds: seed)
            guard !names.isEmpty, let best = trials.best else {
                throw MissingEvidence("\(path) holds no complete trial with a hyperparameter", file: path)
            }
            var findings = breadth(trials, names, path)
            let minTrials = minTrials ?? max(20, 10 * names.count)
            if all.complete.count < minTrials {
                findings.append(
                    Finding(
                        .fail, "\(path): \(all.complete.count) complete trials, expected \(minTrials)", file: path,
                        value: Double(all.complete.count), threshold: Double(minTrials)))
            }
            findings += repeats(best, names, path)
            findings += try await shipped(subject, trials, names, best, path)
            return Outcome(
                findings,
                otherwise: "\(all.complete.count) trials of \(names.listed()); the shipped values are the best",
                measurements: [
                    "trials": .int(all.complete.count), "best": .double(best.objective),
                    "best_seeds": best.seeds.map(JSON.int) ?? .null, "best_standard_error": JSON(best.error),
                ])
        }
    }

    /// What another seed would have given is not known of few.
    private func repeats(_ best: Trials.Trial, _ names: [String], _ path: String) -> [Finding] {
        guard let seeds = best.seeds, seeds < minRepeats else { return [] }
        let words = names.map { "\($0)=\(best.values[$0] ?? "")" }.listed()
        return [
            Finding(
                .inconclusive,
                "\(path): the best, \(words), was tried with \(seeds) seed\(seeds == 1 ? "" : "s"), expected \(minRepeats): "
                    + "what the seed alone changes is not known; try it with more, or set minRepeats: 1 where training does not "
                    + "depend on the seed", file: path, value: Double(seeds),
                threshold: Double(minRepeats))
        ]
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

    /// What a column of trials is called among the parameters: as `aliases` says, as it is, or without what Optuna and Ray Tune put before
    /// each.
    private func parameter(_ name: String, among params: [String: String]) -> String {
        if let alias = aliases[name] { return alias }
        if params[name] != nil { return name }
        let bare = ["params_", "config/"].first { name.hasPrefix($0) }.map { String(name.dropFirst($0.count)) }
        return bare.flatMap { params[$0] == nil ? nil : $0 } ?? name
    }

    /// The shipped parameters must be those of a complete trial that is as good as the best.
    private func shipped(
        _ subject: Subject, _ trials: Trials, _ names: [String], _ best: Trials.Trial, _ path: String
    ) async throws -> [Finding] {
        guard let paramsPath = subject.manifest.training.params else {
            return [Finding(.inconclusive, "no params configured; name the file in spec.training.params")]
        }
        let content = try await subject.evidence(paramsPath, "params")
        let text = String(decoding: try RandomAccessBytes(content).all(atMost: 1 << 20), as: UTF8.self)
        let params = FlatYAML(text).members(of: paramsAt)
        let called = { (name: String) in self.parameter(name, among: params) }
        let known = names.filter { params[called($0)] != nil }
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
            known.allSatisfy { Trials.isEqual(trial.values[$0] ?? "", params[called($0)] ?? "") }
        }
        let unknown = names.filter { params[called($0)] == nil }
        let gaps =
            unknown.isEmpty
            ? []
            : [
                Finding(
                    .inconclusive,
                    "\(paramsPath) does not say what \(unknown.listed()) \(unknown.count == 1 ? "was" : "were") shipped as; "
                        + "name it there, or set aliases", file: paramsPath)
            ]
        let words = known.map { "\($0)=\(params[called($0)] ?? "")" }.listed()
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
