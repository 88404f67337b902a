import Data
public import Domain

/// A routine retrain does not differ too much from the version that runs now.
public struct VersionComparison: Check {
    public static let id = "model.version-comparison"
    public static let reads: [DeclaredFile] = [.predictions, .params]
    public static let summary = "Predictions differ little from those of the version that runs now."
    public static let version = 7
    public static let looksAt: Set<CheckInput> = [.deployed]

    let maxChurn: Double
    let maxScoreChange: Double?
    let maxPSI: Double
    let otherwise: Slices.Thin?
    let minCoverage: Double

    public init(_ fields: Fields) throws(FieldErrors) {
        maxChurn = fields.value(
            "maxChurn", default: 0.05, within: .between(0, 1),
            "the greatest share of rows with another prediction; of a regression, with one that moves by more than "
                + "\(Comparison.noticeableMove.brief) standard deviations of the predictions before")
        maxScoreChange = fields.optional("maxScoreChange", within: .atLeast(0), "the greatest change of a score")
        maxPSI = fields.value(
            "maxPSI", default: 0.1, within: .atLeast(0), "the greatest population stability index of the scores")
        otherwise = fields.optional(
            "changedSpec",
            "what too great a difference counts as where params or schema changed, too; without it a failure, and a warning "
                + "of what maxPSI bounds")
        minCoverage = fields.coverage
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard subject.manifest.evaluation != nil else {
            return Outcome(.skipped, "no evaluation configured; give spec.evaluation with predictions")
        }
        guard let deployed = subject.deployed else {
            return Outcome(.pass, "nothing runs there yet that it could differ from")
        }
        return try await Outcome.from {
            let before = try await deployed.readPredictions()
            let (now, departures) = try await subject.judgedPredictions(atLeast: minCoverage)
            let comparison = try Comparison(of: before, and: now, bootstrap: nil)
            let overlap = Overlap(
                common: comparison.rows, of: before.rowCount, and: now.rowCount, with: deployed.version.title)
            let gaps =
                departures + [overlap.finding(atLeast: minCoverage)].compactMap(\.self) + subject.doubts(about: now)
            let routine = try await isRoutine(subject, deployed)
            let verdict: Verdict = routine ? .fail : otherwise?.verdict ?? .fail
            // What orders a ranking's rows has no scale.
            let isScaled = subject.manifest.task != .ranking
            let stability = try ScoreStability(of: before, and: now)
            return Outcome(
                gaps + findings(comparison, deployed.version.title, verdict)
                    + [
                        isScaled
                            ? shift(stability, deployed.version.title, routine ? .fail : otherwise?.verdict ?? .warn)
                            : nil
                    ]
                    .compactMap(\.self),
                otherwise: "\((comparison.churn ?? 0).percent) of \(comparison.rows.grouped) "
                    + "predictions differ from \(deployed.version.title)\(comparison.byHowMuch)",
                measurements: [
                    "rows": .int(comparison.rows), "common_share": .double(overlap.share),
                    "churn": JSON(comparison.churn), "score_psi": JSON(stability?.psi),
                    "score_psi_p_value": JSON(stability?.pValue),
                    "largest_score_change": JSON(comparison.maxAbsScoreDifference),
                    "fixed": comparison.mcNemar.map { .int($0.onlySecondCorrect) } ?? .null,
                    "broken": comparison.mcNemar.map { .int($0.onlyFirstCorrect) } ?? .null,
                ])
        }
    }

    /// Whether the schema and the hyperparameters are the same.
    private func isRoutine(_ subject: Subject, _ deployed: Subject) async throws -> Bool {
        guard subject.schema?.described == deployed.schema?.described else { return false }
        let texts = try await [subject, deployed].asyncMap { subject -> [String: String] in
            guard let path = subject.manifest.training.params,
                let content = try await subject.tools.file(subject.version, path)
            else { return [:] }
            let bytes = try RandomAccessBytes(content).all(atMost: 1 << 20)
            return FlatYAML(String(decoding: bytes, as: UTF8.self)).members(of: "hyperparameters")
        }
        return texts[0] == texts[1]
    }

    /// Of the scores' distribution: a failure where random samples would not differ so. Scores that are none say nothing of it.
    private func shift(_ stability: ScoreStability?, _ title: String, _ verdict: Verdict) -> Finding? {
        guard let stability else {
            return Finding(
                .inconclusive, "the scores cannot be compared with those of \(title): a side has no finite one")
        }
        guard !Bound.isAtMost(stability.psi, maxPSI) else { return nil }
        let isSure = stability.pValue < 0.05
        return Finding(
            isSure ? verdict : .warn,
            "the scores are distributed otherwise than those of \(title): PSI \(stability.psi.brief), expected at most "
                + maxPSI.brief
                + (isSure
                    ? verdict == .fail ? "" : "; params or schema changed, too" : ", though chance could explain it"),
            value: stability.psi, threshold: maxPSI)
    }

    private func findings(_ comparison: Comparison, _ title: String, _ verdict: Verdict) -> [Finding] {
        var findings: [Finding] = []
        if let churn = comparison.churn, churn > maxChurn {
            let flipped = Int((churn * Double(comparison.rows)).rounded())
            findings.append(
                Finding(
                    verdict,
                    "\(flipped.grouped) of \(comparison.rows.grouped) predictions (\(churn.percent)) differ from "
                        + "\(title)\(comparison.byHowMuch), expected at most \(maxChurn.percent)", value: churn,
                    threshold: maxChurn))
        }
        if let maxScoreChange, let change = comparison.maxAbsScoreDifference,
            !Bound.isAtMost(change, maxScoreChange, of: [comparison.largestScore])
        {
            findings.append(
                Finding(
                    verdict,
                    "a score differs by \(change.brief) from \(title), expected at most \(maxScoreChange.brief)",
                    value: change, threshold: maxScoreChange))
        }
        return findings
    }
}

extension Comparison {
    /// The share of predictions that count as others.
    fileprivate var churn: Double? { movedRate ?? predictionDisagreementRate }

    fileprivate var byHowMuch: String {
        movedRate == nil ? "" : " by more than \(Self.noticeableMove.brief) standard deviations"
    }
}
