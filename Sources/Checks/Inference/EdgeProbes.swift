import Domain

/// Asks a server about a row of the dataset with one feature after another at an edge (``Edge``): numbers must come back, or a refusal.
struct EdgeProbes {
    private let server: InferenceServer
    private let rows: InferenceRows
    private let metadata: InferenceServer.Metadata
    private let schema: Schema?
    private let task: ModelTask
    private let outputs: [String]
    private let nameOfPrediction: String?
    private let end: ServerTime

    /// So many are under way at a time.
    private static let width = 4

    init(of subject: Subject, timeout: Duration) async throws {
        server = try await InferenceServer(of: subject, timeout: timeout)
        rows = try await InferenceRows(of: subject)
        metadata = try await server.metadata()
        schema = subject.schema
        task = subject.manifest.task
        let named = subject.manifest.evaluation?.outputs ?? Model.Outputs()
        outputs = [named.prediction, named.score].compactMap(\.self).unique
        nameOfPrediction = named.prediction
        end = ServerTime(server)
    }

    struct Report {
        var findings: [Finding]
        /// How many edges there are, how many of them were sent, and how many of those were refused.
        var edges = 0, sent = 0, refused = 0

        var measurements: [(String, JSON)] {
            [("edges", .int(edges)), ("probes", .int(sent)), ("refused", .int(refused))]
        }

        var words: String {
            let some = sent < edges ? "\(sent.grouped) of \(edges.grouped)" : sent.grouped
            return "answers to \(some) edge probes" + (refused > 0 ? " (\(refused.grouped) refused)" : "")
        }
    }

    /// What the first `limit` edges give, the worst of each feature first; `beyondDomain` takes those that the schema does not allow, too.
    ///
    /// Throws where the server refuses the row as it is.
    func report(atMost limit: Int, beyondDomain: Bool) async throws -> Report {
        let base = plainRow
        let plain = try await server.infer(request(nil, base))
        if let broken = plain.first(where: { $0.fractions.contains { !$0.isFinite } }) {
            let words = "row \(base + 1) of the dataset gives no number in '\(Excerpt.line(broken.name))'"
            return Report(findings: [Finding(.fail, words)])
        }
        let all = edges.filter { beyondDomain || $0.isAllowed }, some = Array(all.prefix(limit))
        let probabilities = Set(plain.filter(isProbability).map(\.name))
        let answers = try await some.asyncMap(atMost: Self.width) { edge in
            try await answer(to: edge, base, probabilities)
        }
        if answers.contains(where: { $0.kind == .broke }) {
            try await requirePlainAnswer(base, since: nil)
        }
        return Report(
            findings: Answer.Kind.allCases.compactMap { finding($0, some, answers) }, edges: all.count,
            sent: some.count, refused: answers.count { $0.kind == .refused || $0.kind == .refusedAllowed })
    }

    /// A server that is gone altogether did not break at an edge, as far as anybody can tell.
    private func requirePlainAnswer(_ base: Int, since edge: String?) async throws {
        do { _ = try await server.infer(request(nil, base)) } catch {
            try Task.checkCancellation()
            throw MissingEvidence(
                "\(server.url) answered a plain row, and nothing any more since the edge probe"
                    + "\(edge.map { " \($0)" } ?? "s"); see its log, or set beyondDomain: false")
        }
    }

    /// The first row that lacks no feature.
    private var plainRow: Int {
        (0..<rows.count).first { row in rows.features.allSatisfy { rows.columns[$0.name]?[row].isEmpty == false } } ?? 0
    }

    /// Feature after feature, and again: a limit leaves out the harmless ones of all rather than all of some.
    private var edges: [Edge] {
        let columns = Dictionary((schema?.columns ?? []).map { ($0.name, $0) }) { first, _ in first }
        let all = rows.features.map { feature in
            Edge.all(of: feature, sentAs: rows.datatype(of: feature, to: metadata), columns[feature.name])
        }
        return (0..<(all.map(\.count).max() ?? 0)).flatMap { place in
            all.compactMap { $0.indices.contains(place) ? $0[place] : nil }
        }
    }

    private func request(_ edge: Edge?, _ base: Int) throws -> JSON {
        try rows.request(base..<base + 1, to: metadata, asking: outputs) { feature, row in
            edge?.feature == feature.name ? edge?.value ?? "" : rows.columns[feature.name]?[row] ?? ""
        }
    }

