import Data
import Domain

/// Served predictions beside the labels that came later.
struct ServedPredictions {
    let rows: Int
    let labelledShare: Double
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
        var lines: [String] = [], pairs: [Pair] = []
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
            if let value = entry.score ?? Double(predicted), let truth = Double(truth) {
                pairs.append(Pair(predicted: value, label: truth, features: entry.features))
            }
        }
        self.lines = lines
        self.pairs = pairs
        self.task = task
        rows = lines.count
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
        /// The chance of such a difference where there is none, by the normal distribution of the mean.
        let pValue: Double
    }

    /// Of numbers only; `nil` for classes, and where the labels sum to nothing.
    ///
    /// - Parameter sequence: Where there is one, the chance is of any look's ever showing such a difference.
    func bias(in sequence: ConfidenceSequence?) -> Bias? {
        task == .multiclassClassification ? nil : Self.bias(of: pairs, sequence)
    }

    /// The same where a feature has a value, in the order of the values; none for classes.
    func biases(by feature: String, in sequence: ConfidenceSequence?) -> [(value: String, rows: Int, bias: Bias?)] {
        guard task != .multiclassClassification else { return [] }
        let groups = Dictionary(grouping: pairs) { pair in
            ExactText(
                pair.features.first { $0.key == feature && $0.value != .null }.map { RunTable.text($0.value) }
                    ?? "(null)")
        }
        return groups.sorted { $0.key.text < $1.key.text }.map {
            ($0.key.text, $0.value.count, Self.bias(of: $0.value, sequence))
        }
    }

    private static func bias(of pairs: [Pair], _ sequence: ConfidenceSequence?) -> Bias? {
        guard pairs.count > 1 else { return nil }
        let predicted = pairs.reduce(0) { $0 + $1.predicted }, labels = pairs.reduce(0) { $0 + $1.label }
        guard labels != 0, predicted.isFinite else { return nil }
        let count = Double(pairs.count), mean = (predicted - labels) / count
        let variance =
            pairs.reduce(0) { $0 + ($1.predicted - $1.label - mean) * ($1.predicted - $1.label - mean) } / (count - 1)
        let error = (variance / count).squareRoot()
        let errors = error > 0 ? abs(mean) / error : mean == 0 ? 0 : .infinity
        let chance =
            sequence?.pValue(errors: errors, at: pairs.count) ?? min(1, 2 * SpecialFunctions.normalTail(errors))
        return Bias(ratio: predicted / labels, pValue: chance)
    }
}
