import Data
import Domain

/// What the training data alone says about its features. It points out; it proves no benefit.
struct FeatureScreen {
    let rows: Int
    /// Features of which one value has so large a share that the rest says hardly anything.
    private(set) var constants: [(feature: String, share: Double)] = []
    /// Features whose texts are nearly all different.
    private(set) var identifiers: [(feature: String, share: Double)] = []
    /// Features that say nearly the same, the closest first.
    private(set) var pairs: [(one: String, other: String, association: FeatureAssociation)] = []

    /// What features tell of the label by themselves, where that can be counted.
    private(set) var information: [(feature: String, found: MutualInformation)] = []

    /// Features that tell nearly all of the label, with the share of what there is to know of it, the most telling first.
    private(set) var leaks: [(feature: String, share: Double)] = []

    /// How many features have too many values for so few rows.
    private(set) var uncounted = 0

    /// How many features were not compared with others.
    private(set) var unpaired = 0

    /// Pairs grow with the square.
    private static let mostPaired = 300

    /// One value in so many rows is as good as one value in all.
    private static let constantShare = 0.999
    private static let identifierShare = 0.99
    private static let leastRows = 20

    /// A share of what there is to know of the label, and how sure it has to be that a feature tells less.
    private static let leastInformation = 0.001
    private static let significance = 0.05

    /// Information is counted on so many rows, at equal distances.
    private static let informationRows = 100_000

    /// Pairs are compared on so many rows, at equal distances.
    static let pairRows = 10_000
    static let mostShown = 20

    /// - Parameter telling: The share of what there is to know of the label that a feature has to tell to be a leak.
    init(_ columns: [FeatureColumn], closest: Double, label: FeatureColumn? = nil, telling: Double = 1) {
        rows = columns.first?.rows ?? 0
        for column in columns {
            if let count = column.majority, Double(count) >= Self.constantShare * Double(rows) {
                constants.append((column.name, Double(count) / Double(rows)))
            }
            if rows >= Self.leastRows, let share = column.uniqueShare, share > Self.identifierShare {
                identifiers.append((column.name, share))
            }
        }
        let dull = Set(constants.map(\.feature))
        let others = columns.filter { !dull.contains($0.name) }
        if let label { count(others, label, telling: telling) }
        unpaired = max(0, others.count - Self.mostPaired)
        let rest = others.prefix(Self.mostPaired).map { $0.thinned(to: Self.pairRows) }
        for (index, one) in rest.enumerated() {
            for other in rest[(index + 1)...] {
                guard let association = Self.association(one, other), association.value >= closest else { continue }
                pairs.append((one.name, other.name, association))
            }
        }
        pairs.sort { ($1.association.value, $0.one, $0.other) < ($0.association.value, $1.one, $1.other) }
    }

    private mutating func count(_ columns: [FeatureColumn], _ label: FeatureColumn, telling: Double) {
        let thin = label.thinned(to: Self.informationRows), target = thin.binned
        defer { leaks.sort { ($1.share, $0.feature) < ($0.share, $1.feature) } }
        for column in columns {
            let some = column.thinned(to: Self.informationRows), groups = some.binnedWithMissing
            let counted = MutualInformation(groups, target)
            let share = Self.isCopy(some, thin) ? 1 : min(1, counted?.correctedShare ?? 0)
            if share >= telling { leaks.append((column.name, share)) }
            guard let found = counted, found.isCountable else {
                uncounted += 1
                continue
            }
            information.append((column.name, found))
        }
    }

    /// Whether one column is the other in other words or on another scale, which few rows show, too.
    private static func isCopy(_ one: FeatureColumn, _ other: FeatureColumn) -> Bool {
        guard one.rows >= leastRows else { return false }
        switch (one.values, other.values) {
        case (.codes(let x), .codes(let y)): return x == y && Set(x).count * 2 <= x.count
        case (.numbers(let x), .numbers(let y)): return Association.pearson(x, y).map { $0.magnitude > 0.9999 } ?? false
        default: return false
        }
    }

    /// Features that are shown to tell next to nothing of the label by themselves; few rows show it of none.
    private var silent: [(feature: String, found: MutualInformation)] {
        information.filter { $0.found.chance(ifNormalized: Self.leastInformation) <= Self.significance }
    }

