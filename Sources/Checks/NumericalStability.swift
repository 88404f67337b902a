import Data
public import Domain

/// O5: no weight, loss or prediction is NaN or infinite, no norm explodes, and no matrix of weights is all but zero.
///
/// Reads the weights themselves (ONNX, safetensors, GGUF, JSON, npy, npz); nothing is loaded or run. Of an artifact in another format
/// the files that the gate names are looked at in its place; without one, finite predictions are a warning at best. How layers went through
/// training, checkpoints or a table of statistics show (``LayerSeries``): only their last step may not be broken. Zeros and denormal
/// numbers can be meant, so they are warnings. Where the manifest names a server, that is asked about the edges of each feature's domain, too.
public struct NumericalStability: Check {
    public static let id = "monitor.numerical-stability"
    public static let reads: [DeclaredFile] = [.weights, .trainingLog, .statistics, .checkpoints, .predictions]
    public static let version = 7
    public static let summary =
        "Finds NaN, infinity, dead and denormal weights, norms that explode, and what a server answers at the edges."
    public static let looksAt: Set<CheckInput> = [.clock]

    let files: [String]
    let allow: [String]
    let maxZeros: Double
    let maxDenormals: Double
    let lossColumns: [String]
    let normColumns: [String]
    let maxNormSpike: Double
    let probes: Int
    let beyondDomain: Bool
    let timeout: Duration

    public init(_ fields: Fields) throws(FieldErrors) {
        files = fields.value(
            "files", default: [],
            "further files of weights in the model's folder; they stand in for an artifact whose format cannot be looked at, such as "
                + "joblib")
        allow = fields.value(
            "allow", default: [],
            "tensors and layers that may hold infinity, zeros, dead units and denormal numbers, such as attention masks; * stands "
                + "for anything"
        )
        maxZeros = fields.value(
            "maxZeros", default: 0.99, within: .between(0.5, 1),
            "the greatest share of zeros in a matrix of 100 weights or more: beyond it its units are dead, a warning; and of "
                + "dead units in spec.training.statistics, a failure")
        maxDenormals = fields.value(
            "maxDenormals", default: 0.01, within: .between(0, 1),
            "the greatest share of denormal numbers in a tensor of float32, float64 or bfloat16: beyond it a warning")
        lossColumns = fields.value(
            "lossColumns", default: [],
            "columns of the training log; without them, all whose name contains 'loss', else the first error that XGBoost or LightGBM wrote "
                + "of each dataset")
        normColumns = fields.value(
            "normColumns", default: [],
            "columns of the training log that hold norms of gradients or weights; without them, all whose name contains 'norm'"
        )
        maxNormSpike = fields.value(
            "maxNormSpike", default: 1000, within: .atLeast(1),
            "how many times its running median a norm may be, of the training log, of checkpoints and of statistics")
        probes = fields.value(
            "probes", default: 300, within: .between(0, 1000),
            "how many edges of the features' domains a server is asked about at most; 0 asks none")
        beyondDomain = fields.value(
            "beyondDomain", default: true,
            "whether a server is also asked about values that the schema does not allow, such as 1e308")
        timeout = fields.answerTimeout()
    }

