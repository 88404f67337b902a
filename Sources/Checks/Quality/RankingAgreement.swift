import Data
import Domain

/// How two rankings of the same features go together: Spearman's coefficient, 1 where they are the same.
struct RankingAgreement {
    let method: String
    let rho: Double
    let features: Int

    /// Of fewer features an order says nothing.
    private static let least = 3

    /// `nil` where there are too few common features, or one side makes no difference between them.
    init?(of benefits: [Benefit], with method: String, _ values: [String: Double]) {
        let pairs = benefits.compactMap { benefit in values[benefit.feature].map { (benefit.mean, $0) } }
        guard pairs.count >= Self.least, let rho = RankCorrelation.rho(pairs) else { return nil }
        (self.method, self.rho, features) = (method, rho, pairs.count)
    }

    /// With what the model itself says, and with what each feature tells of the label.
    static func all(
        _ benefits: [Benefit], _ others: [(method: String, values: [String: Double])], _ screen: FeatureScreen?
    ) -> [RankingAgreement] {
        let information = (screen?.information ?? []).map { ($0.feature, $0.found.normalized) }
        let told = ("mutual information", Dictionary(information) { first, _ in first })
        return (others.map { ($0.method, $0.values) } + [told]).compactMap {
            RankingAgreement(of: benefits, with: $0.0, $0.1)
        }
    }

    var json: JSON { ["with": .string(method), "rho": .double(rho), "features": .int(features)] }

    /// A warning, as a ranking proves nothing: permutation understates twins, a tree's own importances flatter features of many values.
    static func findings(_ all: [RankingAgreement], atLeast least: Double?, _ chosen: String?, file: String?)
        -> [Finding]
    {
        guard let least else { return [] }
        let name = chosen ?? "permutation"
        guard !all.isEmpty else {
            let words = "no second ranking of the features is there to be held against that by \(name) (minAgreement)"
            return [Finding(.inconclusive, words, file: file)]
        }
        return all.filter { $0.rho < least }.map { one in
            Finding(
                .warn,
                "the rankings of \(one.features) features by \(name) and by \(one.method) do not agree: Spearman's rho \(one.rho.brief), "
                    + "expected \(least.brief)", file: file, value: one.rho, threshold: least)
        }
    }
}
