import Domain

/// The losses that training wrote down, step by step.
struct LossCurve {
    let path: String
    let training: Losses
    /// Of the validation rows, where the log has them.
    let validation: Losses?

    struct Losses {
        let name: String
        let values: [Double]
        /// Of each value, in a log that has lines.
        let lines: [Int?]
    }

    init(_ log: RunTable, path: String, training: String? = nil, validation: String? = nil) throws {
        self.path = path
        let (first, held) = Self.columns(of: log)
        let name = try log.column(training ?? first, or: ["loss", "train_loss"], in: path)
        self.training = try Self.losses(log, name, path)
        // A training that broke off at a NaN may have no validation loss yet.
        let isFinite = self.training.values.allSatisfy(\.isFinite)
        self.validation = isFinite ? try (validation ?? held).map { try Self.losses(log, $0, path) } : nil
    }

    /// What is called a loss, that of validation rows by `val`; else the metric of the first and of the last dataset that trainers of trees
    /// write of each, such as XGBoost's `validation_0/rmse` and LightGBM's `training/l2`.
    private static func columns(of log: RunTable) -> (training: String?, validation: String?) {
        let losses = log.columns.filter { $0.lowercased().contains("loss") }
        let perDataset = log.lossesByDataset
        // `log_loss` of two datasets is called a loss in both.
        guard losses.isEmpty || losses.allSatisfy({ $0.contains("/") }), let first = perDataset.first else {
            let held = losses.first { $0.lowercased().contains("val") }
            return (losses.first { $0 != held }, held)
        }
        return (first, perDataset.count > 1 ? perDataset.last : nil)
    }

    private static func losses(_ log: RunTable, _ name: String, _ path: String) throws(MissingEvidence) -> Losses {
        guard let numbers = try log.numbers(name) else {
            throw MissingEvidence("\(path) has no column '\(name)'; it has \(log.columns.listed())", file: path)
        }
        let values = numbers.compactMap(\.self)
        guard values.count >= 4 || values.contains(where: { !$0.isFinite }) else {
            throw MissingEvidence("\(path): \(values.count) values of \(name) are too few to see a trend", file: path)
        }
        return Losses(
            name: name, values: values, lines: numbers.indices.filter { numbers[$0] != nil }.map(log.line(of:)))
    }

    /// The first loss that is no number.
    func nonFinite(_ losses: Losses) -> Finding? {
        guard let bad = losses.values.firstIndex(where: { !$0.isFinite }) else { return nil }
        return Finding(
            .fail, "\(path): \(losses.name) is \(losses.values[bad]) in row \(bad + 1)", file: path,
            line: losses.lines[bad])
    }

    /// The greatest chance of such a fall where there is none.
    private static let trendAlpha = 0.05

    /// The medians that are compared.
    var ends: (first: Double, last: Double) {
        let values = training.values, tenth = max(1, values.count / 10)
        return (Swift.max(values.first ?? .nan, values.prefix(tenth).median), values.suffix(tenth).median)
    }

    /// Whether the last tenth lies below the start by a share of it: medians, so that one odd step decides nothing. A loss that dips and
    /// comes back over half of its fall has to fall as a whole, too, by Mann and Kendall's test.
    func decrease(atLeast least: Double) -> [Finding] {
        if let finding = nonFinite(training) { return [finding] }
        let values = training.values
        let tenth = max(1, values.count / 10)
        // A training that converges at once has fallen within its first tenth.
        let (first, last) = ends
        // What breaks away at the very end is a divergence, too, though most of the last tenth lies low.
        let end = values.suffix(Swift.min(tenth, 3)).median
        // Noise reaches as far before its last values as in them.
        let highest = values.suffix(tenth).dropLast(3).max() ?? end
        guard end <= first || last > first || end < highest else {
            return [
                Finding(
                    .fail,
                    "\(path): \(training.name) ends above its start (\(first.brief) → \(end.brief) over \(values.count) steps)",
                    file: path, line: training.lines.last ?? nil, value: end, threshold: first)
            ]
        }
        let size = first == 0 ? abs(last) : abs(first)
        let share = size == 0 ? 0 : (first - last) / size
        guard share < least else {
            // What ends in the lower half of its fall has fallen, however soon: only what came back up is asked for a trend.
            return first - last >= (first - (values.min() ?? last)) / 2 ? [] : trend()
        }
        return [
            Finding(
                .fail,
                "\(path): \(training.name) did not fall (\(first.brief) → \(last.brief) over \(values.count) steps)",
                file: path, value: share, threshold: least)
        ]
    }
}

extension LossCurve {
    private func trend() -> [Finding] {
        let chance = MannKendall(training.values).fallingPValue
        guard chance > Self.trendAlpha else { return [] }
        return [
            Finding(
                .inconclusive,
                "\(path): \(training.name) ends lower and does not fall steadily over its \(training.values.count) steps "
                    + "(Mann-Kendall, p = \(chance.brief))", file: path, value: chance, threshold: Self.trendAlpha)
        ]
    }
}
