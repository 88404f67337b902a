import Domain

/// How many rows the predictions of two versions share. What is known of the rest is the word of one alone.
struct Overlap {
    let common: Int
    /// The rows of the larger table.
    let most: Int
    private let title: String

    /// - Parameter other: Whose the other predictions are, as in "the baseline".
    init(common: Int, of first: Int, and second: Int, with other: String) {
        self.common = common
        most = max(first, second)
        title = other
    }

    var share: Double { most == 0 ? 1 : Double(common) / Double(most) }

    func finding(atLeast least: Double) -> Finding? {
        guard share < least else { return nil }
        return Finding(
            .fail,
            "\(common.grouped) of \(most.grouped) rows (\(share.percent)) have predictions of this version and of \(title), "
                + "expected \(least.percent); predict the same rows with both", value: share, threshold: least)
    }
}

extension Fields {
    /// The setting of checks that ask how much of the data predictions cover.
    var coverage: Double {
        value(
            "minCoverage", default: 1, within: .between(0, 1),
            "the least share of the evaluation data that predictions cover, and of rows in common with other predictions"
        )
    }

    /// The same of checks that hold them beside no others.
    var dataCoverage: Double {
        value(
            "minCoverage", default: 1, within: .between(0, 1),
            "the least share of the evaluation data that predictions cover")
    }
}
