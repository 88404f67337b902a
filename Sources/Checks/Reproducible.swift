import Data
public import Domain

/// I1: training a second time gives the same model, to the degree that is asked for.
///
/// At the level `statistics` few predictions may flip, and a metric must be shown to be the same within a margin (two one-sided
/// tests): against the noise that seeds make, of three trainings or more; of two, against that of the rows.
///
/// Where both trainings say what they ran with (`record`), they must be the same training; another environment is named.
public struct Reproducible: Check {
    public static let id = "infra.reproducible"
    public static let reads: [DeclaredFile] = [
        .predictions, .rerunPredictions, .morePredictions, .rerunArtifact, .record, .rerunRecord,
    ]
    public static let version = 6
    public static let summary = "A second training gives the same artifact, the same predictions, or as good ones."

    let level: Level
    let maxDifference: Double
    let maxChurn: Double
    let metric: String?
    let maxMetricChange: Double
    let minCoverage: Double

    /// `bytes`: equal artifacts; `numbers`: equal predictions up to rounding; `statistics`: few flips, equal quality.
    public enum Level: String, FieldChoice { case bytes, numbers, statistics }

    public init(_ fields: Fields) throws(FieldErrors) {
        level = fields.value("level", default: .numbers, "how equal the second training must be")
        maxDifference = fields.value(
            "maxDifference", default: 1e-6, within: .atLeast(0), "the greatest difference of a score")
        maxChurn = fields.value(
            "maxChurn", default: 0.001, within: .between(0, 1),
            "the greatest share of rows with another prediction (statistics)")
        metric = fields.optional(
            "metric",
            "the metric that must stay (statistics); without it accuracy, rmse for a regression, ndcg for a ranking")
        maxMetricChange = fields.value(
            "maxMetricChange", default: 0.001, within: .above(0),
            "by how much the metric may be shown to change at most (statistics)")
        minCoverage = fields.coverage
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let rerun = subject.manifest.training.rerun, rerun.predictions != nil || rerun.artifact != nil else {
            return Outcome(.skipped, "no second training configured; name its predictions in spec.training.rerun")
        }
        return try await Outcome.from {
            try refuseOwnFiles(subject, rerun)
            let records = try await records(subject, rerun)
            let outcome = try await compared(subject, rerun)
            return records.map { outcome.noting($0) } ?? outcome
        }
    }

    /// How what the trainings ran with compares; `nil` where they do not say.
    private func records(_ subject: Subject, _ rerun: Model.Rerun) async throws -> RecordComparison? {
        guard let own = subject.manifest.training.record, let other = rerun.record else { return nil }
        let first = try TrainingRecord(try await subject.evidence(own, "record of the training"), path: own)
        let second = try TrainingRecord(try await subject.evidence(other, "record of the second training"), path: other)
        if let stranger = try await subject.strangers(among: [first.artifact].compactMap(\.self), in: own).first {
            throw MissingEvidence(stranger.message, file: own)
        }
        // What seeds change is what trainings are compared for there.
        return try first.comparison(with: second, ignoringSeed: level == .statistics)
    }

    private func compared(_ subject: Subject, _ rerun: Model.Rerun) async throws -> Outcome {
        if let path = rerun.artifact {
            let second = try await digest(path, subject)
            let first = try await subject.tools.artifact(subject.version, subject.manifest.artifact).digest
            if first == second {
                return Outcome(.pass, "a second training gives the same bytes, \(first.digits.prefix(12))…")
            }
            if level == .bytes {
                let words = "\(path) is \(second.digits.prefix(12))…, the artifact \(first.digits.prefix(12))…"
                return Outcome(
                    .fail, words, findings: [Finding(.fail, words, file: path)],
                    measurements: ["same_bytes": false])
            }
        }
        guard let path = rerun.predictions, level != .bytes else {
            throw MissingEvidence(
                "the level '\(level.rawValue)' needs spec.training.rerun.\(level == .bytes ? "artifact" : "predictions")"
            )
        }
        let (first, departures) = try await subject.judgedPredictions(atLeast: minCoverage)
        var runs: [TrainingRun] = []
        for path in [path] + (level == .statistics ? rerun.more : []) {
            let second = try await subject.readPredictions(at: path, "another training")
            let comparison = try Comparison(of: first, and: second, bootstrap: nil)
            runs.append(TrainingRun(path: path, predictions: second, comparison: comparison))
        }
        return try outcome(runs, first, departures, standard: subject.manifest.task.standardMetric())
    }

    /// Another training of the version, and how its predictions compare.
    private struct TrainingRun {
        let path: String
        let predictions: Predictions
        let comparison: Comparison

        /// The share of rows with another class; numbers do not flip.
        var flips: Double { comparison.mcNemar == nil ? 0 : comparison.predictionDisagreementRate ?? 0 }
    }

    /// A file compared with itself would always be the same.
    private func refuseOwnFiles(_ subject: Subject, _ rerun: Model.Rerun) throws(MissingEvidence) {
        let (manifest, training) = (subject.manifest, subject.manifest.training)
        let own = [manifest.artifact.path, manifest.evaluation?.predictions, training.record].compactMap(\.self)
        var seen = Set(own.map(Self.plain))
        for path in [rerun.artifact, rerun.predictions, rerun.record].compactMap(\.self) + rerun.more {
            guard seen.insert(Self.plain(path)).inserted else {
                throw MissingEvidence(
                    own.map(Self.plain).contains(Self.plain(path))
                        ? "spec.training.rerun names \(path), the version's own file: name what a second training wrote"
                        : "spec.training.rerun names \(path) twice: each training writes a file of its own", file: path)
            }
        }
    }

