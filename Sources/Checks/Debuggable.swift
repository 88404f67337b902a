import Data
public import Domain

/// I5: what the model does with a single example can be followed step by step, and served requests can be replayed.
///
/// A file of the version holds the steps; or the server that the manifest names gives them, asked about requests of the serving log
/// with `parameters: {trace: true}`. Where there are a server and a log, what it answered then it must answer now.
public struct Debuggable: Check {
    public static let id = "infra.debuggable"
    public static let reads: [DeclaredFile] = [.trace, .replayedLog]
    public static let version = 4
    public static let looksAt: Set<CheckInput> = [.label, .clock, .deployed]
    public static let summary = "A trace shows the steps of single examples, and served requests can be replayed."

    let trace: String
    let minSteps: Int
    let examples: Int
    let tolerance: Double
    let timeout: Duration

    public init(_ fields: Fields) throws(FieldErrors) {
        trace = fields.value(
            "trace", default: "debug.jsonl", "one object a step: example, step, name, and output, min, max or shape")
        minSteps = fields.value(
            "minSteps", default: 2, within: .atLeast(1), "how many named steps an example must have")
        examples = fields.value(
            "examples", default: 3, within: .between(1, 1000), "how many examples must be traced, or replayed")
        tolerance = fields.value(
            "tolerance", default: 1e-6, within: .atLeast(0), "how far a replay may end from what was logged")
        timeout = fields.answerTimeout()
    }

    public func run(on subject: Subject) async throws -> Outcome {
        let content = try await subject.tools.file(subject.version, trace)
        let isServed = subject.manifest.evaluation?.endpoint != nil && subject.manifest.serving?.log != nil
        guard content != nil || isServed else {
            let words =
                "no trace: write \(trace), one JSON object a step with example, step and name; or name a server and its log"
            return Outcome(.skipped, words)
        }
        return try await Outcome.from {
            let log = try await subject.servingLog(last: nil)
            let bare = log.flatMap(unreplayable)
            var findings = bare.map { [$0] } ?? []
            var measurements: [(String, JSON)] = [], words: [String] = []
            if let content {
                let (table, traced) = try offline(content)
                findings += try await lacking(traced) + subject.strangers(in: table, trace)
                if let log, bare == nil { findings += replay(log, traced, table) }
                measurements = [("examples", .int(traced.count)), ("steps", .int(table.rows.count))]
                words.append("\(traced.count) examples can be followed step by step")
            }
            if isServed, let log, bare == nil {
                do {
                    let replays = try await served(subject, log)
                    findings += replays.flatMap { faults(of: $0, in: log, needsSteps: content == nil) }
                    measurements += [
                        ("replayed", .int(replays.count)),
                        ("server_steps", .array((replays.first?.steps ?? []).map(JSON.string))),
                    ]
                    words.append("\(replays.count) logged requests are answered by the server as they were")
                } catch {
                    guard let gap = Finding(gap: error) else { throw error }
                    findings.append(gap)
                }
            }
            return Outcome(
                findings, otherwise: words.joined(separator: "; "), measurements: .object(measurements))
        }
    }

    private func offline(_ content: Content) throws -> (RunTable, traced: [String: [String]]) {
        let table = try RunTable(evidence: content, path: trace)
        let traced = try steps(table)
        guard traced.count >= examples else {
            throw MissingEvidence("\(trace): \(traced.count) examples are traced, expected \(examples)", file: trace)
        }
        return (table, traced)
    }

    private func lacking(_ traced: [String: [String]]) -> [Finding] {
        traced.filter { $0.value.count < minSteps }.keys.sorted().map {
            Finding(
                .fail, "\(trace): example \($0) has \(traced[$0]?.count ?? 0) named steps, expected \(minSteps)",
                file: trace)
        }
    }

    private func steps(_ table: RunTable) throws(MissingEvidence) -> [String: [String]] {
        let example = try table.column(nil, or: ["example", "request_id", "id"], in: trace)
        let name = try table.column(nil, or: ["name", "tensor", "step"], in: trace)
        var steps: [String: [String]] = [:]
        for (example, name) in zip(table.texts(example) ?? [], table.texts(name) ?? []) where !name.isEmpty {
            steps[example, default: []].append(name)
        }
        return steps.mapValues(\.unique)
    }

