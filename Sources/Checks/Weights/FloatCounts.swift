/// How many of a tensor's numbers are NaN, infinite, zero and denormal.
struct FloatCounts: Hashable {
    var nan = 0
    var infinite = 0
    /// Of either sign.
    var zeros = 0
    /// Smaller than the least number that keeps all of its digits. Counted in formats only whose least one is out of any weight's way.
    var denormals = 0

    var isFinite: Bool { nan == 0 && infinite == 0 }

    static func + (one: FloatCounts, other: FloatCounts) -> FloatCounts {
        FloatCounts(
            nan: one.nan &+ other.nan, infinite: one.infinite &+ other.infinite, zeros: one.zeros &+ other.zeros,
            denormals: one.denormals &+ other.denormals)
    }

    /// `3 NaN and 1 infinite`.
    var text: String {
        [nan > 0 ? "\(nan) NaN" : nil, infinite > 0 ? "\(infinite) infinite" : nil].compactMap { $0 }
            .joined(separator: " and ")
    }
}

extension FloatCounts {
    init(_ value: Double) {
        self.init(
            nan: value.isNaN ? 1 : 0, infinite: value.isInfinite ? 1 : 0, zeros: value == 0 ? 1 : 0,
            denormals: value.isSubnormal ? 1 : 0)
    }
}
