/// How often each class was the label, the prediction, and both.
struct MulticlassCounts {
    /// Of as many classes at most the whole confusion matrix is kept.
    static let confusionLimit = 100

    let rows: Int
    let classes: [String]
    private(set) var labelled: [Int]
    private(set) var predicted: [Int]
    private(set) var both: [Int]

    /// Rows are labels, columns predictions; `nil` where there are too many classes.
    private(set) var confusion: [[Int]]?

    init(_ values: MulticlassRows, _ members: ArraySlice<Int32>) {
        let count = values.classes.count
        rows = members.count
        classes = values.classes
        labelled = Array(repeating: 0, count: count)
        predicted = labelled
        both = labelled
        var cells = count <= Self.confusionLimit ? Array(repeating: 0, count: count * count) : []
        for row in members {
            let label = Int(values.labels[Int(row)])
            let prediction = Int(values.predictions[Int(row)])
            labelled[label] += 1
            predicted[prediction] += 1
            if label == prediction { both[label] += 1 }
            if !cells.isEmpty { cells[label * count + prediction] += 1 }
        }
        if !cells.isEmpty { confusion = (0..<count).map { Array(cells[($0 * count)..<(($0 + 1) * count)]) } }
    }

    /// From counts by class; without a confusion matrix.
    init(classes: [String], labelled: [Int], predicted: [Int], both: [Int]) {
        self.classes = classes
        self.labelled = labelled
        self.predicted = predicted
        self.both = both
        rows = labelled.reduce(0, +)
    }

    func add(to metrics: inout Metrics) {
        let empty = "there are no rows"
        metrics.add("n", count: rows)
        metrics.add("accuracy", accuracy, undefined: empty)
        metrics.add("balanced_accuracy", balancedAccuracy, undefined: empty)
        metrics.add("precision_macro", precisionMacro, undefined: empty)
        metrics.add("precision_micro", accuracy, undefined: empty)
        metrics.add("precision_weighted", precisionWeighted, undefined: empty)
        metrics.add("recall_macro", recallMacro, undefined: empty)
        metrics.add("recall_micro", accuracy, undefined: empty)
        metrics.add("recall_weighted", recallWeighted, undefined: empty)
        metrics.add("f1_macro", f1Macro, undefined: empty)
        metrics.add("f1_micro", accuracy, undefined: empty)
        metrics.add("f1_weighted", f1Weighted, undefined: empty)
        metrics.add("mcc", matthewsCorrelation, undefined: empty)
        metrics.add("cohen_kappa", cohenKappa, undefined: "labels and predictions are all the same one")
    }

    func metrics(of index: Int) -> Metrics.ClassMetrics {
        var metrics = Metrics()
        metrics.add("precision", precision[index], undefined: "no row is predicted \(classes[index])")
        metrics.add("recall", recall[index], undefined: "no row has label \(classes[index])")
        metrics.add("f1", f1[index], undefined: "no row has label \(classes[index]) or is predicted so")
        metrics.add("support", count: labelled[index])
        return Metrics.ClassMetrics(name: classes[index], metrics: metrics)
    }

    var accuracy: Double? { ratio(both.reduce(0, +), rows) }

    private var precision: [Double?] { classes.indices.map { ratio(both[$0], predicted[$0]) } }

    private var recall: [Double?] { classes.indices.map { ratio(both[$0], labelled[$0]) } }

    private var f1: [Double?] { classes.indices.map { ratio(2 * both[$0], labelled[$0] + predicted[$0]) } }

    var precisionMacro: Double? { macro(precision) }
    var recallMacro: Double? { macro(recall) }
    var f1Macro: Double? { macro(f1) }
    var precisionWeighted: Double? { weighted(precision) }
    var recallWeighted: Double? { weighted(recall) }

    /// The mean recall of the classes that occur among the labels.
    var balancedAccuracy: Double? {
        rows == 0 ? nil : mean(recall.compactMap(\.self))
    }

    var f1Weighted: Double? { weighted(f1) }

    /// The mean of all classes; one without a value counts as 0.
    private func macro(_ values: [Double?]) -> Double? { rows == 0 ? nil : mean(values.map { $0 ?? 0 }) }

    /// The mean of all labels, each with its class's value.
    private func weighted(_ values: [Double?]) -> Double? {
        rows == 0 ? nil : CompensatedSum.of(zip(labelled, values).map { Double($0) * ($1 ?? 0) }) / Double(rows)
    }

    /// Gorodkin's generalisation; 0 where all labels or all predictions are the same one.
    var matthewsCorrelation: Double? {
        guard rows > 0 else { return nil }
        let all = Double(rows) * Double(rows)
        let square = (all - sumOfProducts(predicted, predicted)) * (all - sumOfProducts(labelled, labelled))
        guard square > 0 else { return 0 }
        let agreement = Double(both.reduce(0, +)) * Double(rows) - sumOfProducts(labelled, predicted)
        return agreement / square.squareRoot()
    }

    var cohenKappa: Double? {
        let all = Double(rows) * Double(rows)
        let chance = sumOfProducts(labelled, predicted)
        return all > chance ? (Double(both.reduce(0, +)) * Double(rows) - chance) / (all - chance) : nil
    }

    private func sumOfProducts(_ one: [Int], _ other: [Int]) -> Double {
        zip(one, other).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }

    private func mean(_ values: [Double]) -> Double { CompensatedSum.of(values) / Double(values.count) }

    private func ratio(_ part: Int, _ whole: Int) -> Double? { whole == 0 ? nil : Double(part) / Double(whole) }
}
