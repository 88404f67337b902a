import Data
import Domain

/// Served predictions beside the labels that came later.
struct ServedPredictions {
    let rows: Int
    let labelledShare: Double
    /// How many rows have the rarest label; `nil` of a regression.
    let rarest: Int?
    /// By request.
    let labels: [String: String]
    private let lines: [String]
    private let pairs: [Pair]
    private let task: ModelTask

    private struct Pair {
        let predicted: Double
        let label: Double
        let features: [JSON.Member]
    }

    /// With a `positive` label, labels and predictions are held as 1 and 0: few rows need not have both.
    init(
        _ log: ServingLog, _ table: RunTable, _ path: String, task: ModelTask, positive: String? = nil
    ) throws(MissingEvidence) {
        let id = try table.column(nil, or: ["request_id", "id"], in: path)
        let label = try table.column(nil, or: ["label", "target", "y"], in: path)
        labels = Dictionary(zip(table.texts(id) ?? [], table.texts(label) ?? [])) { first, _ in first }
        var lines: [String] = [], pairs: [Pair] = [], counts: [ExactText: Int] = [:]
        var binary = positive.map(BinaryLabels.init)
        func told(_ text: String, in file: String) throws(MissingEvidence) -> String {
            guard let value = binary?.value(of: text) else {
                if let binary { throw MissingEvidence("\(file): \(binary.complaint(about: text))", file: file) }
                return text
            }
            return String(value)
        }
        for entry in log.entries {
            guard let request = entry.request, let text = labels[request], !text.isEmpty,
                let prediction = entry.prediction
            else { continue }
            let predicted = try told(RunTable.text(prediction), in: log.path)
            let truth = try told(text, in: path)
            let members: [(String, JSON)] = [
                ("id", .string(request)), ("label", .string(truth)), ("prediction", .string(predicted)),
                ("score", JSON(entry.score)),
            ]
            lines.append(JSON.object(members).text())
            counts[ExactText(truth), default: 0] += 1
            if let value = entry.score ?? Double(predicted), let truth = Double(truth) {
                pairs.append(Pair(predicted: value, label: truth, features: entry.features))
            }
        }
        self.lines = lines
        self.pairs = pairs
        self.task = task
        rows = lines.count
        rarest = task == .regression ? nil : counts.count > 1 ? counts.values.min() : 0
        labelledShare = Double(lines.count) / Double(log.entries.count)
    }

    /// As a table that metrics can be computed of.
    func predictions() throws -> Predictions {
        let columns = PredictionColumns(
            id: nil, label: "label", prediction: "prediction",
            score: task == .binaryClassification && hasScores ? "score" : nil)
        return try Predictions(
            Array(lines.joined(separator: "\n").utf8), task: task, columns: columns, format: .jsonLines)
    }

    private var hasScores: Bool { !lines.contains { $0.contains("\"score\":null") } }

    /// How the mean prediction compares with the mean label.
    struct Bias {
        let ratio: Double
        /// The chance of a ratio so far beyond the bound that it crosses where the true one is at that bound, by the normal distribution of
        /// the mean; 1 within the bounds.
        let pValue: Double
    }

    /// Of numbers only; `nil` for classes, and where the labels sum to nothing.
    ///
    /// - Parameter sequence: Where there is one, the chance is of any look's ever showing such a difference.
    func bias(within bounds: ClosedRange<Double>, in sequence: ConfidenceSequence?) -> Bias? {
        task == .multiclassClassification ? nil : Self.bias(of: pairs, bounds, sequence)
    }

    /// The same where a feature has a value, in the order of the values; none for classes.
    func biases(
        by feature: String, within bounds: ClosedRange<Double>, in sequence: ConfidenceSequence?
    ) -> [(value: String, rows: Int, bias: Bias?)] {
        guard task != .multiclassClassification else { return [] }
        let groups = Dictionary(grouping: pairs) { pair in
            ExactText(
                pair.features.first { $0.key == feature && $0.value != .null }.map { RunTable.text($0.value) }
                    ?? "(null)")
        }
        return groups.sorted { $0.key.text < $1.key.text }.map {
            ($0.key.text, $0.value.count, Self.bias(of: $0.value, bounds, sequence))
        }
    }

    private static func bias(
        of pairs: [Pair], _ bounds: ClosedRange<Double>, _ sequence: ConfidenceSequence?
    ) -> Bias? {
        guard pairs.count > 1 else { return nil }
        let predicted = pairs.reduce(0) { $0 + $1.predicted }, labels = pairs.reduce(0) { $0 + $1.label }
        guard labels != 0, predicted.isFinite else { return nil }
        let ratio = predicted / labels
        guard !bounds.contains(ratio) else { return Bias(ratio: ratio, pValue: 1) }
        // Of what is beyond the bound the true mean is 0 where the true ratio is at it.
        let bound = ratio < bounds.lowerBound ? bounds.lowerBound : bounds.upperBound
        let beyond = pairs.map { $0.predicted - bound * $0.label }
        let count = Double(pairs.count), mean = beyond.reduce(0, +) / count
        let variance = beyond.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        let error = (variance / count).squareRoot()
        let errors = error > 0 ? abs(mean) / error : mean == 0 ? 0 : .infinity
        let chance =
            sequence?.pValue(errors: errors, at: pairs.count) ?? min(1, 2 * SpecialFunctions.normalTail(errors))
        return Bias(ratio: ratio, pValue: chance)
    }
}
