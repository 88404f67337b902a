/// How far a column has moved between two profiles: distances and tests, without a verdict (`DriftRule` gives one).
public struct ColumnDrift: Sendable {
    public enum Kind: String, Hashable, Sendable {
        case numeric
        case categorical
    }

    /// Different numbers up to which each is a category of its own.
    public static let valuesAsCategories = 20

    public let name: String
    public let kind: Kind
    public let missingReference: MissingShares
    public let missingCurrent: MissingShares

    /// Counts by quantile bins of the reference, by value, or by category.
    public let shares: ShareTable

    /// True where each value is a bin: categories, and numbers of which the reference has at most twenty.
    public let isByValue: Bool

    /// False where a side has infinities, whose distance is no number.
    public let isFinite: Bool

    /// The reference has different finite numbers.
    let hasSpread: Bool

    /// They lie so near to each other that their spread is too small for a double.
    let isSpreadTooSmall: Bool

    /// Of numbers, infinities among them; NaN not.
    public let kolmogorovSmirnov: KolmogorovSmirnov?

    /// Of finite numbers, as the next two.
    public let wasserstein: Double?
    public let wassersteinOverReferenceDeviation: Double?
    public let meanShiftInReferenceDeviations: Double?

    /// Categories, or numbers by value, that only the current table has: the heaviest first, at most a thousand.
    public let unseen: [String]

    /// How many there are.
    public let unseenCount: Int

    /// Values that are not null, on each side.
    public let referenceCount: Int
    public let currentCount: Int

    /// False where a sketch, or what a stored profile keeps, stood in for values.
    public let exact: Bool

    /// How far the figures may be from those of all values; `nil` where `exact`.
    let uncertainty: DriftUncertainty?

    /// A share of null, NaN or infinite values changed a lot, about which no other figure says anything.
    public var missesOthers: Bool { !missingChanges.isEmpty }

    var missingChanges: [MissingShares.Change] { missingReference.changes(to: missingCurrent) }

    /// The same by Evidently's bins; of infinite values too it is no number.
    public let evidentlyIndex: Double?

    public var psi: Double? { PopulationStabilityIndex.value(shares) }
    public var jensenShannonBase2: Double? { JensenShannon.distanceBase2(shares) }
    public var chiSquare: ChiSquare? { ChiSquare(shares) }
    public var goodnessOfFit: ChiSquare? { ChiSquare.goodnessOfFit(shares) }

    /// Compares the column of two tables. A column that is of numbers in one and of texts in the other is compared as texts, as which
    /// whole numbers have no fraction.
    public init(reference: ColumnProfile, current: ColumnProfile) {
        name = reference.name
        missingReference = MissingShares(reference)
        missingCurrent = MissingShares(current)
        exact = reference.exact && current.exact
        let uncertainty = exact ? nil : DriftUncertainty(reference, current)
        if reference.texts == nil, current.texts == nil {
            kind = .numeric
            self.uncertainty = uncertainty
            let one = NumberSample(reference), other = NumberSample(current)
            isFinite = one.isFinite && other.isFinite
            hasSpread = one.moments.minimum < one.moments.maximum
            isSpreadTooSmall = one.moments.isSpreadTooSmall
            let deviation = one.moments.standardDeviation(ddof: 0)
            isByValue = one.values.count > 0 && reference.distinct <= Self.valuesAsCategories
            kolmogorovSmirnov = KolmogorovSmirnov(one.values, other.values, statisticError: one.error + other.error)
            wasserstein = Wasserstein.distance(one.finite, other.finite)
            wassersteinOverReferenceDeviation = Self.scaled(wasserstein, by: deviation)
            let shift = other.moments.meanDifference(from: one.moments)
            meanShiftInReferenceDeviations = Self.scaled(shift, by: deviation)
            (referenceCount, currentCount) = (one.values.count, other.values.count)
            let edges =
                isByValue ? [] : reference.numbers?.tenths ?? PopulationStabilityIndex.edges(one.values)
            let categories = isByValue ? CategoryComparison(numbers: one.values, other.values) : nil
            shares = categories?.table ?? ShareTable(one.values, other.values, edges: edges)
            (unseen, unseenCount) = (categories?.unseen ?? [], categories?.unseenCount ?? 0)
            evidentlyIndex = isByValue ? Self.evidentlyIndex(shares) : NumberSample.evidentlyIndex(one, other)
        } else {
            kind = .categorical
            let categories = CategoryComparison(
                texts: CategoryComparison.texts(of: reference), CategoryComparison.texts(of: current))
            shares = categories.table
            evidentlyIndex = Self.evidentlyIndex(shares)
            self.uncertainty = uncertainty?.having(widest: categories.widest)
            isByValue = true
            isFinite = true
            hasSpread = false
            isSpreadTooSmall = false
            kolmogorovSmirnov = nil
            wasserstein = nil
            wassersteinOverReferenceDeviation = nil
            meanShiftInReferenceDeviations = nil
            (referenceCount, currentCount) = (shares.referenceTotal, shares.currentTotal)
            (unseen, unseenCount) = (categories.unseen, categories.unseenCount)
        }
    }

    /// Categories that come again and again, none of them on both sides.
    var sharesNothing: Bool {
        kind == .categorical && referenceCount > 0 && currentCount > 0
            && shares.count * 2 <= referenceCount + currentCount && shares.counts.allSatisfy { $0 == 0 || $1 == 0 }
    }

    private static func evidentlyIndex(_ shares: ShareTable) -> Double? {
        EvidentlyIndex.value(shares.counts, of: (shares.referenceTotal, shares.currentTotal))
    }

    private static func scaled(_ value: Double?, by deviation: Double?) -> Double? {
        guard let value, let deviation, deviation > 0, deviation.isFinite, value.isFinite else { return nil }
        return value / deviation
    }
}

/// The numbers of a column, none where it is empty.
private struct NumberSample {
    /// With infinities.
    let values: SortedValues
    let finite: SortedValues
    let isFinite: Bool

    /// Of the finite ones.
    let moments: Moments

    /// What the distribution function of `values` may be off.
    let error: Double

    init(_ column: ColumnProfile) {
        finite = column.numbers?.values ?? SortedValues(ascending: [Double]())
        isFinite = column.numbers.map { $0.infinite == 0 } ?? true
        values = isFinite ? finite : column.numbers?.ranked ?? finite
        moments = column.numbers?.moments ?? Moments()
        error = column.numbers?.functionError ?? 0
    }

    static func evidentlyIndex(_ one: NumberSample, _ other: NumberSample) -> Double? {
        guard one.isFinite, other.isFinite else { return nil }
        return EvidentlyIndex.value(
            one.values, other.values, from: min(one.moments.minimum, other.moments.minimum),
            to: max(one.moments.maximum, other.moments.maximum))
    }
}
