import Domain

/// How many times as much a model costs as its baseline, of one kind.
struct BaselineCost {
    /// What the model is then, such as `slower`.
    private let word: String
    let times: Double
    /// The two figures; `nil` where only their ratio is declared.
    private let figures: String?
    private let isMeasured: Bool

    /// Less than a tenth is within what two measurements differ by.
    private static let least = 1.1

    init(_ word: String, _ times: Double) {
        self.word = word
        self.times = times
        (figures, isMeasured) = (nil, false)
    }

    /// `nil` unless both are known.
    init?(
        _ word: String, _ own: Double?, _ other: Double?, of what: String = "", isMeasured: Bool = true,
        _ text: (Double) -> String
    ) {
        guard let own, let other, own > 0, other > 0, (own / other).isFinite else { return nil }
        self.word = word
        times = own / other
        figures = "\(what)\(text(own)) against \(text(other))"
        self.isMeasured = isMeasured
    }

    var isMore: Bool { isMeasured ? times >= Self.least : times > 1 }

    /// `14× slower (p95 28 ms against 2 ms)`.
    var words: String {
        guard let figures else { return "\(times.brief)× \(word)" }
        return "\((times < 10 ? (times * 10).rounded() / 10 : times.rounded()).brief)× \(word) (\(figures))"
    }

    var json: JSON { ["what": .string(word), "times": .double(times), "measured": .bool(isMeasured)] }
}

extension Model.Baseline {
    /// Whether it names what it was measured to cost.
    var isMeasured: Bool { measurements != nil || log != nil || artifact != nil }
}

extension Subject {
    /// What the version costs against its baseline: as measured where both sides are, else as declared.
    ///
    /// - Parameter file: The version's own measurements.
    func costs(against baseline: Model.Baseline, file: String) async throws -> [BaselineCost] {
        var measured: [BaselineCost] = [], slower: BaselineCost?, money = money(.empty, .empty, baseline)
        if baseline.isMeasured || baseline.costPer1k != nil {
            let own = try await measurements(file)
            let other = try await baseline.measurements.asyncFlatMap {
                try Measurements(try await evidence($0, "measurements of the baseline"), path: $0)
            }
            slower = try await latency(own, other ?? .empty, baseline)
            money = self.money(own, other ?? .empty, baseline)
            let bytes = { (bytes: Double) in "\(ByteSize(rounding: bytes))" }
            let memory = "peak_memory_bytes"
            measured = [
                BaselineCost("as much memory", own[memory], other?[memory], bytes),
                try await BaselineCost("larger", ownSize(baseline, other), size(of: baseline, other), bytes),
            ].compactMap(\.self)
        }
        let declared = [
            slower == nil ? baseline.timesFaster.map { BaselineCost("slower", $0) } : nil,
            measured.isEmpty ? baseline.timesSmaller.map { BaselineCost("larger", $0) } : nil,
        ]
        return ([slower] + declared + measured + [money]).compactMap(\.self)
    }

    /// What predictions cost: of each side as measured, else as declared.
    private func money(_ own: Measurements, _ other: Measurements, _ baseline: Model.Baseline) -> BaselineCost? {
        let measured = (own[Model.costMeasure], other[Model.costMeasure])
        return BaselineCost(
            "as expensive", measured.0 ?? manifest.serving?.costPer1k, measured.1 ?? baseline.costPer1k,
            of: "per 1,000 predictions ", isMeasured: measured.0 != nil && measured.1 != nil
        ) { "\($0.brief) €" }
    }

    /// The first quantile that both sides know, of their files or else of their logs.
    private func latency(
        _ own: Measurements, _ other: Measurements, _ baseline: Model.Baseline
    ) async throws -> BaselineCost? {
        let others = try await baseline.log.asyncFlatMap { path in
            let bytes = try RandomAccessBytes(try await evidence(path, "log of the baseline")).all(atMost: 1 << 30)
            return try ServingLog(bytes, path: path, of: nil).entries.compactMap(\.latency).filter { $0 >= 0 }
        }
        var logged: [Double]?
        for (share, name) in [(0.95, "p95"), (0.5, "p50"), (0.99, "p99")] {
            guard let theirs = other["latency_ms.\(name)"] ?? others?.quantile(share) else { continue }
            var ours = own["latency_ms.\(name)"]
            if ours == nil {
                if logged == nil { logged = try await ownLatencies() }
                ours = logged?.quantile(share)
            }
            if let cost = BaselineCost("slower", ours, theirs, of: "\(name) ", { "\($0.brief) ms" }) { return cost }
        }
        return nil
    }

    /// Of the serving log, where it says anything of this version.
    private func ownLatencies() async throws -> [Double] {
        do {
            return try await servingLog(last: nil)?.entries.compactMap(\.latency).filter { $0 >= 0 } ?? []
        } catch is MissingEvidence {
            return []
        }
    }

    private func size(of baseline: Model.Baseline, _ other: Measurements?) async throws -> Double? {
        guard let path = baseline.artifact else { return other?["model_bytes"] }
        return Double(try await evidence(path, "artifact of the baseline").size)
    }

    /// Of the artifact itself; asked for only where the baseline has a size.
    private func ownSize(_ baseline: Model.Baseline, _ other: Measurements?) async throws -> Double? {
        guard baseline.artifact != nil || other?["model_bytes"] != nil else { return nil }
        if let size = manifest.artifact.size { return Double(size) }
        return Double(try await tools.artifact(version, manifest.artifact).size)
    }
}

extension Model {
    /// The member of measurements that says what 1,000 predictions cost, in €.
    static let costMeasure = "cost_per_1k"
}
