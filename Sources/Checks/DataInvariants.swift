import Data
public import Domain

/// O2: what holds for the training data holds for what is asked when serving: the schema, and the distributions.
///
/// A dataset may name a stored profile, which then stands in for its table.
public struct DataInvariants: Check {
    public static let id = "monitor.data-invariants"
    public static let reads: [DeclaredFile] = [.servingLog]
    public static let version = 9
    public static let summary =
        "Served requests keep the schema, and their distributions are those of the training data."
    public static let looksAt: Set<CheckInput> = [.clock, .label]

    let threshold: Double
    let alpha: Double
    let minRows: Int
    let window: Duration?
    let maxAge: Duration?
    let maxNullIncrease: Double
    let ignore: [String]

    public init(_ fields: Fields) throws(FieldErrors) {
        threshold = fields.value(
            "threshold", default: 0.1, within: .above(0, upTo: 1),
            "the distance from which on a column has drifted; half of it warns")
        alpha = fields.value(
            "alpha", default: 0.01, within: .inside(0, 1), "the chance of a false alarm over all columns")
        minRows = fields.value("minRows", default: 1000, within: .atLeast(1), "fewer requests are not looked at yet")
        window = fields.optional("window", "how far back from the newest request to look; without it, all")
        maxAge = fields.maxLogAge
        maxNullIncrease = fields.value(
            "maxNullIncrease", default: 0.1, within: .between(0, 1),
            "by how much the share of missing values and NaN may exceed that of the training data")
        ignore = fields.value(
            "ignore", default: [], "features that may drift, such as a season, or need not be served")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard subject.manifest.serving?.log != nil else {
            return Outcome(.skipped, "no serving log configured; name it in spec.serving.log")
        }
        guard let name = subject.manifest.training.data.first else {
            return Outcome(.skipped, "no training data to compare with; name it in spec.training.data")
        }
        return try await Outcome.from {
            let log = try await subject.freshLog(last: window, notOlderThan: maxAge)
            guard log.entries.count >= minRows else {
                throw MissingEvidence(
                    "\(log.path): \(log.entries.count.grouped) requests, \(minRows.grouped) are needed", file: log.path)
            }
            let features = log.features
            guard !features.isEmpty else {
                throw MissingEvidence(
                    "\(log.path): no request has features, so there is nothing to compare", file: log.path)
            }
            var findings = try schemaFindings(log, features, subject)
            let training = try await trainingProfile(name, subject)
            let served = try TableProfile(log.featureLines, format: .jsonLines)
            findings += missingValues(served, training, log.path)
            let drift = Drift(reference: training, current: served)
            let rule = DriftRule(threshold: threshold, significance: alpha)
            let columns = drift.columns.filter { !ignore.contains($0.name) && $0.hasValues }
            let judged = rule.judge(columns)
            let strange = features.filter { training[$0] == nil && !ignore.contains($0) }
            guard !judged.isEmpty else {
                throw MissingEvidence(
                    "\(log.path): no feature was judged: the training data has none of \(features.listed())",
                    file: log.path)
            }
            if !strange.isEmpty { findings.append(.strange(strange, log.path)) }
            findings += zip(columns, judged).compactMap { .drift(of: $0, $1, rule, in: log.path) }
            return Outcome(
                findings,
                otherwise: "\(log.entries.count.grouped) requests\(subject.schema == nil ? "" : " keep the schema"); "
                    + "none of \(judged.count) features has drifted",
                measurements: .object(judged.map { ($0.column, json($0)) }))
        }
    }

    private func json(_ judgement: DriftRule.Judgement) -> JSON {
        [
            "effect": JSON(judgement.effect), "p_value": JSON(judgement.adjustedPValue),
            "noise": JSON(judgement.noiseFloor),
        ]
    }

    private func trainingProfile(_ name: String, _ subject: Subject) async throws -> TableProfile {
        guard let dataset = subject.datasets[name] else {
            throw MissingEvidence("dataset '\(name)' cannot be profiled: there is no data/\(name).yaml")
        }
        if dataset.profile != nil { return try await subject.storedProfile(of: name, dataset) }
        let content = try await subject.tools.data(subject.version, name)
        let options = ProfileOptions(table: dataset.tableOptions)
        return try content.profile(as: TextFormat(dataset.format), options: options)
    }

    /// Features of which more is missing when serving than when training.
    private func missingValues(_ served: TableProfile, _ training: TableProfile, _ path: String) -> [Finding] {
        served.columns.compactMap { column in
            guard !ignore.contains(column.name), let before = training[column.name]?.missingShare,
                let now = column.missingShare, !Bound.isAtMost(now - before, maxNullIncrease, of: [now, before])
            else { return nil }
            return Finding(
                .fail,
                "\(path): \(column.name): \(now.percent) of the served values are missing or NaN, \(before.percent) of the "
                    + "training values; expected at most \(maxNullIncrease.percent) more", file: path,
                value: now - before, threshold: maxNullIncrease)
        }
    }

