import Data
import Domain

/// What a server's outputs mean, row by row: a prediction, and scores where there are some.
///
/// An output of one value a row is the prediction, of several the probabilities of the classes in sorted order, as scikit-learn
/// and its converters write them. A single output of fractions is, of a binary classification, the probability of label 1,
/// or of the positive label where one is named.
struct AnswerColumns {
    let task: ModelTask
    let columns: Model.Columns
    let outputs: Model.Outputs
    let classes: [String]
    private(set) var rows: [[String]] = []

    /// Of a binary classification: the labels that mean 1 and 0, and which of two probabilities is that of 1.
    private let positive: String
    private let negative: String
    private let placeOfPositive: Int

    init(
        task: ModelTask, columns: Model.Columns, outputs: Model.Outputs, classes: [String], positive: String? = nil
    ) {
        var labels = BinaryLabels(positive: positive)
        let isPositive = classes.map { labels.value(of: $0) == 1 }
        let other = zip(classes, isPositive).first { !$1 && !$0.isEmpty }?.0
        self.positive = positive ?? "1"
        negative = positive == nil ? "0" : other ?? "0"
        placeOfPositive = positive != nil && isPositive == [true, false] ? 0 : 1
        self.task = task
        self.columns = columns
        self.outputs = outputs
        self.classes = classes
    }

    /// The headings: the prediction, then the scores.
    var names: [String] { [columns.prediction] + scoreNames }

    private var scoreNames: [String] {
        switch task {
        case .binaryClassification: return columns.score.map { [$0] } ?? []
        case .multiclassClassification:
            guard let star = columns.scores?.split(separator: "*", omittingEmptySubsequences: false), star.count == 2
            else { return [] }
            return classes.map { star[0] + $0 + star[1] }
        case .regression, .ranking, .detection: return []
        }
    }

    /// Takes the outputs for the next `count` rows.
    mutating func add(_ tensors: [InferenceTensor], rows count: Int) throws(MissingEvidence) {
        let usable = tensors.filter { $0.width(rows: count) != nil }
        let scores = try output(outputs.score ?? columns.score, outputs.score != nil, usable) { tensor in
            guard task != .regression, tensor.isFractional else { return false }
            return tensor.width(rows: count) ?? 0 > 1 || task == .binaryClassification
        }
        let prediction = try output(outputs.prediction ?? columns.prediction, outputs.prediction != nil, usable) {
            tensor in
            tensor.width(rows: count) == 1 && (task == .regression || !tensor.isFractional)
        }
        guard prediction != nil || scores != nil else {
            let found = tensors.map { "\(Excerpt.line($0.name)) \($0.datatype) \($0.shape)" }.listed()
            throw MissingEvidence(
                "none of the server's outputs can be a prediction of \(count) rows (\(found)); name them in spec.evaluation.outputs"
            )
        }
        if scores == nil, !scoreNames.isEmpty {
            throw MissingEvidence(
                "the server gives no probabilities; name the output in spec.evaluation.outputs.score, or no score column"
            )
        }
        for row in 0..<count { rows.append(try self.row(row, count, prediction, scores)) }
    }

    /// The output of that name; else, where no name was asked for, the first that fits.
    private func output(
        _ name: String?, _ isAsked: Bool, _ tensors: [InferenceTensor], _ fits: (InferenceTensor) -> Bool
    ) throws(MissingEvidence) -> InferenceTensor? {
        if let found = tensors.first(where: { $0.name == name }) { return found }
        guard !isAsked else {
            throw MissingEvidence(
                "the server gives no output '\(name ?? "")' with a value for each row; it gives \(tensors.map(\.name).listed())"
            )
        }
        return tensors.first(where: fits)
    }

    private func row(
        _ row: Int, _ count: Int, _ prediction: InferenceTensor?, _ scores: InferenceTensor?
    ) throws(MissingEvidence) -> [String] {
        let width = scores?.width(rows: count) ?? 0
        let values = scores.map { Array($0.data[row * width..<(row + 1) * width]) } ?? []
        var shown: [String] = []
        switch task {
        case .binaryClassification where scores != nil:
            guard width <= 2 else { throw MissingEvidence("the server gives \(width) probabilities for two classes") }
            shown = [RunTable.text(values[min(placeOfPositive, width - 1)])]
        case .multiclassClassification where scores != nil:
            guard width == classes.count else {
                throw MissingEvidence(
                    "the server gives \(width) probabilities, the labels know \(classes.count) classes")
            }
            shown = values.map(RunTable.text)
        default: break
        }
        let predicted: String
        if let prediction {
            predicted = RunTable.text(prediction.data[row * (prediction.width(rows: count) ?? 1)])
        } else {
            predicted = try likeliest(values)
        }
        return [predicted] + (scoreNames.isEmpty ? [] : shown)
    }

    /// The class that the probabilities speak for; the first of equals.
    private func likeliest(_ values: [JSON]) throws(MissingEvidence) -> String {
        let numbers = values.compactMap(\.double)
        guard numbers.count == values.count, let most = numbers.max(), let place = numbers.firstIndex(of: most) else {
            throw MissingEvidence("the server's probabilities are no numbers")
        }
        if task == .binaryClassification {
            return numbers[min(placeOfPositive, numbers.count - 1)] >= 0.5 ? positive : negative
        }
        guard task == .multiclassClassification, classes.indices.contains(place) else {
            throw MissingEvidence("the server gives no prediction; name it in spec.evaluation.outputs.prediction")
        }
        return classes[place]
    }
}