    public func run(on subject: Subject) async throws -> Outcome {
        var weights = WeightReport()
        var findings: [Finding] = [], looked = 0, read: [String] = []
        await gather(&findings, &looked) { try await artifact(of: subject, &weights) }
        let own = weights.tensors
        for file in files {
            await gather(&findings, &looked) {
                let content = try await subject.evidence(file, "weights", namedBy: "the gate")
                return try await scan(RandomAccessBytes(content), name: file, declared: nil, of: subject, &weights)
            }
        }
        let unseen = Finding.unseen(Self.name(of: subject.manifest.artifact))
        if weights.tensors > own { findings.removeAll { $0 == unseen } }
        if let log = subject.manifest.training.log {
            var table: RunTable?
            await gather(&findings, &looked) {
                let read = try await subject.runTable(log, "training log")
                table = read
                return try lossFindings(read, log)
            }
            if let table { await gather(&findings, &looked) { try normFindings(table, log) } }
            read.append("losses")
        }
        if let path = subject.manifest.training.statistics {
            await gather(&findings, &looked) {
                let layers = try LayerSeries.all(in: try await subject.runTable(path, "statistics of layers"), path)
                read.append("statistics of \(layers.count) layers")
                return LayerSeries.findings(in: layers, layerLimits)
            }
        }
        if !subject.manifest.training.checkpoints.isEmpty {
            await gather(&findings, &looked) {
                read.append("\(subject.manifest.training.checkpoints.count) checkpoints")
                return try await checkpointFindings(subject)
            }
        }
        if let evaluation = subject.manifest.evaluation {
            var areFinite = false
            await gather(&findings, &looked) {
                let found = try predictions(
                    try await subject.ownPredictions(), evaluation, subject.manifest.task)
                if found.hasNumbers { read.append("predictions") }
                areFinite = found.hasNumbers && found.findings.isEmpty
                return found.findings
            }
            if areFinite, let place = findings.firstIndex(of: unseen) { findings[place] = .unseen(unseen) }
        }
        var probed: EdgeProbes.Report?
        if probes > 0, subject.manifest.evaluation?.endpoint != nil {
            await gather(&findings, &looked) {
                let report = try await EdgeProbes(of: subject, timeout: timeout).report(
                    atMost: probes, beyondDomain: beyondDomain)
                if report.sent > 0 { read.append(report.words) }
                probed = report
                return report.findings
            }
        }
        return Outcome(
            findings,
            otherwise: "\(weights.values) weights in \(weights.tensors) tensors"
                + read.enumerated().map { ($0 == read.count - 1 ? " and " : ", ") + $1 }.joined() + " are finite",
            measurements: looked == 0
                ? .empty
                : .object(
                    [
                        ("tensors", .int(weights.tensors)), ("values", .int(weights.values)),
                        ("nan", .int(weights.counts.nan)), ("infinite", .int(weights.counts.infinite)),
                        ("zeros", .int(weights.counts.zeros)), ("denormal", .int(weights.counts.denormals)),
                    ] + (probed?.measurements ?? [])))
    }

    private func gather(
        _ findings: inout [Finding], _ looked: inout Int, _ body: () async throws -> [Finding]
    ) async {
        do {
            findings += try await body()
            looked += 1
        } catch {
            findings.append(Finding(gap: error) ?? Finding(.error, "\(error)"))
        }
    }
}

extension NumericalStability {
    private func artifact(of subject: Subject, _ weights: inout WeightReport) async throws -> [Finding] {
        let pointer = subject.manifest.artifact
        let artifact = try await subject.tools.artifact(subject.version, pointer)
        let name = Self.name(of: pointer)
        guard artifact.isFolder else {
            return try await scan(
                RandomAccessBytes(path: artifact.path), name: name, declared: pointer.format, of: subject, &weights)
        }
        var findings: [Finding] = [], seen = 0
        for file in try FolderListing.files(below: artifact.path) {
            let source = try RandomAccessBytes(path: artifact.path + "/" + file)
            guard let part = WeightFile(source, name: file) else { continue }
            seen += 1
            findings += try await look(at: part, &weights) { path in
                try RandomAccessBytes(path: artifact.path + "/" + (Self.folder(of: file) + path))
            }
        }
        return seen > 0 ? findings : [.unseen(name)]
    }

    private static func name(of pointer: ArtifactPointer) -> String { pointer.shown }

    private func scan(
        _ source: RandomAccessBytes, name: String, declared: ModelFormat?, of subject: Subject,
        _ weights: inout WeightReport
    ) async throws -> [Finding] {
        guard let file = WeightFile(source, name: name, declared: declared) else { return [.unseen(name)] }
        return try await look(at: file, &weights) { path in
            guard let content = try await subject.tools.file(subject.version, Self.folder(of: name) + path) else {
                return nil
            }
            return try RandomAccessBytes(content)
        }
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    private func look(
        at file: WeightFile, _ weights: inout WeightReport, external: (String) async throws -> RandomAccessBytes?
    ) async throws -> [Finding] {
        var report: WeightReport
        do throws(Malformed) { report = try file.report() } catch {
            return [Finding(.fail, "\(file.name) cannot be read as \(file.format.rawValue): \(error)", file: file.name)]
        }
        var findings = report.unseen.map { Finding(.inconclusive, "\(file.name): \($0)", file: file.name) }
        for part in report.external {
            findings += try await look(at: part, of: file, &report, external)
        }
        weights.merge(report)
        let patterns = allow.map(NamePattern.init)
        for tensor in report.odd {
            let isAllowed = patterns.contains { $0.matches(tensor.name) }
            if !tensor.counts.isFinite, !isAllowed || tensor.counts.nan > 0 {
                findings.append(.nonFinite(tensor, in: file.name))
            }
            if !isAllowed { findings += warnings(tensor, in: file.name) }
        }
        if report.tensors == 0, findings.isEmpty {
            findings.append(Finding(.inconclusive, "\(file.name) holds no numbers to look at", file: file.name))
        }
        return findings
    }

    /// Data beside the file. A path that leaves the folder is refused.
    private func look(
        at part: WeightReport.External, of file: WeightFile, _ report: inout WeightReport,
        _ open: (String) async throws -> RandomAccessBytes?
    ) async throws -> [Finding] {
        let steps = part.path.pathParts(keepingEmpty: true)
        guard !part.path.isEmpty, !steps.contains(".."), !steps.contains(""), !part.path.utf8.contains(0) else {
            return [.leaves(part, file.name)]
        }
        guard let source = try await open(part.path) else { return [.absent(part, file.name)] }
        do throws(Malformed) {
            try report.scan(
                part.tensor, part.kind, in: source, at: part.offset,
                length: part.length ?? max(0, source.size - part.offset), isMatrix: part.isMatrix)
            return []
        } catch {
            return [Finding(.fail, "\(part.path), data of \(file.name): \(error)", file: part.path)]
        }
    }
}

extension NumericalStability {
    private var layerLimits: LayerSeries.Limits {
        let patterns = allow.map(NamePattern.init)
        return LayerSeries.Limits(maxNormSpike: maxNormSpike, maxZeros: maxZeros) { name in
            patterns.contains { $0.matches(name) }
        }
    }