    /// The features' rules; labels, ids and times are not there when serving.
    private func schemaFindings(_ log: ServingLog, _ served: [String], _ subject: Subject) throws -> [Finding] {
        guard var schema = subject.schema,
            let dataset = try? Dataset(node: ManifestTree(["path": "log", "format": "jsonl"]))
        else { return [] }
        let absent = subject.neededWhenServing(schema).map(\.name).filter {
            !served.contains($0) && !ignore.contains($0)
        }
        let unseen = schema.dropUnserved(served, mayDrift: ignore)
        let unknown = served.filter { name in !schema.columns.contains { $0.name == name } }
        guard !schema.columns.isEmpty else {
            throw MissingEvidence("\(log.path): none of \(unknown.listed()) is in the schema", file: log.path)
        }
        let report = try SchemaReport(
            .bytes(log.featureLines), file: log.path, dataset: dataset, schema: schema,
            path: subject.manifest.schema)
        let unlooked = unseen.isEmpty ? [] : [Finding.unseen(unseen, log.path)]
        return absent.map { .absent($0, log.path) } + report.findings + unlooked
    }
}

extension Schema {
    /// Keeps what can be asked of requests: the columns that are served, and what holds between them. Of those in `mayDrift` the
    /// distribution does not count. Gives the rules and mappings that need other columns, but for such as are in `mayDrift`.
    fileprivate mutating func dropUnserved(_ served: [String], mayDrift: [String]) -> [String] {
        let all = columns, known = Set(served)
        columns = all.filter { known.contains($0.name) }
        for index in columns.indices {
            // As many requests as there are rows in a table would have as many different values.
            (columns[index].distinct, columns[index].distinctShare) = (nil, nil)
            if mayDrift.contains(columns[index].name) { columns[index].forgetStatistics() }
        }
        rows = Rows()
        var unseen: [String] = []
        func keeps(_ needed: [String], _ words: String, _ place: Place) -> Bool {
            let lacking = needed.unique.filter { !known.contains($0) }
            if lacking.contains(where: { !mayDrift.contains($0) }) {
                unseen.append("\(Excerpt.line(words)) (line \(place.line), needs \(lacking.listed()))")
            }
            return lacking.isEmpty
        }
        mappings = mappings.filter { keeps($0.from + [$0.to], "\($0.from.listed()) -> \($0.to)", $0.place) }
        rules = rules.filter { rule in
            let programs = [rule.assert, rule.where].compactMap(\.self).compactMap { try? $0.program(over: all) }
            return keeps(programs.flatMap(\.columns), rule.assert.text, rule.place)
        }
        return unseen
    }
}

extension ColumnProfile {
    /// Nulls and NaN; `nil` without rows.
    fileprivate var missingShare: Double? {
        rows > 0 ? Double(nulls + (numbers?.nan ?? 0)) / Double(rows) : nil
    }
}

extension ColumnDrift {
    fileprivate var hasValues: Bool { referenceCount > 0 || currentCount > 0 }
    /// Why it has no effect.
    fileprivate var gap: String {
        if referenceCount == 0 || currentCount == 0 { return "a side has no values" }
        return isFinite
            ? "distances or the training values' spread are beyond a 64-bit float" : "some values are not finite"
    }

    fileprivate var counts: String { "n = \(referenceCount.grouped) / \(currentCount.grouped)" }
}

extension Finding {
    fileprivate static func absent(_ feature: String, _ path: String) -> Finding {
        Finding(
            .fail, "\(path): the schema requires the feature \"\(feature)\", and no request has it", file: path)
    }

    fileprivate static func unseen(_ relations: [String], _ path: String) -> Finding {
        Finding(
            .warn,
            "\(path): \(relations.count) of the schema's rules and mappings were not looked at, because no request has the columns: "
                + "\(relations.listed()); put these columns into ignore where that is meant", file: path)
    }

    fileprivate static func strange(_ features: [String], _ path: String) -> Finding {
        Finding(
            .warn,
            "\(path): \(features.listed()) \(features.count == 1 ? "is" : "are") not in the training data: whether it drifts is "
                + "not known; put it into ignore where that is meant", file: path)
    }

    fileprivate static func drift(
        of column: ColumnDrift, _ judgement: DriftRule.Judgement, _ rule: DriftRule, in path: String
    ) -> Finding? {
        let verdict: Verdict
        let words: String
        switch judgement.outcome {
        case .stable: return nil
        case .slight, .drifted:
            verdict = judgement.outcome == .drifted ? .fail : .warn
            let what = column.isByValue ? "Jensen-Shannon distance" : "Wasserstein distance over the training deviation"
            words =
                "\(what) \((judgement.effect ?? 0).brief) \(verdict == .fail ? "≥" : "≥ half of") \(rule.threshold.brief), "
                + "p = \((judgement.adjustedPValue ?? 0).brief) (\(column.counts))"
        case .inconclusive(let needed):
            verdict = .inconclusive
            words =
                "\(column.currentCount.grouped) rows are too few to see a drift of \(rule.threshold.brief); "
                + "about \(needed.grouped) on each side would do"
        case .unclear(let most):
            verdict = .inconclusive
            words =
                "what is kept of large or stored data cannot tell: its distance is between \((judgement.effect ?? 0).brief) and "
                + "\(most.brief), or chance (\(column.counts)); let the dataset name no profile, be a sample of at most a million "
                + "rows, or put the column into ignore"
        case .undefined:
            verdict = .inconclusive
            words = "its drift cannot be measured: \(column.gap) (\(column.counts))"
        }
        return Finding(
            verdict, "\(path): \(column.name): \(words)", file: path, value: judgement.effect,
            threshold: rule.threshold)
    }
}