    /// Texts that are the same row for row, of however many different ones; else numbers with numbers, categories with categories.
    private static func association(_ one: FeatureColumn, _ other: FeatureColumn) -> FeatureAssociation? {
        switch (one.values, other.values) {
        case (.numbers, .numbers): return FeatureAssociation(one, other)
        case (.codes(let x), .codes(let y)):
            // Texts are numbered as they come, so that equal numbers are one text for the other in every row.
            // Where nearly all differ, each is a text for the other by itself.
            let isRepeated = Set(x).count * 2 <= x.count
            return x == y && isRepeated ? FeatureAssociation(.same, 1) : FeatureAssociation(one, other)
        default: return nil
        }
    }

    /// The closest of those that a feature goes with.
    func twin(of feature: String) -> (name: String, association: FeatureAssociation)? {
        pairs.first { $0.one == feature || $0.other == feature }.map {
            ($0.one == feature ? $0.other : $0.one, $0.association)
        }
    }

    /// As warnings, but for features that are kept.
    func findings(keep: Set<String>) -> [Finding] {
        var findings: [Finding] = []
        let dull = constants.filter { !keep.contains($0.feature) }
        let names = identifiers.filter { !keep.contains($0.feature) }
        for (feature, share) in dull.prefix(Self.mostShown) {
            findings.append(
                Finding(
                    .warn, "feature \"\(feature)\": one value in \(share.percent) of \(rows.grouped) rows",
                    value: share,
                    threshold: Self.constantShare))
        }
        for (feature, share) in names.prefix(Self.mostShown) {
            findings.append(
                Finding(
                    .warn, "feature \"\(feature)\": \(share.percent) of its texts are different: is it an identifier?",
                    value: share, threshold: Self.identifierShare))
        }
        let silent = silent.filter { !keep.contains($0.feature) }
        for (feature, found) in silent.prefix(Self.mostShown) {
            findings.append(
                Finding(
                    .warn,
                    "feature \"\(feature)\": it tells nothing of the label by itself: normalised mutual information "
                        + "\(found.normalized.brief) on \(found.rows.grouped) rows, below \(Self.leastInformation)",
                    value: found.normalized, threshold: Self.leastInformation))
        }
        let counts = [
            (dull.count, "have one value"), (names.count, "may be identifiers"),
            (silent.count, "tell nothing of the label by themselves"),
        ]
        for (count, what) in counts where count > Self.mostShown {
            findings.append(Finding(.warn, "\(count - Self.mostShown) more features \(what)"))
        }
        if unpaired > 0 {
            findings.append(
                Finding(.warn, "\(unpaired) features were not compared with others: only \(Self.mostPaired) are"))
        }
        let close = pairs.filter { !keep.contains($0.one) && !keep.contains($0.other) }
        for pair in close.prefix(Self.mostShown) {
            findings.append(
                Finding(
                    .warn,
                    "features \"\(pair.one)\" and \"\(pair.other)\" say nearly the same (\(pair.association.words))",
                    value: pair.association.value))
        }
        if close.count > Self.mostShown {
            findings.append(
                Finding(.warn, "\(close.count - Self.mostShown) more pairs of features say nearly the same"))
        }
        return findings
    }

    var json: JSON {
        [
            "rows": .int(rows), "constant": .array(constants.map { .string($0.feature) }),
            "identifiers": .array(identifiers.map { .string($0.feature) }), "pairs": .int(pairs.count),
            "unpaired": .int(unpaired), "silent": .array(silent.map { .string($0.feature) }),
            "uncounted": .int(uncounted),
            "leaks": .array(leaks.map { ["feature": .string($0.feature), "share": .double($0.share)] }),
            "information": .array(
                information.prefix(Self.mostPaired).map { feature, found in
                    [
                        "feature": .string(feature), "normalized": .double(found.normalized),
                        "p_value": .double(found.pValue),
                    ]
                }),
            "closest": .array(
                pairs.prefix(Self.mostShown).map { pair in
                    [
                        "one": .string(pair.one), "other": .string(pair.other),
                        "measure": .string(pair.association.measure.rawValue), "value": JSON(pair.association.value),
                    ]
                }),
        ]
    }
}

extension FeatureAssociation {
    /// `Pearson's r 0.97`.
    var words: String { measure == .same ? measure.rawValue : "\(measure.rawValue) \(value.brief)" }
}
