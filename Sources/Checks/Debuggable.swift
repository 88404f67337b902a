public import Domain

/// I5: what the model does with a single example can be followed step by step, and served requests can be replayed.
public struct Debuggable: Check {
    public static let id = "infra.debuggable"
    public static let version = 2
    public static let looksAt: Set<CheckInput> = [.label]
    public static let summary = "A trace shows the steps of single examples, and the log holds what a replay needs."

    let trace: String
    let minSteps: Int
    let examples: Int

    public init(_ fields: Fields) throws(FieldErrors) {
        trace = fields.value(
            "trace", default: "debug.jsonl", "one object a step: example, step, name, and output, min, max or shape")
        minSteps = fields.value(
            "minSteps", default: 2, within: .atLeast(1), "how many named steps an example must have")
        examples = fields.value("examples", default: 3, within: .atLeast(1), "how many examples must be traced")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let content = try await subject.tools.file(subject.version, trace) else {
            return Outcome(.skipped, "no trace: write \(trace), one JSON object a step with example, step and name")
        }
        return try await Outcome.from {
            let table: RunTable
            do throws(Malformed) { table = try RunTable(content, path: trace) } catch {
                throw MissingEvidence("\(trace): \(error)", file: trace)
            }
            let traced = try steps(table)
            guard traced.count >= examples else {
                throw MissingEvidence(
                    "\(trace): \(traced.count) examples are traced, expected \(examples)", file: trace)
            }
            var findings = traced.filter { $0.value.count < minSteps }.keys.sorted().map {
                Finding(
                    .fail, "\(trace): example \($0) has \(traced[$0]?.count ?? 0) named steps, expected \(minSteps)",
                    file: trace)
            }
            if let log = try await subject.servingLog(last: nil) { findings += replay(log, traced, table) }
            return Outcome(
                findings, otherwise: "\(traced.count) examples can be followed step by step",
                measurements: ["examples": .int(traced.count), "steps": .int(table.rows.count)])
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

    /// A traced request must end with what the log says was answered; and the log must hold ids, features and versions.
    private func replay(_ log: ServingLog, _ traced: [String: [String]], _ table: RunTable) -> [Finding] {
        let lacking = log.entries.filter { $0.request == nil || $0.features.isEmpty || $0.version == nil }
        if let first = lacking.first {
            return [
                Finding(
                    .fail,
                    "\(log.path): \(lacking.count) of \(log.entries.count) requests cannot be replayed: no id, "
                        + "features or version; first in line \(first.line)", file: log.path, line: first.line)
            ]
        }
        // Steps on the way may give whole tensors; what counts is the last one.
        let ids = table.texts("request_id") ?? table.texts("example") ?? table.texts("id") ?? []
        let last = Dictionary(zip(ids, table.texts("output") ?? [])) { _, newer in newer }
        var findings: [Finding] = [], replayed: Set<String> = []
        for entry in log.entries {
            guard let id = entry.request, let output = last[id].flatMap({ Double($0) }),
                let logged = entry.score ?? entry.prediction?.double
            else { continue }
            replayed.insert(id)
            if abs(output - logged) <= 1e-6 { continue }
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
