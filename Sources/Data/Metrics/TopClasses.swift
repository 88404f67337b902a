/// How often the true class is among those of the greatest scores.
///
/// Of classes with equal scores the later in `classes` comes first, as in scikit-learn's `top_k_accuracy_score`.
struct TopClasses {
    /// For each row how many classes come before its label.
    private let before: [Int32]

    /// `nil` without scores of every class. A row that lacks one says nothing.
    init?(_ rows: MulticlassRows) {
        guard let scores = rows.scores else { return nil }
        let own = rows.labels.enumerated().map { row, label in scores[Int(label)][row] }
        var before = Array(repeating: Int32(0), count: own.count)
        for (index, column) in scores.enumerated() {
            for row in own.indices {
                let isLater = Int32(truncatingIfNeeded: index) > rows.labels[row]
                before[row] &+= column[row] > own[row] || (isLater && column[row] == own[row]) ? 1 : 0
            }
        }
        self.before = before
    }

    /// Those after which it is looked, where there are more classes.
    static func counts(of classes: Int) -> [Int] { [2, 3, 5].filter { $0 < classes } }

    static func name(_ count: Int) -> String { "top_\(count)_accuracy" }

    /// For each row 1 where its label is among them, else 0.
    func hitsByRow(within count: Int) -> [Double] { before.map { $0 < count ? 1 : 0 } }

    func hits(within count: Int) -> Int { before.count { $0 < count } }

    func accuracy(_ members: ArraySlice<Int32>, within count: Int) -> Double? {
        members.isEmpty ? nil : Double(members.count { before[Int($0)] < count }) / Double(members.count)
    }
}
