import Checks
import ControlLoop
import Data
import Domain

/// What is known of a model version, on one page (Mitchell and others 2019).
struct VersionCard: Sendable {
    /// One metric on all rows, or on those of a slice.
    struct Performance: Sendable {
        let name: String
        let value: Double
        let interval: Interval?
        /// `COLUMN=VALUE`; `nil` of all rows.
        let slice: String?
    }

    let version: ModelVersion
    let time: Timestamp
    let manifest: Model
    let datasets: [String: Dataset]
    let evidence: [KnownEvidence]
    private(set) var performance: [Performance] = []
    /// By sensitive column, the figures that have a value.
    private(set) var fairness: [(column: String, figures: [(name: String, value: Double)])] = []
    /// What people wrote in the model's README.md, by heading.
    private(set) var sections: [CardSection] = []
    /// What could not be had, as sentences.
    private(set) var missing: [String] = []

    init(of subject: Subject, from time: Timestamp, _ evidence: [KnownEvidence]) async throws {
        (version, manifest, datasets) = (subject.version, subject.manifest, subject.datasets)
        (self.time, self.evidence) = (time, evidence)
        if let evaluation = manifest.evaluation {
            do {
                measure(
                    try await subject.readPredictions(slices: evaluation.slices, sensitive: evaluation.sensitive))
            } catch { missing.append(Excerpt.line("metrics: \(error)", limit: 400)) }
        } else {
            missing.append("metrics: model.yaml has no spec.evaluation")
        }
        do {
            guard let content = try await subject.tools.file(version, Self.file) else {
                missing.append("considerations: the model has no \(Self.file)")
                return
            }
            sections = CardSection.all(in: try Self.bytes(of: content))
        } catch { missing.append(Excerpt.line("considerations: \(error)", limit: 400)) }
    }

    private static let file = "README.md"

    private static func bytes(of content: Content) throws -> [UInt8] {
        guard content.size <= 4 << 20 else { throw ArtifactFailure(.unsupported, "\(file) is larger than 4 MiB") }
        switch content {
        case .bytes(let bytes): return bytes
        case .file(let path, _): return try LocalFile.bytes(of: path)
        }
    }

    /// Those that a reader looks for first; of a task that has none of them, as a ranking, all.
    private static let first = [
        "accuracy", "balanced_accuracy", "auc", "precision", "recall", "f1_binary", "f1_macro", "log_loss", "brier",
        "rmse", "mae", "r2",
    ]

    private mutating func measure(_ predictions: Predictions) {
        let evaluation = Evaluation(of: predictions)
        let named = evaluation.metrics.values.filter { Self.first.contains($0.name) && $0.value != nil }.map(\.name)
        let names = named.isEmpty ? evaluation.metrics.values.filter { $0.value != nil }.map(\.name) : named
        let bootstrap = Bootstrap(ofRows: evaluation.rows)
        performance = names.compactMap { name in
            evaluation.metrics[name].map {
                Performance(
                    name: name, value: $0, interval: predictions.interval(of: name, bootstrap: bootstrap), slice: nil)
            }
        }
        for slicing in evaluation.slices {
            for slice in slicing.slices {
                performance += (["n"] + names).compactMap { name in
                    slice.metrics[name].map {
                        Performance(name: name, value: $0, interval: nil, slice: "\(slicing.column)=\(slice.value)")
                    }
                }
            }
        }
        fairness = (evaluation.json["fairness"]?.members ?? []).map { column in
            let figures = (column.value.members ?? []).compactMap { figure in
                figure.value.double.map { (name: figure.key, value: $0) }
            }
            return (column: column.key, figures: figures)
        }
    }
}

extension VersionCard {
    /// The members of model-card-toolkit's schema 0.0.2, with `evidence` and `missing` beside them.
    var json: JSON {
        func texts(_ words: String...) -> JSON {
            .array(sections.filter { $0.isAbout(words) }.map { ["description": .string($0.text)] })
        }
        let artifact = manifest.artifact
        return [
            "model_details": [
                "name": .string(version.model), "owners": .array(manifest.owners.map { ["name": .string($0)] }),
                "version": [
                    "name": .string(version.label ?? version.revision.short), "date": .string(time.description),
                    "commit": .string(version.revision.description), "tree": .string(version.tree.description),
                ],
                "licenses": .array(manifest.licence.map { [["identifier": .string($0)]] } ?? []),
                "task": .string(manifest.task.rawValue), "path": .string(artifact.shown),
                "format": JSON(artifact.format?.rawValue), "sha256": JSON(artifact.sha256?.digits),
                "documentation": .string(sections.map { "# \($0.title)\n\($0.text)" }.joined(separator: "\n\n")),
            ],
            "model_parameters": [
                "data": .array(
                    datasets.sorted { $0.key < $1.key }.map { name, dataset in
                        [
                            "name": .string(name), "role": .string(role(of: name)),
                            "digest": JSON(digest(name, dataset)),
                        ]
                    })
            ],
            "quantitative_analysis": [
                "performance_metrics": .array(performance.map(\.json)),
                "fairness": .object(
                    fairness.map { ($0.column, .object($0.figures.map { ($0.name, .double($0.value)) })) }),
            ],
            "considerations": [
                "use_cases": texts("intended", "use"), "limitations": texts("limit"), "tradeoffs": texts("trade"),
                "ethical_considerations": texts("ethic", "fair", "bias", "risk"),
            ],
            "evidence": .array(
                evidence.map { known in
                    [
                        "check": .string(known.evidence.check),
                        "verdict": .string(known.evidence.outcome.verdict.rawValue),
                        "summary": .string(known.evidence.outcome.summary),
                        "time": .string(known.evidence.time.description),
                        "environments": .array(known.environments.map(JSON.string)),
                    ]
                }),
            "missing": .array(missing.map(JSON.string)),
        ]
    }

    func role(of dataset: String) -> String {
        [
            manifest.training.data.contains(dataset) ? "training" : nil,
            dataset == manifest.evaluation?.data ? "evaluation" : nil,
        ].compactMap(\.self).joined(separator: ", ")
    }

    /// Of the bytes, where the manifest says it; else the id in Git of what stands for them.
    func digest(_ name: String, _ dataset: Dataset) -> String? {
        dataset.pointer.sha256?.digits
            ?? (dataset.paths(as: name) + [Dataset.path(of: name)]).lazy.compactMap { version.data[$0] }.first.map {
                "git:\($0)"
            }
    }
}

extension VersionCard.Performance {
    fileprivate var json: JSON {
        [
            "type": .string(name), "value": JSON(value), "slice": JSON(slice),
            "confidence_interval": interval.map {
                ["lower_bound": JSON($0.lower), "upper_bound": JSON($0.upper)]
            } ?? .null,
        ]
    }
}