    /// A log must hold ids, features and versions.
    private func unreplayable(_ log: ServingLog) -> Finding? {
        let lacking = log.entries.filter { $0.request == nil || $0.features.isEmpty || $0.version == nil }
        return lacking.first.map { first in
            let members = [
                first.request == nil ? "request_id" : nil, first.features.isEmpty ? "features" : nil,
                first.version == nil ? "version" : nil,
            ].compactMap(\.self)
            return Finding(
                .fail,
                "\(log.path): \(lacking.count) of \(log.entries.count) requests cannot be replayed; the first, in line \(first.line), has no "
                    + members.joined(separator: " and no "), file: log.path, line: first.line)
        }
    }

    /// A traced request must end with what the log says was answered.
    private func replay(_ log: ServingLog, _ traced: [String: [String]], _ table: RunTable) -> [Finding] {
        // Steps on the way may give whole tensors; what counts is the last one.
        let ids = table.texts("request_id") ?? table.texts("example") ?? table.texts("id") ?? []
        let last = Dictionary(zip(ids, table.texts("output") ?? [])) { _, newer in newer }
        var findings: [Finding] = [], replayed: Set<String> = []
        for entry in log.entries {
            guard let id = entry.request, let output = last[id].flatMap({ Double($0) }),
                let logged = entry.score ?? entry.prediction?.double
            else { continue }
            replayed.insert(id)
            if Bound.isAtMost(abs(output - logged), tolerance, of: [output, logged]) { continue }
            findings.append(
                Finding(
                    .fail, "request \(id) replays to \(output.brief), the log says \(logged.brief)", file: log.path,
                    line: entry.line, value: output, threshold: logged))
        }
        guard replayed.count < examples else { return findings }
        let words =
            "\(replayed.count) of \(traced.count) traced requests are in \(log.path) and end with an output that can be compared, "
            + "\(examples) are needed"
        return findings + [Finding(.inconclusive, words, file: trace)]
    }
}

extension Debuggable {
    /// The newest requests of the log that say what was answered, asked again.
    private func served(_ subject: Subject, _ log: ServingLog) async throws -> [RequestReplay] {
        let answered = log.entries.filter { $0.score != nil || $0.prediction != nil }.suffix(examples)
        guard answered.count == examples else {
            throw MissingEvidence(
                "\(log.path): \(answered.count) requests say what was answered, \(examples) are needed", file: log.path)
        }
        return try await RequestReplay.all(Array(answered), in: log.path, of: subject, tolerance, timeout: timeout)
    }

    private func faults(of replay: RequestReplay, in log: ServingLog, needsSteps: Bool) -> [Finding] {
        let (name, line) = ("request \(Excerpt.line(replay.request))", replay.line)
        let steps = "intermediate outputs: \(replay.steps.isEmpty ? "none" : replay.steps.listed())"
        var findings: [Finding] = []
        if let (now, logged) = replay.departure {
            let words = "\(name) replays to \(now), the log says \(logged)\(needsSteps ? "; \(steps)" : "")"
            findings.append(
                Finding(.fail, words, file: log.path, line: line, value: Double(now), threshold: Double(logged)))
        }
        if let echo = replay.strangeEcho {
            findings.append(Finding(.fail, "\(name): the server's answer names \(echo)", file: log.path, line: line))
        }
        if let output = replay.differing {
            let words = "\(name): the output '\(Excerpt.line(output))' is another where a trace is asked for"
            findings.append(Finding(.fail, words, file: log.path, line: line))
        }
        if needsSteps, replay.steps.count < minSteps {
            let words = "\(name): with parameters {trace: true} the server gives \(steps); \(minSteps) are expected"
            findings.append(
                Finding(
                    .fail, words, file: log.path, line: line, value: Double(replay.steps.count),
                    threshold: Double(minSteps)))
        }
        return findings
    }
}
