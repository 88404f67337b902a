/// How far a column's figures may be from those of all values, where sketches or what a stored profile keeps stand in for them.
struct DriftUncertainty: Sendable {
    /// Of both sides' distribution functions together; `nil` where both have all numbers, or one has texts.
    let numbers: SketchError?

    /// Counts of the reference's tenths are those of all its values.
    private let hasExactTenths: Bool

    /// The reference's standard deviation, of which `distance` is a multiple.
    private let deviation: Double?

    /// The texts' shares where texts of one group have nothing in common: no distance can be larger.
    private(set) var widest: ShareTable?

    /// By how much counts of texts may be too low.
    private let tooLow: Int

    /// In what texts are compared that are not counted one by one.
    private let groups: String

    init(_ reference: ColumnProfile, _ current: ColumnProfile) {
        let (one, other) = (reference.numbers?.error, current.numbers?.error)
        numbers = one.flatMap { one in other.map { one.plus($0) } ?? one } ?? other
        hasExactTenths = other == nil && (one == nil || one?.distance != nil && reference.numbers?.tenths != nil)
        deviation = reference.numbers?.moments.standardDeviation(ddof: 0)
        tooLow = max(reference.texts?.uncertainty ?? 0, current.texts?.uncertainty ?? 0)
        let count = max(reference.texts?.others.count ?? 0, current.texts?.others.count ?? 0)
        groups = count == 1 ? "one group" : "\(TextGroups.count) groups"
    }

    func having(widest: ShareTable?) -> DriftUncertainty {
        var uncertainty = self
        uncertainty.widest = widest
        return uncertainty
    }

    /// By how much the Wasserstein distance over the reference's deviation may be off; `nil` where that is not known.
    var distance: Double? {
        guard let distance = numbers?.distance, let deviation, deviation > 0 else { return nil }
        return distance / deviation
    }

    /// The end of a sentence that starts with the column.
    func sentence(on column: ColumnDrift) -> String {
        if column.kind == .categorical { return groupsSentence }
        guard let numbers else { return "its number of different values is an estimate" }
        let rank = Self.rounded(numbers.rank)
        if column.isByValue { return "its figures are estimates: shares may be off by \(rank) each, and more together" }
        if numbers.distance == nil {
            return
                "its figures are estimates from sketches, in which a rank is off by more than \(rank) of all in one case of "
                + "a hundred"
        }
        let scaled = distance.map { " and wasserstein_over_reference_std by at most \(Self.rounded($0))" } ?? ""
        let shares = hasExactTenths ? "the others are exact" : "shares by at most twice as much as ks_statistic"
        return
            "its figures are estimates: ks_statistic, and its p-values with it, is off by at most \(rank)\(scaled); \(shares)"
    }

    private var groupsSentence: String {
        guard let widest, let most = JensenShannon.distanceBase2(widest) else {
            return "its figures are estimates from sketches"
        }
        let low = tooLow > 0 ? "; counts of single ones may be too low by \(tooLow)" : ""
        return
            "its figures are estimates: texts that are not counted one by one are compared in \(groups), so "
            + "distances may be larger, js_distance_base2 up to \(Self.rounded(most))\(low)"
    }

    /// Upwards, to two digits.
    static func rounded(_ value: Double) -> String {
        guard value > 0, value < 1e12 else { return "\(value)" }
        var unit = 1.0, digits = 0
        while value < 10 * unit, digits < 12 {
            unit /= 10
            digits += 1
        }
        let scaled = Int((value / unit).rounded(.up))
        let whole = String(scaled)
        let padded = String(repeating: "0", count: max(0, digits + 1 - whole.count)) + whole
        return digits == 0 ? padded : "\(padded.dropLast(digits)).\(padded.suffix(digits))"
    }
}
