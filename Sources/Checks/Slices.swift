import Data
public import Domain

/// M6: quality is sufficient on every important slice of the data.
///
/// A slice fails where it is worse than its bound, or than before, by more than chance: Holm-corrected over all of these
/// tests on all slices of all columns. A drop that chance could explain, or hide, is a warning: a slice of a hundred rows seldom
/// proves that it lost no two of them. Where no slice is named, weak ones are looked for among columns of few values.
public struct Slices: Check {
    public static let id = "model.slices"
    public static let reads: [DeclaredFile] = [.predictions]
    public static let version = 7
    public static let summary = "A metric holds on every slice: in itself, and against the whole."
    public static let looksAt: Set<CheckInput> = [.deployed]

    let metric: String?
    let columns: [String]
    let auto: Bool?
    let values: [String: [String]]
    let min: Double?
    let max: Double?
    let ratio: Double
    let maxDrop: Double?
    let minRows: Int
    let minPerClass: Int
    let thin: Thin
    let confidence: Double
    let minCoverage: Double

    /// Two points of a hundred.
    private static let standardDrop = 0.02

    /// What a slice of too few rows counts as.
    public enum Thin: String, FieldChoice {
        case inconclusive, warn
        var verdict: Verdict { self == .warn ? .warn : .inconclusive }
    }

    public init(_ fields: Fields) throws(FieldErrors) {
        metric = fields.optional("metric", "the metric; without it accuracy, mae for a regression, ndcg for a ranking")
        columns = fields.value("columns", default: [], "the columns; without them those of spec.evaluation.slices")
        auto = fields.optional(
            "auto", "whether to look for weak slices among all columns of few values; without it, where none is named")
        values = fields.value("values", default: [:], "by column, the values that must be there")
        min = fields.optional("min", "the least value on each slice")
        max = fields.optional("max", "the greatest value on each slice")
        ratio = fields.value(
            "ratio", default: 0.8, within: .between(0, 1),
            "the least share of the whole's value; of an error, of its inverse")
        maxDrop = fields.optional(
            "maxDrop", within: .atLeast(0),
            "how much worse than the version that runs now a slice may be; without it \(Self.standardDrop), of a regression so "
                + "much of the whole's value")
        minRows = fields.value("minRows", default: 100, within: .atLeast(1), "fewer rows say too little")
        minPerClass = fields.value("minPerClass", default: 10, within: .atLeast(0), "so do fewer rows of either label")
        thin = fields.value("thin", default: .inconclusive, "what a slice of too few rows counts as")
        confidence = fields.value("confidence", default: 0.95, within: .inside(0, 1), "how sure a failure has to be")
        minCoverage = fields.dataCoverage
        if ratio == 0, min == nil, max == nil, maxDrop == nil {
            fields.complain(about: "ratio", "the slices have no bound", hint: "give a ratio, min, max or maxDrop")
        }
        fields.requireDirection(of: metric, about: "metric")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        let declared = columns.isEmpty ? subject.manifest.evaluation?.slices ?? [] : columns
        let columns = declared + values.keys.sorted().filter { !declared.contains($0) }
        let looks = auto ?? columns.isEmpty
        guard !columns.isEmpty || looks, subject.manifest.evaluation != nil else {
            return Outcome(.skipped, "no slices configured; name columns in spec.evaluation.slices")
        }
        return try await Outcome.from {
            let spare = looks ? try await subject.columnsOfFewValues() : []
            guard !columns.isEmpty || !spare.isEmpty else {
                return Outcome(.skipped, "no slices configured, and the predictions have no column of few values")
            }
            let (plain, departures) = try await subject.judgedPredictions(
                slices: (columns + spare).unique, atLeast: minCoverage)
            let predictions = plain.crossing(spare)
            let name = metric ?? subject.manifest.task.standardMetric(error: "mae")
            let evaluation = Evaluation(of: predictions)
            guard
                let overall = try MetricReading(
                    name, of: predictions, in: evaluation.metrics, confidence: confidence)
            else { throw MissingEvidence("there is no metric '\(name)' of this task") }
            var findings = departures + missing(evaluation)
            var readings: [SliceReading] = []
            for slicing in evaluation.slices where columns.contains(slicing.column) {
                for slice in slicing.slices {
                    switch read(slice, of: slicing.column, overall, predictions) {
                    case .success(let reading): readings.append(reading)
                    case .failure(let gap): findings.append(Finding(thin.verdict, gap.message))
                    }
                }
            }
            if bound(overall) == nil, maxDrop == nil {
                findings.append(
                    Finding(
                        .inconclusive,
                        "a share of \(overall.text) on the whole is no bound for slices; give min, max or maxDrop"))
            }
            let most = maxDrop ?? Self.standardDrop * (subject.manifest.task == .regression ? abs(overall.value) : 1)
            let changes = try await changes(readings, subject, columns)
            findings += changes.gaps + judge(readings, changes.known, most, overall)
            let others = evaluation.slices.filter { !columns.contains($0.column) }
            let search = looks ? WeakSlices(among: others, of: predictions, overall, self) : nil
            findings += try search?.findings(hasOthers: !columns.isEmpty) ?? []
            let count = readings.count + (search?.tested ?? 0)
            return Outcome(
                findings, otherwise: "\(name) holds on \(count) slices; overall \(overall.text)",
                measurements: measurements(readings, changes.known, overall, search))
        }
    }

