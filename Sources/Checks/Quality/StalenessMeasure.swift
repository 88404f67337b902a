import Data
import Domain

/// Measures what it costs that a model grows old: earlier ones are held against a version on its own data.
///
/// M4 tells it, and O4 takes a limit from it. Ages and predictions come from the repository's history, so nobody has to keep a table.
struct StalenessMeasure: Sendable {
    struct Result {
        let curve: StalenessCurve
        let metric: String
        /// Of the version itself.
        let value: Double
        let measuredAt: Timestamp
        /// Why the metric is not the one that it would be.
        let doubt: Finding?
        /// Why earlier models are not on the curve.
        let left: [String]
    }

    let metric: String?
    let versions: Int
    let minAges: Int
    let maxLoss: Double
    /// What the params file calls the end of the data.
    let field: String

    init(_ fields: Fields) {
        metric = fields.optional(
            "metric", "the metric; without it auc or accuracy, rmse for a regression, ndcg for a ranking")
        versions = fields.value(
            "versions", default: 10, within: .between(1, VersionHistory.most), "how many earlier models to look at")
        minAges = fields.value(
            "minAges", default: 3, within: .atLeast(2), "how many ages a curve needs, this version's included")
        maxLoss = fields.value(
            "maxLoss", default: 0.01, within: .between(0, 1), "the loss that is accepted, as a share")
        field = fields.value(
            "field", default: "data_until",
            "the field of the params file that says up to when the data goes; else trained_at, or the artifact's commit"
        )
        fields.requireDirection(of: metric, about: "metric")
    }

    /// - Parameter path: Where the predictions of each version are.
    func run(on subject: Subject, _ path: String) async throws -> Result {
        let now = try await subject.soundPredictions()
        let metrics = Evaluation(of: now).metrics
        let name = metric ?? subject.manifest.task.standardMetric(among: metrics)
        let measuredAt: Timestamp, history: [VersionHistory.Entry]
        do {
            measuredAt = try await subject.tools.store.read { [revision = subject.version.revision] reader in
                try reader.commit(revision).author.time
            }
            history = try await VersionHistory.models(of: subject, atMost: versions + 1)
        } catch {
            throw MissingEvidence("the history of \(subject.version.title) cannot be read: \(error)")
        }
        var points: [StalenessCurve.Point] = [], left: [String] = []
        let births = try await births(history, subject, noting: &left)
        for (entry, birth) in zip(history, births).dropFirst() {
            do {
                let days = try Self.days(from: birth, to: births[0])
                let before = try await predictions(entry.version, path, subject)
                points.append(try .init(entry.version, days: days, of: name, from: before, to: now))
            } catch {
                guard let gap = Finding(gap: error) else { throw error }
                left.append("\(entry.version.revision.short): \(gap.message)")
            }
        }
        guard points.count + 1 >= minAges else {
            let why = left.first.map { "; \($0)" } ?? ""
            throw MissingEvidence(
                "\(points.count) earlier models could be measured on this one's data, \(minAges - 1) are needed\(why)")
        }
        return Result(
            curve: StalenessCurve(points), metric: name, value: metrics[name] ?? 0, measuredAt: measuredAt,
            doubt: metrics.missingScores(naming: metric), left: left)
    }

    /// When a model was made: as its params say, and as its artifact's commit does.
    private struct Birth {
        let declared: TrainingDate?
        let committed: Timestamp
    }

    private func births(
        _ history: [VersionHistory.Entry], _ subject: Subject, noting left: inout [String]
    ) async throws -> [Birth] {
        var births: [Birth] = []
        for entry in history {
            var declared: TrainingDate?
            do { declared = try await subject.trainingDate(of: entry.version, field: field) } catch {
                guard let gap = Finding(gap: error) else { throw error }
                left.append("\(entry.version.revision.short): \(gap.message)")
            }
            births.append(Birth(declared: declared, committed: entry.commit.author.time))
        }
        return births
    }

    /// By the same field of both, else by their commits.
    private static func days(from old: Birth, to new: Birth) throws -> Double {
        let isDeclared = old.declared != nil && old.declared?.field == new.declared?.field
        let age =
            isDeclared
            ? (new.declared?.moment ?? new.committed) - (old.declared?.moment ?? old.committed)
            : new.committed - old.committed
        guard age > .zero else { throw MissingEvidence("it is not older than this version") }
        return age.days
    }

    private func predictions(_ version: ModelVersion, _ path: String, _ subject: Subject) async throws -> Predictions {
        guard let content = try await subject.tools.file(version, path), let evaluation = subject.manifest.evaluation
        else { throw MissingEvidence("it has no \(path)") }
        return try Predictions(
            try RandomAccessBytes(content).all(atMost: 1 << 30), task: subject.manifest.task,
            columns: PredictionColumns(evaluation), format: .init(fileName: path))
    }
}
