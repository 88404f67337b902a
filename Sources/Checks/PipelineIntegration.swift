public import Domain

/// I3: the whole pipeline ran from data to prediction, each stage on what the one before it made; where the record does not tell that, it
/// is a warning.
public struct PipelineIntegration: Check {
    public static let id = "infra.pipeline-integration"
    public static let reads: [DeclaredFile] = [.pipeline]
    public static let version = 5
    public static let summary = "A recorded run passed every stage of the pipeline, end to end, recently enough."
    public static let looksAt: Set<CheckInput> = [.clock, .history, .deployed]

    let file: String
    let stages: [String]
    let maxAge: Duration
    let maxDuration: Duration?

    public init(_ fields: Fields) throws(FieldErrors) {
        file = fields.value(
            "file", default: "pipeline.jsonl",
            "one object a stage in the model's folder: stage, status, inputs and outputs (digests), start, end; commit and "
                + "artifact_digest, where it has them, must be of this version")
        stages = fields.value(
            "stages", nonEmpty: ["data", "features", "train", "evaluate", "package", "serve", "predict"],
            "the stages, in order")
        maxAge = fields.value("maxAge", default: .seconds(7 * 86_400), "the greatest age of the run")
        maxDuration = fields.optional("maxDuration", "how long the run may have taken")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let content = try await subject.tools.file(subject.version, file) else {
            return Outcome(
                .skipped,
                "no record of a run: write \(file), one object a stage with stage, status, inputs, outputs, start and end"
            )
        }
        return try await Outcome.from {
            let runs = try PipelineRun(try RandomAccessBytes(content).all(atMost: RunTable.limit), path: file)
            var findings = stages.compactMap { runs.finding(for: $0, in: file) }
            findings += runs.broken(between: stages, in: file) + runs.disorder(of: stages, in: file)
            findings += runs.unlinked(between: stages, in: file)
            findings += try await subject.strangers(among: runs.artifacts, in: file)
            findings += try await elsewhere(runs.commits, subject)
            if runs.artifacts.isEmpty, runs.commits.isEmpty { findings += try await subject.copied(file) }
            if let end = runs.end, end > subject.now {
                findings.append(
                    Finding(
                        .inconclusive, "\(file): the run ended at \(end): that lies ahead; is the clock right?",
                        file: file))
            } else if let end = runs.end, subject.now - end > maxAge {
                findings.append(
                    Finding(
                        .fail,
                        "\(file): the run ended \((subject.now - end).text) ago, expected at most \(maxAge.text)",
                        file: file))
            } else if runs.end == nil {
                findings.append(Finding(.inconclusive, "\(file): no stage says when it ended", file: file))
            }
            if let maxDuration, let duration = runs.duration, duration > maxDuration {
                findings.append(
                    Finding(
                        .fail, "\(file): the run took \(duration.text), expected at most \(maxDuration.text)",
                        file: file))
            }
            return Outcome(
                findings, otherwise: "all \(stages.count) stages passed\(runs.duration.map { " in \($0.text)" } ?? "")",
                measurements: runs.has(any: stages)
                    ? ["stages": .int(runs.count), "end": JSON(runs.end?.description)] : .empty)
        }
    }

    /// Commits of the run that are not in the version's history: the record itself is committed after the run.
    private func elsewhere(_ commits: [String], _ subject: Subject) async throws -> [Finding] {
        let revision = subject.version.revision
        if let name = commits.first(where: { ObjectID($0) == nil }) {
            return [Finding(.inconclusive, "\(file): '\(name)' is no commit; write all of its digits", file: file)]
        }
        let others = try await subject.tools.store.read { reader in
            try commits.compactMap { ObjectID($0) }.filter { commit in
                guard (try? reader.commit(commit)) != nil else { return true }
                return try !reader.reaches(commit, from: revision)
            }
        }
        if let other = others.first {
            return [
                Finding(
                    .fail,
                    "\(file): the run is of commit \(other.short), which is not in the history of \(subject.version.title)",
                    file: file)
            ]
        }
        guard commits.count > 1 else { return [] }
        return [Finding(.fail, "\(file): the stages are of several commits: \(commits.listed())", file: file)]
    }
}