    private func missing(_ evaluation: Evaluation) -> [Finding] {
        values.sorted { $0.key < $1.key }.flatMap { column, values in
            let there = evaluation.slices.first { $0.column == column }?.slices.map(\.value) ?? []
            return values.filter { !there.contains($0) }.map {
                Finding(.fail, "slice \(column)=\($0) is asked for and has no rows")
            }
        }
    }

    func read(
        _ slice: Evaluation.Slice, of column: String, _ overall: MetricReading, _ predictions: Predictions
    ) -> Result<SliceReading, MissingEvidence> {
        let title = "\(column)=\(slice.value)"
        if let shortage = shortage(of: slice) { return .failure(.thin(title, shortage)) }
        do throws(MissingEvidence) {
            guard let part = predictions.slice(column, slice.value),
                let reading = try MetricReading(overall.name, of: part, in: slice.metrics, confidence: confidence)
            else { return .failure(.thin(title, "no value")) }
            return .success(
                SliceReading(column: column, value: slice.value, rows: slice.rows, part: part, reading: reading))
        } catch { return .failure(.thin(title, error.message)) }
    }

    /// Why a slice has too few rows; `nil` where it has enough.
    func shortage(of slice: Evaluation.Slice) -> String? {
        guard slice.rows >= minRows else { return "\(slice.rows) rows, fewer than \(minRows)" }
        guard let positives = slice.metrics["positives"].map({ Int($0) }) else { return nil }
        let least = Swift.min(positives, slice.rows - positives)
        return least < minPerClass ? "\(least) rows of one label, fewer than \(minPerClass)" : nil
    }

    // MARK: Verdicts

    /// The strictest bound that holds for every slice, in the direction in which the metric is better.
    func bound(_ overall: MetricReading) -> Double? {
        if MetricDirection.isHigherBetter(overall.name) {
            return [min, overall.value * ratio > 0 ? overall.value * ratio : nil].compactMap { $0 }.max()
        }
        return [max, ratio > 0 ? overall.value / ratio : nil].compactMap { $0 }.min()
    }

    /// The tests of all slices are one family.
    private func judge(
        _ readings: [SliceReading], _ changes: [SliceChange], _ most: Double, _ overall: MetricReading
    ) -> [Finding] {
        let bound = bound(overall)
        let isHigherBetter = MetricDirection.isHigherBetter(overall.name)
        let bounded = bound.map { bound in
            readings.map { $0.chance(ofKeeping: bound, isHigherBetter, confidence: confidence) }
        }
        let dropped = changes.map { $0.change.chance(ofDropping: most) }
        let chances = MultipleTests.holm((bounded ?? []) + dropped)
        let short = bound.map { judge(readings, chances, $0, overall) } ?? []
        let sure = chances.suffix(dropped.count).map { $0 < 1 - confidence }
        // What fails its bound has dropped, too, and need not be told twice.
        let failed = Set(short.filter { $0.finding.verdict == .fail }.map(\.title))
        return short.map(\.finding)
            + zip(changes, sure).filter { !failed.contains($0.0.slice.title) }
            .compactMap { $0.finding(atMost: most, isSure: $1, confidence: confidence) }
    }

    private func judge(
        _ readings: [SliceReading], _ chances: [Double], _ bound: Double, _ overall: MetricReading
    ) -> [(title: String, finding: Finding)] {
        let isHigherBetter = MetricDirection.isHigherBetter(overall.name)
        return zip(readings, chances).compactMap { slice, chance in
            let isKept = slice.reading.keeps(bound)
            let sure = isHigherBetter ? slice.reading.verdict(atLeast: bound) : slice.reading.verdict(atMost: bound)
            if sure == .pass { return nil }
            if isKept { return (slice.title, .open(slice, bound, .warn)) }
            return (slice.title, .bad(slice, bound, overall, chance < 1 - confidence ? .fail : .inconclusive))
        }
    }