    private static func plain(_ path: String) -> [Substring] { path.pathParts().filter { $0 != "." } }

    private func digest(_ path: String, _ subject: Subject) async throws -> Digest {
        let source = try RandomAccessBytes(try await subject.evidence(path, "second training"))
        var hash = SHA256(), done = 0
        while done < source.size {
            let step = min(1 << 20, source.size - done)
            hash.update(try source.bytes(at: done, count: step))
            done += step
        }
        return hash.finish()
    }

    private func outcome(
        _ runs: [TrainingRun], _ first: Predictions, _ departures: [Finding], standard: String
    ) throws -> Outcome {
        var findings = departures
        findings += runs.compactMap { run in
            Overlap(
                common: run.comparison.rows, of: first.rowCount, and: run.predictions.rowCount, with: "another training"
            ).finding(atLeast: minCoverage)
        }
        findings += runs.flatMap(differences)
        var measurements = runs.first.map(measurements) ?? []
        if level == .statistics {
            let name = metric ?? standard
            let test = try equivalence(runs, first, name)
            findings += [Self.finding(test, name, trainings: runs.count + 1)].compactMap { $0 }
            measurements += [
                ("metric", .string(name)), ("metric_change", .double(test.difference)),
                ("low", .double(test.bounds.lower)), ("high", .double(test.bounds.upper)),
                ("p_value", .double(test.pValue)),
            ]
        }
        let rows = runs.first?.comparison.rows ?? 0
        return Outcome(
            findings, otherwise: "a second training gives the same predictions on \(rows.grouped) rows",
            measurements: .object(measurements))
    }

    private func measurements(_ run: TrainingRun) -> [(String, JSON)] {
        [
            ("rows", .int(run.comparison.rows)),
            ("flips", .double(run.flips)), ("largest_difference", JSON(run.comparison.maxAbsScoreDifference)),
        ]
    }

    /// Of the metric, from the other trainings to this one.
    private func equivalence(_ runs: [TrainingRun], _ first: Predictions, _ name: String) throws -> Equivalence {
        let values = runs.compactMap { $0.comparison.second[name] }
        guard let value = runs.first?.comparison.first[name], values.count == runs.count else {
            throw MissingEvidence("\(name) of a training cannot be computed")
        }
        if let test = Equivalence(of: value, among: values, margin: maxMetricChange) { return test }
        guard let run = runs.first, let change = try PairedChange.all([name], from: run.predictions, to: first)[name]
        else { throw MissingEvidence("the change of \(name) cannot be computed") }
        return change.equivalence(margin: maxMetricChange)
    }

    private static func finding(_ test: Equivalence, _ name: String, trainings: Int) -> Finding? {
        guard test.verdict != .shown else { return nil }
        let needed =
            test.verdict == .inconclusive
            ? test.observationsNeeded.map { "; about \($0.grouped) rows would settle it" } ?? "" : ""
        return Finding(
            test.verdict == .notShown ? .fail : .inconclusive,
            "\(name) of \(trainings) trainings is not shown to be the same within \(test.margin.brief): "
                + "it differs by \(test.difference.brief) \(test.bounds.text)\(needed)",
            value: test.difference, threshold: test.margin)
    }

    private func differences(_ run: TrainingRun) -> [Finding] {
        let (comparison, path) = (run.comparison, run.path)
        let flips = run.flips
        let rows = Int((flips * Double(comparison.rows)).rounded())
        let difference = comparison.maxAbsScoreDifference
        var findings: [Finding] = []
        if level == .numbers, let difference,
            !Bound.isAtMost(difference, maxDifference, of: [comparison.largestScore])
        {
            findings.append(
                Finding(
                    .fail, "\(path): scores differ by up to \(difference.brief), expected \(maxDifference)", file: path,
                    value: difference, threshold: maxDifference))
        }
        let allowed = level == .numbers ? 0 : maxChurn
        if flips > allowed {
            findings.append(
                Finding(
                    .fail,
                    "\(path): \(rows) of \(comparison.rows.grouped) predictions differ (\(flips.percent)), "
                        + "expected \(allowed.percent)", file: path, value: flips, threshold: allowed))
        }
        return findings
    }
}

extension Outcome {
    /// The same beside what the trainings ran with: another environment explains a difference, and is told of where there is none.
    fileprivate func noting(_ records: RecordComparison) -> Outcome {
        var copy = self
        copy.measurements = .object(
            (measurements.members ?? []) + [JSON.Member("same", .array(records.same.map(JSON.string)))])
        guard !records.environment.isEmpty else { return copy }
        let words = "Environment lock differs: \(records.environment.listed())"
        if verdict == .pass {
            copy.findings.append(Finding(.warn, words, file: records.file))
            copy.verdict = .warn
        } else {
            for index in copy.findings.indices { copy.findings[index].message += ". \(words)" }
        }
        copy.summary += ". \(words)"
        return copy
    }
}
