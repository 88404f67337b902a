public import Domain

/// Answers are fast enough and memory suffices, as measured before the version is deployed or in its serving log.
public struct ServingBudget: Check {
    public static let id = "infra.serving-budget"
    public static let reads: [DeclaredFile] = [.measurements, .servingLog]
    public static let version = 3
    public static let looksAt: Set<CheckInput> = [.label]
    public static let summary = "Latency and memory keep the budgets of spec.serving."

    let file: String
    let latency: String
    let memory: String
    let quantile: Double

    public init(_ fields: Fields) throws(FieldErrors) {
        file = fields.value("file", default: "metrics.json", "the file of measurements in the model's folder")
        latency = fields.value(
            "latency", default: "latency_ms.p99", "the member that holds the latency in milliseconds")
        memory = fields.value("memory", default: "peak_memory_bytes", "the member that holds the memory in bytes")
        quantile = fields.value(
            "quantile", default: 0.99, within: .above(0, upTo: 1),
            "which quantile of the serving log's latencies counts")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let serving = subject.manifest.serving, serving.latencyBudget != nil || serving.memoryBudget != nil else {
            return Outcome(.skipped, "no budget configured; give spec.serving.latencyBudget or memoryBudget")
        }
        return try await Outcome.from {
            var findings: [Finding] = [], measurements: [(String, JSON)] = [], texts: [String] = []
            let measured = try await subject.measurements(file)
            if let budget = serving.latencyBudget {
                let most = Double(budget.milliseconds)
                let all = try await latencies(subject, measured)
                guard !all.isEmpty else {
                    throw MissingEvidence(
                        "the latency is not known: write \(latency) in \(file), or name spec.serving.log", file: file)
                }
                for (source, found) in all {
                    measurements.append((source == file ? "latency_ms" : "served_latency_ms", .double(found)))
                    texts.append("\(found.brief) ms of \(budget.text) (\(source))")
                    if !(found <= most) {
                        findings.append(
                            Finding(
                                .fail, "\(source): answers take \(found.brief) ms, the budget is \(budget.text)",
                                file: source,
                                value: found, threshold: most))
                    }
                }
            }
            if let budget = serving.memoryBudget {
                guard let found = measured[memory] else {
                    throw MissingEvidence("the memory is not known: write \(memory) in \(file)", file: file)
                }
                measurements.append(("memory_bytes", .double(found)))
                texts.append("\(ByteSize(rounding: found)) of \(budget)")
                if !(found <= Double(budget.bytes)) {
                    findings.append(
                        Finding(
                            .fail, "it needs \(ByteSize(rounding: found)), the budget is \(budget)",
                            value: found,
                            threshold: Double(budget.bytes)))
                }
            }
            return Outcome(findings, otherwise: texts.joined(separator: ", "), measurements: .object(measurements))
        }
    }

    /// What was measured before, and what the requests took that were served, by where it stands. A log of other versions alone says
    /// nothing where the first is there.
    private func latencies(_ subject: Subject, _ measured: Measurements) async throws -> [(
        source: String, found: Double
    )] {
        let own = measured[latency].map { (file, $0) }
        guard let path = subject.manifest.serving?.log else { return [own].compactMap(\.self) }
        do {
            let served = try await subject.servingLog(last: nil)?.entries.compactMap(\.latency).quantile(quantile)
            return [own, served.map { (path, $0) }].compactMap(\.self)
        } catch let gap as MissingEvidence {
            guard let own else { throw gap }
            return [own]
        }
    }
}