/// The stages of one recorded run; of a stage that is there twice, the last counts.
struct PipelineRun {
    private struct Stage {
        let status: String
        let inputs: [String]
        let outputs: [String]
        let start: Timestamp?
        let end: Timestamp?
        let commit: String?
        let artifact: String?
    }

    private var stages: [String: Stage] = [:]
    /// What the stages say that they ran at and made, each once.
    var commits: [String] { stages.values.compactMap(\.commit).unique.sorted() }
    var artifacts: [String] { stages.values.compactMap(\.artifact).unique.sorted() }

    init(_ bytes: [UInt8], path: String) throws(MissingEvidence) {
        for (number, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 <= 0x20 }) { continue }
            let object: JSON
            do throws(JSON.SyntaxError) { object = try JSON(parsing: Array(line)) } catch {
                throw MissingEvidence("\(path):\(number + 1): \(error.message)", file: path)
            }
            guard let name = object["stage"]?.string, let status = object["status"]?.string else {
                throw MissingEvidence("\(path):\(number + 1): no stage and status", file: path)
            }
            let list = { (key: String) in
                object[key]?.array?.compactMap(\.string) ?? object[key]?.string.map { [$0] } ?? []
            }
            stages[name] = Stage(
                status: status, inputs: list("inputs"), outputs: list("outputs"),
                start: object["start"]?.string.flatMap { Timestamp($0) },
                end: object["end"]?.string.flatMap { Timestamp($0) }, commit: object["commit"]?.string,
                artifact: object["artifact_digest"]?.string)
        }
        if stages.isEmpty { throw MissingEvidence("\(path) holds no stage", file: path) }
    }

    var count: Int { stages.count }

    /// Whether one of these stages was run at all; else it is no run of this pipeline.
    func has(any names: [String]) -> Bool { names.contains { stages[$0] != nil } }
    var end: Timestamp? { stages.values.compactMap(\.end).max() }
    var duration: Duration? { stages.values.compactMap(\.start).min().flatMap { start in end.map { $0 - start } } }

    func finding(for name: String, in path: String) -> Finding? {
        guard let stage = stages[name] else {
            return Finding(.fail, "\(path): stage \"\(name)\" was not run", file: path)
        }
        let passed = ["passed", "pass", "success", "succeeded", "ok", "completed"].contains(stage.status.lowercased())
        return passed ? nil : Finding(.fail, "\(path): stage \"\(name)\" ended as \(stage.status)", file: path)
    }

    /// Stages that ended before they started, or started before the stage that they follow had ended.
    func disorder(of names: [String], in path: String) -> [Finding] {
        let backwards = names.filter { name in
            guard let stage = stages[name], let start = stage.start, let end = stage.end else { return false }
            return end < start
        }
        let early = zip(names, names.dropFirst()).filter { before, after in
            guard let one = stages[before], let other = stages[after], let end = one.end ?? one.start,
                let start = other.start ?? other.end
            else { return false }
            return start < end
        }
        return backwards.map { Finding(.fail, "\(path): stage \"\($0)\" ended before it started", file: path) }
            + early.map { Finding(.fail, "\(path): stage \"\($1)\" started before \"\($0)\" had ended", file: path) }
    }

    /// A warning of stages of which it is not known whether they took what the stage before them made.
    func unlinked(between names: [String], in path: String) -> [Finding] {
        let open = zip(names, names.dropFirst()).filter { before, after in
            guard let one = stages[before], let other = stages[after] else { return false }
            return one.outputs.isEmpty || other.inputs.isEmpty
        }
        guard !open.isEmpty else { return [] }
        let words = open.map { "\"\($1)\" took what \"\($0)\" made" }.listed()
        return [
            Finding(
                .warn, "\(path): that \(words) is not known: write the digests of their inputs and outputs", file: path)
        ]
    }

    /// Stages that took nothing of what the stage before them made.
    func broken(between names: [String], in path: String) -> [Finding] {
        zip(names, names.dropFirst()).compactMap { before, after in
            guard let one = stages[before], let other = stages[after], !one.outputs.isEmpty, !other.inputs.isEmpty,
                Set(one.outputs).isDisjoint(with: other.inputs)
            else { return nil }
            return Finding(.fail, "\(path): stage \"\(after)\" took nothing that \"\(before)\" made", file: path)
        }
    }
}