    // MARK: Against the version that runs now

    /// What cannot be compared is inconclusive where a drop is asked about, else a warning.
    private func changes(
        _ readings: [SliceReading], _ subject: Subject, _ columns: [String]
    ) async throws -> (known: [SliceChange], gaps: [Finding]) {
        guard let deployed = subject.deployed, !readings.isEmpty else { return ([], []) }
        func gap(_ found: Finding, _ what: String) -> Finding {
            let words = "the change of \(what) from \(deployed.version.title) cannot be measured: \(found.message)"
            let isAsked = found.verdict == .error || maxDrop != nil
            return Finding(isAsked ? found.verdict : .warn, words, mayChange: found.mayChange)
        }
        let before: Predictions
        do { before = try await deployed.readPredictions(slices: columns) } catch {
            guard let found = Finding(gap: error) else { throw error }
            return ([], [gap(found, "slices")])
        }
        // A new manifest of the same model: that its predictions are the same is no chance.
        let isSameModel = await subject.hasArtifact(of: deployed) == true
        var known: [SliceChange] = [], gaps: [Finding] = []
        for slice in readings {
            do throws(MissingEvidence) {
                let change = try change(of: slice, from: before)
                known.append(SliceChange(slice: slice, change: isSameModel ? change.ofOneArtifact : change))
            } catch { gaps.append(gap(Finding(.inconclusive, error.message), slice.title)) }
        }
        return (known, gaps)
    }

    /// On the rows that both predicted; as of independent samples where the rows cannot be matched.
    private func change(
        of slice: SliceReading, from before: Predictions
    ) throws(MissingEvidence) -> PairedChange {
        let name = slice.reading.name
        guard let old = before.slice(slice.column, slice.value) else { throw MissingEvidence("it has no such rows") }
        if let change = (try? PairedChange.all([name], from: old, to: slice.part))?[name] {
            guard change.rows >= minRows else {
                throw MissingEvidence("\(change.rows) rows in common, fewer than \(minRows)")
            }
            return change
        }
        let metrics = Evaluation(of: old).metrics
        guard let reading = try MetricReading(name, of: old, in: metrics, confidence: confidence) else {
            throw MissingEvidence("\(name) is not known there")
        }
        return try PairedChange(from: reading, to: slice.reading, rows: slice.rows, confidence: confidence)
    }

    private func measurements(
        _ readings: [SliceReading], _ changes: [SliceChange], _ overall: MetricReading, _ search: WeakSlices?
    ) -> JSON {
        var columns: [(String, JSON)] = []
        for column in readings.map(\.column).unique {
            let slices = readings.filter { $0.column == column }.map { slice in
                let change = changes.first { $0.slice.column == column && $0.slice.value == slice.value }
                return (
                    slice.value,
                    JSON.object(
                        [("n", .int(slice.rows)), (slice.reading.name, slice.reading.json)]
                            + (change.map { [("change", $0.json(confidence))] } ?? []))
                )
            }
            columns.append((column, .object(slices)))
        }
        let members: [(String, JSON)] = [
            ("metric", .string(overall.name)), ("overall", overall.json),
            ("greater_is_better", .bool(MetricDirection.isHigherBetter(overall.name))), ("slices", .object(columns)),
        ]
        return .object(members + (search.map { [("search", $0.json)] } ?? []))
    }
}

extension Evaluation.Slice {
    var rows: Int { Int(metrics["n"] ?? 0) }
}

extension MissingEvidence {
    fileprivate static func thin(_ title: String, _ words: String) -> MissingEvidence {
        MissingEvidence("slice \(title) says too little: \(words)")
    }
}

extension Finding {
    static func bad(
        _ slice: SliceReading, _ bound: Double, _ overall: MetricReading, _ verdict: Verdict
    ) -> Finding {
        let sign = MetricDirection.isHigherBetter(overall.name) ? "<" : ">"
        let more = verdict == .fail ? "" : ", though chance could explain it"
        return Finding(
            verdict,
            "\(slice.title): \(slice.reading.text) \(sign) \(bound.brief)\(more); overall \(overall.value.brief)",
            value: slice.reading.value, threshold: bound)
    }

    fileprivate static func open(_ slice: SliceReading, _ bound: Double, _ verdict: Verdict) -> Finding {
        Finding(
            verdict, "\(slice.title): \(slice.reading.text) keeps \(bound.brief), but its interval does not",
            value: slice.reading.value, threshold: bound)
    }
}