    /// The weights after some steps, one file after the other.
    private func checkpointFindings(_ subject: Subject) async throws -> [Finding] {
        var layers: [LayerSeries] = [], findings: [Finding] = []
        for (index, path) in subject.manifest.training.checkpoints.enumerated() {
            let source = try RandomAccessBytes(try await subject.evidence(path, "checkpoint"))
            do throws(Malformed) { try LayerSeries.add(source, path, number: index + 1, to: &layers) } catch {
                findings.append(Finding(.fail, "\(path) cannot be read as safetensors: \(error)", file: path))
            }
        }
        return findings + LayerSeries.findings(in: layers, layerLimits)
    }

    /// Fewer weights may all be zero by chance or rounding.
    private static let fewWeights = 100

    private func warnings(_ tensor: WeightReport.Tensor, in file: String) -> [Finding] {
        let all = Double(max(1, tensor.values))
        func finding(_ count: Int, _ limit: Double, _ words: String) -> Finding? {
            let share = Double(count) / all
            guard count > 0, !Bound.isAtMost(share, limit) else { return nil }
            return Finding(
                .warn,
                "\(file): \(count.grouped) of \(tensor.values.grouped) weights in '\(tensor.name)' are \(words) (\(share.percent)), "
                    + "expected at most \(limit.percent); allow names tensors that are meant so", file: file,
                value: share,
                threshold: limit)
        }
        let isLarge = tensor.isMatrix && tensor.values >= Self.fewWeights
        return [
            isLarge ? finding(tensor.counts.zeros, maxZeros, "0, so that its units are dead") : nil,
            finding(tensor.counts.denormals, maxDenormals, "denormal, which is slow and loses digits"),
        ].compactMap(\.self)
    }

    /// Norms that explode, and those that are no number: training with few bits leaves out such a step, so only the last one fails.
    private func normFindings(_ log: RunTable, _ path: String) throws -> [Finding] {
        let names = normColumns.isEmpty ? log.columns.filter { $0.lowercased().contains("norm") } : normColumns
        return try names.flatMap { name throws -> [Finding] in
            if normColumns.isEmpty, isOfWords(name, log) { return [] }
            let all = try log.numbers(log.column(name, or: [], in: path)) ?? []
            let rows = all.indices.filter { all[$0] != nil }, finite = rows.filter { all[$0]?.isFinite ?? false }
            let values = finite.compactMap { all[$0] }
            var findings: [Finding] = []
            if let leap = Leap(in: values, above: maxNormSpike) {
                let row = finite[leap.index]
                findings.append(
                    Finding(
                        .fail,
                        "\(path): \(name) explodes to \(values[leap.index].brief) in row \(row + 1), \(leap.times.brief) times its "
                            + "median before", file: path, line: log.line(of: row), value: leap.times,
                        threshold: maxNormSpike))
            }
            guard let last = rows.last, let broken = rows.first(where: { !(all[$0]?.isFinite ?? true) }) else {
                return findings
            }
            let endsBroken = !(all[last]?.isFinite ?? true), row = endsBroken ? last : broken
            findings.append(
                Finding(
                    endsBroken ? .fail : .warn,
                    "\(path): \(name) is \(log.texts(name)?[row] ?? "") in row \(row + 1), and in "
                        + "\(rows.count - finite.count) of \(rows.count)", file: path, line: log.line(of: row)))
            return findings
        }
    }

