import Data
import Domain

/// What `monitor.compute-performance` asks of the table of its servers' usage.
struct UsageRules {
    let file: String
    let measures: [String]
    let memory: String
    /// What tells the servers' memory in place of the table.
    let metric: MemoryMetric?
    let maxStep: Double
    let maxHourlyGrowth: Double
    let warmUp: Duration
    let minRows: Int

    /// The quantiles that are compared, by name.
    private static let quantiles: [(name: String, share: Double)] = [("median", 0.5), ("p95", 0.95)]
    /// How sure all comparisons together are.
    private static let confidence = 0.95

    struct Report {
        var findings: [Finding] = []
        /// What was found well, in words.
        var words: [String] = []
        var measurements: [(String, JSON)] = []
    }

    /// `nil` where nothing tells what servers use: neither this version nor the one that runs has such a table, and there is no metric.
    func report(on subject: Subject) async throws -> Report? {
        var report = Report()
        if let metric {
            let runs = try await metric.runs(of: subject.version, until: subject.now, after: warmUp, subject.tools.send)
            grow(runs, "Prometheus", &report)
        }
        guard let content = try await subject.tools.file(subject.version, file) else {
            guard let deployed = subject.deployed, try await deployed.tools.file(deployed.version, file) != nil else {
                return metric == nil ? nil : report
            }
            report.findings.append(
                Finding(.warn, "\(file) is not there, which \(deployed.version.title) has", file: file))
            return report
        }
        let (table, strangers) = try await read(content, of: subject)
        report.findings += strangers
        if metric == nil, let runs = try table.runs(of: memory, after: warmUp) { grow(runs, file, &report) }
        let known = try asked.filter { try table.numbers($0)?.isEmpty == false }
        if report.words.isEmpty, !known.isEmpty { report.words.append("\(file) tells \(known.listed())") }
        if known.isEmpty, !asked.contains(where: { table.lacks(of: $0) != nil }) {
            report.findings.append(
                Finding(.inconclusive, "\(file) has no numbers of \(asked.listed())", file: file))
        }
        try await compare(table, subject.deployed, &report)
        return report
    }

    /// What may be read of the table.
    private var asked: [String] { (metric == nil ? measures + [memory] : measures).unique }

    private func read(_ content: Content, of subject: Subject) async throws -> (UsageTable, [Finding]) {
        let table = try RunTable(evidence: content, path: file)
        return (try UsageTable(table, path: file), try await subject.strangers(in: table, file))
    }

    private func grow(_ runs: [UsageTable.Run], _ source: String, _ report: inout Report) {
        let growth = MemoryGrowth(runs, minRows: minRows), file = source == file ? file : nil
        guard let most = growth.runs.map(\.growth).max() else {
            report.findings.append(
                Finding(
                    .inconclusive,
                    "\(source): no server tells \(memory) from one start to the next, after a warm-up of \(warmUp.text), by more than "
                        + "\(growth.fullest.rows) rows over \(growth.fullest.hours.brief) hours; \(minRows) rows over "
                        + "\(MemoryGrowth.leastHours.brief) hours are needed to tell a leak", file: file,
                    value: Double(growth.fullest.rows), threshold: Double(minRows)))
            return
        }
        report.findings += growth.findings("\(source): \(memory)", atMost: maxHourlyGrowth, in: file)
        report.words.append("\(memory) grows by \(most.percent) an hour at most")
        report.measurements.append(("hourly_growth", .double(most)))
    }

    /// With the version that runs, where that has such a table.
    private func compare(_ table: UsageTable, _ deployed: Subject?, _ report: inout Report) async throws {
        for measure in measures {
            guard let divisor = table.lacks(of: measure) else { continue }
            report.findings.append(
                Finding(
                    .warn,
                    "\(file) has no \(divisor), without which more traffic looks like a slower model (\(measure))",
                    file: file))
        }
        guard let deployed, let content = try await deployed.tools.file(deployed.version, file) else { return }
        let (other, strangers) = try await read(content, of: deployed)
        guard strangers.isEmpty else {
            report.findings += strangers
            return
        }
        let gone = try asked.filter { name in
            try table.numbers(name) == nil && table.lacks(of: name) == nil && other.numbers(name) != nil
        }
        if !gone.isEmpty {
            report.findings.append(
                Finding(.warn, "\(file) lacks \(gone.listed()), which \(deployed.version.title) has", file: file))
        }
        let pairs = try measures.compactMap { measure throws(MissingEvidence) in
            try table.numbers(measure).flatMap { now throws(MissingEvidence) in
                try other.numbers(measure).map { (measure: measure, now: now, before: $0) }
            }
        }
        let confidence = 1 - (1 - Self.confidence) / Double(max(1, pairs.count * Self.quantiles.count))
        for pair in pairs {
            var found: [(String, JSON)] = []
            for (name, share) in Self.quantiles {
                let what = "\(file): \(name) of \(pair.measure)"
                guard pair.now.count >= minRows, pair.before.count >= minRows else {
                    report.findings.append(
                        Finding(
                            .inconclusive,
                            "\(what) has \(pair.now.count) rows and \(pair.before.count) of \(deployed.version.title), "
                                + "\(minRows) are needed", file: file))
                    break
                }
                guard let ratio = QuantileRatio(of: pair.now, to: pair.before, at: share, confidence: confidence) else {
                    continue
                }
                found.append((name, ["ratio": .double(ratio.value), "low": .double(ratio.lower)]))
                report.findings += findings(what, ratio, deployed.version.title)
            }
            report.measurements.append((pair.measure, .object(found)))
        }
    }

    private func findings(_ what: String, _ ratio: QuantileRatio, _ title: String) -> [Finding] {
        guard !Bound.isAtMost(ratio.value, 1 + maxStep) else { return [] }
        let isSure = !Bound.isAtMost(ratio.lower, 1 + maxStep)
        return [
            Finding(
                isSure ? .fail : .warn,
                "\(what) is \(ratio.value.brief) times that of \(title), at least \(ratio.lower.brief) times; expected at most "
                    + "\((1 + maxStep).brief)" + (isSure ? "" : ", though chance could explain it"), file: file,
                value: ratio.value, threshold: 1 + maxStep)
        ]
    }
}