    /// Whether an output of a classifier holds probabilities: one that does for a plain row must at the edges. A class may be written
    /// as a fraction, too.
    private func isProbability(_ tensor: InferenceTensor) -> Bool {
        guard tensor.isFractional, tensor.name != nameOfPrediction, tensor.fractions.allSatisfy({ 0...1 ~= $0 }) else {
            return false
        }
        switch task {
        case .binaryClassification: return true
        case .multiclassClassification: return tensor.data.count > 1 && abs(tensor.fractions.reduce(0, +) - 1) < 1e-3
        case .regression, .ranking, .detection: return false
        }
    }
}

extension EdgeProbes {
    /// What came back, with the words that say more.
    private struct Answer {
        enum Kind: CaseIterable {
            case broke, isNaN, isInfinite, isNoProbability, isEmpty, leavesLabel, refusedAllowed, refused, sound
        }

        let kind: Kind
        var words = ""
    }

    private func answer(to edge: Edge, _ base: Int, _ probabilities: Set<String>) async throws -> Answer {
        let reply: Tools.Reply
        let body = Array(try request(edge, base).text().utf8)
        try end.require()
        do { reply = try await server.post(body) } catch {
            try Task.checkCancellation()
            // Not an error, which would be looked at again at once: asked once more, the server would break once more.
            try await requirePlainAnswer(base, since: edge.text)
            return Answer(kind: .broke, words: "no answer")
        }
        let complaint = "\(reply.status): \(InferenceServer.complaint(in: reply))"
        switch reply.status {
        case 200: return judge(InferenceServer.outputs(in: reply) ?? [], probabilities)
        case 429: throw ArtifactFailure(.unreachable, "\(server.url) answered \(complaint)")
        case 400..<500: return Answer(kind: edge.isAllowed ? .refusedAllowed : .refused, words: complaint)
        default: return Answer(kind: .broke, words: complaint)
        }
    }

    private func judge(_ tensors: [InferenceTensor], _ probabilities: Set<String>) -> Answer {
        guard tensors.contains(where: { $0.width(rows: 1) != nil }) else { return Answer(kind: .isEmpty) }
        let values = tensors.flatMap(\.fractions)
        if values.contains(where: \.isNaN) { return Answer(kind: .isNaN) }
        if values.contains(where: \.isInfinite) { return Answer(kind: .isInfinite) }
        let scores = tensors.filter { probabilities.contains($0.name) }.flatMap(\.fractions)
        // Sums of rounded shares may be a little above 1.
        if let strange = scores.first(where: { $0 < -1e-6 || $0 > 1 + 1e-6 }) {
            return Answer(kind: .isNoProbability, words: strange.brief)
        }
        let label = schema?.columns.first { $0.role == .label }
        if task == .regression, let label, let strange = values.first(where: { !label.spans($0) }) {
            return Answer(kind: .leavesLabel, words: strange.brief)
        }
        return Answer(kind: .sound)
    }

    private func finding(_ kind: Answer.Kind, _ edges: [Edge], _ answers: [Answer]) -> Finding? {
        let (verdict, did): (Verdict, String)
        switch kind {
        case .broke: (verdict, did) = (.fail, "made the server fail")
        case .isNaN: (verdict, did) = (.fail, "returned NaN")
        case .isInfinite: (verdict, did) = (.fail, "returned infinity")
        case .isNoProbability: (verdict, did) = (.fail, "returned a probability outside of 0 to 1")
        case .isEmpty: (verdict, did) = (.fail, "returned no value")
        case .leavesLabel: (verdict, did) = (.warn, "returned what the schema does not allow as a label")
        case .refusedAllowed: (verdict, did) = (.warn, "were refused, though the schema allows the value")
        case .refused, .sound: return nil
        }
        let places = answers.indices.filter { answers[$0].kind == kind }
        guard let first = places.first else { return nil }
        let more = answers[first].words.isEmpty ? "" : ": \(answers[first].words)"
        let isInside = places.contains { edges[$0].isAllowed }
        return Finding(
            verdict,
            "\(places.count) of \(answers.count) edge probes \(did) (first: \(edges[first].text)\(more))"
                + (isInside
                    ? "" : "; the schema's min and max allow none of these: refuse such, or set beyondDomain: false"),
            value: Double(places.count), threshold: 0)
    }
}

extension Schema.Column {
    /// Whether a number is within the bounds that the schema gives.
    fileprivate func spans(_ value: Double) -> Bool { value >= min ?? -.infinity && value <= max ?? .infinity }
}