    /// Whether a column holds no number at all, such as `norm_type` or `norm_clipped`.
    private func isOfWords(_ name: String, _ log: RunTable) -> Bool {
        !(log.texts(name) ?? []).contains { Double($0) != nil }
    }

    private func lossFindings(_ log: RunTable, _ path: String) throws -> [Finding] {
        let called = log.columns.filter { $0.lowercased().contains("loss") }
        let names = !lossColumns.isEmpty ? lossColumns : called.isEmpty ? log.lossesByDataset : called
        guard !names.isEmpty else {
            throw MissingEvidence("\(path) has no column of losses; name them in lossColumns", file: path)
        }
        return try names.compactMap { name in
            guard let values = try log.numbers(name) else {
                throw MissingEvidence("\(path) has no column '\(name)'; it has \(log.columns.listed())", file: path)
            }
            guard let row = values.firstIndex(where: { $0.map { !$0.isFinite } ?? false }) else { return nil }
            return Finding(
                .fail, "\(path): \(name) is \(log.texts(name)?[row] ?? "") in row \(row + 1) of \(values.count)",
                file: path, line: log.line(of: row))
        }
    }

    /// What is wrong with the columns of numbers that the manifest names, and whether it names any. Classes are no numbers.
    private func predictions(
        _ content: Content, _ evaluation: Model.Evaluation, _ task: ModelTask
    ) throws -> (findings: [Finding], hasNumbers: Bool) {
        let path = evaluation.predictions ?? "predictions"
        let table = try content.table(as: TextFormat(fileName: path)) { names in
            var wanted = [evaluation.columns.score].compactMap(\.self)
            if task == .regression { wanted.append(evaluation.columns.prediction) }
            if let pattern = evaluation.columns.scores {
                let scores = names.filter(NamePattern(pattern).matches)
                wanted += scores.isEmpty ? [pattern] : scores
            }
            for name in wanted where !names.contains(name) {
                throw MissingEvidence("\(path) has no column '\(name)'; it has \(names.listed())", file: path)
            }
            return wanted.map { ColumnRequest($0, .number) }
        }
        return (table.columns.compactMap { Finding(predictions: $0, in: path) }, !table.columns.isEmpty)
    }
}

extension Finding {
    /// A missing score counts too: an empty cell is how NaN is often written.
    fileprivate init?(predictions column: TableColumn, in path: String) {
        guard let numbers = column.numbers, let first = numbers.values.firstIndex(where: { !$0.isFinite }) else {
            return nil
        }
        let count = numbers.values.count { !$0.isFinite }
        self.init(
            .fail,
            "\(path): \(column.name) is not finite in \(count) of \(numbers.values.count) rows, first in row \(first + 1)",
            file: path, line: TableFormat.line(of: first, in: path), value: Double(count), threshold: 0)
    }

    fileprivate static func nonFinite(_ tensor: WeightReport.Tensor, in file: String) -> Finding {
        Finding(
            .fail,
            "\(file): \(tensor.counts.text) in '\(tensor.name)'"
                + (tensor.row.map { ", whose row \($0) has no numbers" } ?? ""), file: file,
            value: Double(tensor.counts.nan + tensor.counts.infinite), threshold: 0)
    }

    fileprivate static func unseen(_ file: String) -> Finding {
        Finding(
            .inconclusive,
            "\(file): weights can be looked at in ONNX, safetensors, JSON, npy and npz; name such a file in files",
            file: file)
    }

    /// The same where predictions show that the model computes numbers.
    fileprivate static func unseen(_ finding: Finding) -> Finding {
        Finding(
            .warn, "\(finding.message); its predictions are finite, which says nothing of other input",
            file: finding.file)
    }

    fileprivate static func leaves(_ part: WeightReport.External, _ file: String) -> Finding {
        Finding(
            .fail, "\(file): tensor '\(part.tensor)' points to '\(part.path)', outside the model's folder", file: file)
    }

    fileprivate static func absent(_ part: WeightReport.External, _ file: String) -> Finding {
        Finding(
            .inconclusive, "\(file): the data of tensor '\(part.tensor)' should be in \(part.path), which is not there",
            file: file)
    }
}
