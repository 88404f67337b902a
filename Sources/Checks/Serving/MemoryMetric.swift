import Domain

/// A metric of Prometheus that tells the memory of each server of a model (HTTP API, `GET /api/v1/query_range`).
struct MemoryMetric: Hashable, Sendable, FieldGroup {
    private let server: PrometheusServer
    let query: String
    let label: String
    let window: Duration

    /// Prometheus refuses to give more than 11,000 samples of a series.
    private static let samples: Int64 = 1440
    /// More samples that are missing in a row are a start anew.
    private static let mostMissing = 5.0

    init(_ fields: Fields) throws(FieldErrors) {
        server = try PrometheusServer(fields)
        query = fields.value(
            "query", default: #"process_resident_memory_bytes{model="{model}"}"#,
            "PromQL that gives the memory of each server; {model} is filled in. Series that name another version are left out"
        )
        label = fields.value("label", default: "instance", "the label that names the server")
        window = fields.value("window", default: .seconds(86_400), "how far back to look, an hour or more")
        if window < .seconds(3600) { fields.complain(about: "window", "must be an hour or more, such as 24h") }
    }

    /// The samples of each server since each of its starts, without those of the first `warmUp`.
    ///
    /// A server starts anew where it gave no number for a while, or no half of the one before.
    func runs(
        of version: ModelVersion, until now: Timestamp, after warmUp: Duration,
        _ send: (Tools.Call) async throws -> Tools.Reply
    ) async throws -> [UsageTable.Run] {
        let question = query.replacing("{model}", with: version.model)
        let step = max(1, window.milliseconds / 1000 / Self.samples)
        let range = "start=\((now + (.zero - window)).seconds)&end=\(now.seconds)&step=\(step)"
        let data = try await server.data(
            "query_range?query=\(question.percentEncoded)&\(range)", of: question,
            about: "how much memory servers take",
            send)
        guard data["resultType"]?.string == "matrix", let all = data["result"]?.array else {
            throw MissingEvidence("'\(question)' gives no numbers over time; use an instant vector")
        }
        let series = all.filter { $0["metric"]?["version"]?.string.map(version.isCalled) ?? true }
        guard !series.isEmpty else {
            throw MissingEvidence("Prometheus has no series of \(version.title) for '\(question)'")
        }
        guard series.count <= UsageTable.mostServers else {
            throw MissingEvidence(
                "'\(question)' gives \(series.count.grouped) servers, \(UsageTable.mostServers) are looked at")
        }
        return try series.flatMap { one throws(MissingEvidence) in
            try runs(of: one, Double(step), after: warmUp, question)
        }
    }

    private func runs(
        of series: JSON, _ step: Double, after warmUp: Duration, _ question: String
    ) throws(MissingEvidence) -> [UsageTable.Run] {
        let server = series["metric"]?[label]?.string, warmUp = Double(warmUp.milliseconds) / 1000
        var runs: [UsageTable.Run] = [], start = 0.0, last: (time: Double, size: Double)?
        for sample in series["values"]?.array ?? [] {
            // `[time, "number"]`.
            guard let parts = sample.array, parts.count == 2, let time = parts[0].double, let text = parts[1].string,
                let size = Double(text), time.isFinite, time >= last?.time ?? time
            else { throw MissingEvidence("'\(question)' gives what is no number at a time") }
            // NaN and the like say that there is no number.
            guard size.isFinite, size >= 0 else { continue }
            if last.map({ time - $0.time > Self.mostMissing * step || size < $0.size / 2 }) ?? true {
                runs.append(UsageTable.Run(server: server))
                start = time
            }
            last = (time, size)
            guard time - start >= warmUp else { continue }
            runs[runs.count - 1].hours.append((time - start) / 3600)
            runs[runs.count - 1].values.append(size)
        }
        return runs
    }
}
