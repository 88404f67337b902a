import Data
public import Domain

/// O6: training time, latency, size and what predictions cost have neither jumped nor crept up over the versions.
///
/// Reads a file of metrics in each version's folder; the earlier ones come from the repository's history. What predictions cost may be
/// declared instead (`spec.serving.costPer1k`), and is then held against the version that runs now.
public struct ComputePerformance: Check {
    public static let id = "monitor.compute-performance"
    public static let version = 4
    public static let summary = "Training time, latency, memory, size and cost neither jump nor creep up over versions."
    public static let looksAt: Set<CheckInput> = [.history, .deployed]

    let file: String
    let measures: [String]
    let maxStep: Double
    let maxTotal: Double
    let versions: Int

    public init(_ fields: Fields) throws(FieldErrors) {
        file = fields.value("file", default: "metrics.json", "the file of measurements in the model's folder")
        measures = fields.value(
            "measures",
            nonEmpty: [
                "train_seconds", "latency_ms.p95", "peak_memory_bytes", "model_bytes", Model.costMeasure,
            ],
            "members of the file, with dots; those that are not there are left out. cost_per_1k is what 1,000 predictions cost, in €"
        )
        maxStep = fields.value(
            "maxStep", default: 0.1, within: .between(0, 5), "how much more than the version that runs now, as a share")
        maxTotal = fields.value(
            "maxTotal", default: 0.2, within: .between(0, 5),
            "how much more than the best of the last versions, as a share")
        versions = fields.value(
            "versions", default: 20, within: .between(1, VersionHistory.most), "how many earlier versions to look at")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        let content = try await subject.tools.file(subject.version, file)
        guard content != nil || !declared(subject).isEmpty else {
            return Outcome(.skipped, "no measurements: write \(file) with \(measures.listed())")
        }
        return try await Outcome.from {
            let now = declared(subject).merging(try content.map(read) ?? [:]) { $1 }
            guard !now.isEmpty else {
                throw MissingEvidence("\(file) has none of the members \(measures.listed())", file: file)
            }
            let history = (try? await VersionHistory.versions(of: subject, atMost: versions + 1)) ?? []
            let before = try await history.dropFirst().asyncMap { entry in
                try await subject.tools.file(entry.version, file).map { (try? read($0)) ?? [:] } ?? [:]
            }
            let deployed = try await subject.deployed.asyncFlatMap { deployed in
                let content = try await deployed.tools.file(deployed.version, file)
                return declared(deployed).merging(try content.map(read) ?? [:]) { $1 }
            }
            let gone = (deployed ?? [:]).keys.filter { now[$0] == nil }.sorted()
            var findings =
                gone.isEmpty
                ? []
                : [
                    Finding(
                        .warn,
                        "\(file) lacks \(gone.listed()), which \(subject.deployed?.version.title ?? "") has", file: file
                    )
                ]
            for (name, value) in now.sorted(by: { $0.key < $1.key }) {
                findings += jump(name, value, deployed?[name], subject.deployed?.version.title ?? "")
                findings += creep(name, before.compactMap { $0[name] }.reversed() + [value])
            }
            return Outcome(
                findings, otherwise: now.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.brief)" }.listed(),
                measurements: .object(
                    [("versions", .int(before.count + 1))]
                        + now.sorted { $0.key < $1.key }.map { ($0.key, JSON($0.value)) }))
        }
    }

    /// What the manifest says that predictions cost.
    private func declared(_ subject: Subject) -> [String: Double] {
        guard measures.contains(Model.costMeasure), let cost = subject.manifest.serving?.costPer1k else { return [:] }
        return [Model.costMeasure: cost]
    }

    private func read(_ content: Content) throws -> [String: Double] {
        let all = try Measurements(content, path: file)
        var found: [String: Double] = [:]
        for measure in measures {
            guard let value = all.value(measure) else { continue }
            guard let number = value.double else {
                throw MissingEvidence(
                    "\(file): \(measure) is \(Excerpt.line(value.text())), which is no number", file: file)
            }
            found[measure] = number
        }
        return found
    }

    private func jump(_ name: String, _ value: Double, _ before: Double?, _ title: String) -> [Finding] {
        if !value.isFinite { return [Finding(.fail, "\(name) is \(value)", file: file)] }
        guard let before, before > 0, !Bound.isAtMost(value, before * (1 + maxStep)) else { return [] }
        return [
            Finding(
                .fail,
                "\(name) is \(value.brief), \((value / before - 1).percent) more than \(before.brief) of \(title); "
                    + "expected at most \(maxStep.percent)", file: file, value: value / before - 1, threshold: maxStep)
        ]
    }

    /// Oldest first. Mann and Kendall's test says whether it creeps, Theil and Sen's slope how fast.
    private func creep(_ name: String, _ values: [Double]) -> [Finding] {
        guard values.count >= 5, let best = values.min(), let last = values.last, best > 0,
            !Bound.isAtMost(last, best * (1 + maxTotal))
        else {
            return []
        }
        let trend = Trend(values)
        guard trend.pValue < 0.05, trend.slope > 0 else { return [] }
        return [
            Finding(
                .fail,
                "\(name) has grown by \((trend.slope / best).percent) a version over \(values.count) versions "
                    + "(\((values.first ?? 0).brief) → \(last.brief), p = \(trend.pValue.brief)): a slow leak",
                file: file,
                value: last / best - 1, threshold: maxTotal)
        ]
    }
}

/// Whether a row of numbers rises or falls: Mann-Kendall with the correction for ties, and the Theil-Sen slope.
struct Trend {
    let slope: Double
    /// Two-sided, by the normal approximation.
    let pValue: Double

    init(_ values: [Double]) {
        var slopes: [Double] = []
        for later in values.indices {
            for earlier in 0..<later {
                slopes.append((values[later] - values[earlier]) / Double(later - earlier))
            }
        }
        slope = slopes.median
        pValue = MannKendall(values).pValue
    }
}

extension Optional {
    func asyncFlatMap<Value>(_ transform: (Wrapped) async throws -> Value?) async rethrows -> Value? {
        if let self { try await transform(self) } else { nil }
    }
}
