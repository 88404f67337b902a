import Data
import Domain

/// Asks a server about the evaluation's rows with one feature after another permuted among them: what the metric loses is what the feature is
/// worth to the model (Breiman 2001, "Random Forests").
///
/// A feature that has a twin seems worth less than it is: the model reads the same from the other. Features of a group are permuted
/// together, each row's values staying side by side.
struct FeaturePermutation {
    private let server: InferenceServer
    private let rows: InferenceRows
    private let metadata: InferenceServer.Metadata
    private let task: ModelTask
    private let evaluation: Model.Evaluation
    private let columns: PredictionColumns
    let classes: [String]
    private let labels: [String]
    private let end: ServerTime

    /// So many requests are under way at a time.
    private static let width = 4

    /// At most `limit` rows that have a label, at equal distances.
    init(of subject: Subject, atMost limit: Int, timeout: Duration, time: Duration = ServerTime.most) async throws {
        guard let evaluation = subject.manifest.evaluation else { throw MissingEvidence("no evaluation configured") }
        server = try await InferenceServer(of: subject, timeout: timeout)
        let all = try await InferenceRows(of: subject)
        guard let texts = all.columns[evaluation.columns.label] else {
            throw MissingEvidence(
                "the dataset '\(evaluation.data ?? "")' has no column '\(evaluation.columns.label)'; "
                    + "spec.evaluation.columns says what it is called")
        }
        let known = texts.indices.filter { !texts[$0].isEmpty }
        guard known.count > 1 else {
            throw MissingEvidence("fewer than two rows of '\(evaluation.data ?? "")' have a label")
        }
        let step = max(1, Double(known.count) / Double(limit))
        rows = InferenceRows(all, places: (0..<min(limit, known.count)).map { known[Int(Double($0) * step)] })
        labels = rows.columns[evaluation.columns.label] ?? []
        classes = Set(texts.filter { !$0.isEmpty }).sorted()
        metadata = try await server.metadata()
        task = subject.manifest.task
        self.evaluation = evaluation
        var columns = PredictionColumns(evaluation)
        (columns.id, columns.query) = (nil, nil)
        self.columns = columns
        end = ServerTime(server, time)
    }

    struct Report {
        let metric: String
        let base: Double
        let rows: Int
        let benefits: [Benefit]
        /// Of groups, by their names.
        var groups: [Benefit] = []
        /// Features and groups for which there was no time.
        let unfinished: [String]
    }

    /// What each feature and each group is worth by `metric`, or by the task's own; of `repeats` permutations each, which their numbers and
    /// names seed.
    func report(metric: String?, repeats: Int, groups: FeatureGroups = .none) async throws -> Report {
        let features = rows.features.map(\.name)
        try groups.require(features)
        guard let plain = try await metrics(nil) else { throw MissingEvidence(tooSlow) }
        if let gap = plain.missingScores(naming: metric) { throw MissingEvidence(gap.message) }
        let name = metric ?? task.standardMetric(among: plain)
        guard let base = plain[name] else {
            throw MissingEvidence("\(name) of the server's answers to \(rows.count.grouped) rows cannot be computed")
        }
        var benefits: [Benefit] = []
        let units = features.map { ($0, [$0]) } + groups.all.map { ($0.name, $0.members) }
        for (unit, members) in units {
            var moments = Moments()
            for number in 0..<repeats {
                guard let changed = try await metrics((Set(members), order(unit, number))) else { break }
                guard let value = changed[name] else {
                    throw MissingEvidence("\(name) cannot be computed where \"\(unit)\" is permuted")
                }
                moments.add(MetricDirection.gain(base - value, of: name), times: 1)
            }
            guard moments.count == repeats, let mean = moments.mean, let deviation = moments.standardDeviation(ddof: 1)
            else { break }
            benefits.append(Benefit(feature: unit, mean: mean, deviation: deviation, repeats: repeats))
        }
        return Report(
            metric: name, base: base, rows: rows.count, benefits: Array(benefits.prefix(features.count)),
            groups: Array(benefits.dropFirst(features.count)), unfinished: units.dropFirst(benefits.count).map(\.0))
    }

    private var tooSlow: String {
        "\(server.url) is too slow: \(rows.count.grouped) rows took longer than \(ServerTime.most.text)"
    }

    /// A permutation of the rows that depends on the two alone (Fisher and Yates, as Durstenfeld 1964 has it).
    private func order(_ unit: String, _ number: Int) -> [Int] {
        let seed = Array(unit.utf8).withUnsafeBytes { StableHash.of($0) }
        var coins = SplitMix(seed: seed &+ SplitMix.mix(UInt64(number)))
        var order = Array(0..<rows.count)
        for last in stride(from: order.count - 1, to: 0, by: -1) {
            order.swapAt(last, Int(coins.next().multipliedFullWidth(by: UInt64(last + 1)).high))
        }
        return order
    }

    /// The metrics of the server's answers, with the values of some features in another order; `nil` where there is no time left.
    private func metrics(_ permuted: (features: Set<String>, order: [Int])?) async throws -> Metrics? {
        let asked = [evaluation.outputs.prediction, evaluation.outputs.score].compactMap(\.self).unique
        let starts = Array(stride(from: 0, to: rows.count, by: EndpointPredictions.batch))
        let batches = starts.map { $0..<min($0 + EndpointPredictions.batch, rows.count) }
        let tensors = try await batches.asyncMap(atMost: Self.width) { batch -> [InferenceTensor]? in
            guard !end.isOver else { return nil }
            let request = try rows.request(batch, to: metadata, asking: asked) { feature, row in
                guard let permuted, permuted.features.contains(feature.name) else {
                    return rows.columns[feature.name]?[row] ?? ""
                }
                return rows.columns[feature.name]?[permuted.order[row]] ?? ""
            }
            return try await server.infer(request)
        }
        var answers = AnswerColumns(
            task: task, columns: evaluation.columns, outputs: evaluation.outputs, classes: classes,
            positive: evaluation.positive)
        for (batch, tensors) in zip(batches, tensors) {
            guard let tensors else { return nil }
            try answers.add(tensors, rows: batch.count)
        }
        let lines = [[evaluation.columns.label] + answers.names] + zip(labels, answers.rows).map { [$0] + $1 }
        return Evaluation(of: try Predictions(EndpointPredictions.csv(lines), task: task, columns: columns)).metrics
    }
}
