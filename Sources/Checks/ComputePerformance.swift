import Data
public import Domain

/// O6: training time, latency, memory, size and what predictions cost have neither jumped nor crept up, over the versions and while
/// servers run.
///
/// Reads a file of metrics in each version's folder; the earlier ones come from the repository's history. What predictions cost may be
/// declared instead (`spec.serving.costPer1k`), and is then held against the version that runs now. A table of what the servers use
/// says whether their memory grows, and is held against that version's table (``UsageRules``).
public struct ComputePerformance: Check {
    public static let id = "monitor.compute-performance"
    public static let reads: [DeclaredFile] = [.measurements, .usage]
    public static let version = 5
    public static let summary =
        "Training time, latency, memory, size and cost neither jump nor creep up, over versions and while servers run."
    public static let looksAt: Set<CheckInput> = [.history, .deployed, .label, .clock]

    let file: String
    let measures: [String]
    let maxStep: Double
    let maxTotal: Double
    let versions: Int
    let usage: UsageRules

    public init(_ fields: Fields) throws(FieldErrors) {
        file = fields.value("file", default: "metrics.json", "the file of measurements in the model's folder")
        measures = fields.value(
            "measures",
            nonEmpty: [
                "train_seconds", "latency_ms.p95", "peak_memory_bytes", "model_bytes", "cpu_seconds/requests",
                Model.costMeasure,
            ],
            "members of the file, with dots, or one divided by another (cpu_seconds/requests); those that are not there are left out. "
                + "cost_per_1k is what 1,000 predictions cost, in €"
        )
        maxStep = fields.value(
            "maxStep", default: 0.1, within: .between(0, 5), "how much more than the version that runs now, as a share")
        maxTotal = fields.value(
            "maxTotal", default: 0.2, within: .between(0, 5),
            "how much more than the best of the last versions, as a share")
        versions = fields.value(
            "versions", default: 20, within: .between(1, VersionHistory.most), "how many earlier versions to look at")
        usage = UsageRules(
            file: fields.value(
                "usage", default: "usage.csv",
                "a table in the model's folder of what its servers use, such as a row a minute: ts, the columns of usageMeasures, and "
                    + "where they have them instance, uptime_seconds, version and artifact_digest"),
            measures: fields.value(
                "usageMeasures", nonEmpty: ["latency_ms", "rss_bytes", "cpu_seconds/requests"],
                "columns of that table, or one divided by another, whose median and p95 are held against those of the version that runs "
                    + "now (maxStep); those that are not there are left out"),
            memory: fields.value("memory", default: "rss_bytes", "the column that may not grow while a server runs"),
            metric: fields.optional("prometheus", "a metric that tells the servers' memory, in place of that column"),
            maxStep: maxStep,
            maxHourlyGrowth: fields.value(
                "maxHourlyGrowth", default: 0.01, within: .between(0, 1), "how much it may grow in an hour, as a share"),
            warmUp: fields.value(
                "warmUp", default: .seconds(600), "how long after its start a server's memory may grow"),
            minRows: fields.value(
                "minRows", default: 60, within: .between(10, 1_000_000), "fewer rows of the table say too little"))
    }

    public func run(on subject: Subject) async throws -> Outcome {
        let content = try await subject.tools.file(subject.version, file)
        return try await Outcome.from {
            let used = try await usage.report(on: subject)
            guard content != nil || !declared(subject).isEmpty || used != nil else {
                return Outcome(
                    .skipped,
                    "no measurements: write \(file) with \(measures.listed()), or \(usage.file) of what servers use")
            }
            let now = declared(subject).merging(try content.map(read) ?? [:]) { $1 }
            guard !now.isEmpty || used != nil && content == nil else {
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
            let numbers = now.sorted { $0.key < $1.key }
            return Outcome(
                findings + (used?.findings ?? []),
                otherwise: (numbers.map { "\($0.key) \($0.value.brief)" } + (used?.words ?? [])).listed(),
                measurements: .object(
                    [("versions", .int(before.count + 1))] + numbers.map { ($0.key, JSON($0.value)) }
                        + (used.map { [("usage", .object($0.measurements))] } ?? [])))
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
        for measure in measures { found[measure] = try number(measure, in: all) }
        return found
    }

    /// A member's number, or one divided by another's; `nil` where one is not there, or the other is 0.
    private func number(_ measure: String, in all: Measurements) throws(MissingEvidence) -> Double? {
        if let value = all.value(measure) {
            guard let number = value.double else {
                throw MissingEvidence(
                    "\(file): \(measure) is \(Excerpt.line(value.text())), which is no number", file: file)
            }
            return number
        }
        let parts = MeasureName(measure)
        guard let divisor = parts.divisor, let part = try number(parts.dividend, in: all),
            let whole = try number(divisor, in: all), whole != 0
        else { return nil }
        return part / whole
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
        guard values.count >= 5, values.allSatisfy(\.isFinite), let best = values.min(), let last = values.last,
            best > 0,
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

extension Optional {
    func asyncFlatMap<Value>(_ transform: (Wrapped) async throws -> Value?) async rethrows -> Value? {
        if let self { try await transform(self) } else { nil }
    }
}
