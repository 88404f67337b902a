/// Whether a computed number keeps a bound that is included.
///
/// The last bits of a difference, ratio or product of doubles are rounding: 0.57 - 0.56 is more than 0.01. They do not decide.
public enum Bound {
    /// Whether `value`, computed from `operands`, is `bound` or more; not where one of them is NaN.
    public static func isAtLeast(_ value: Double, _ bound: Double, of operands: [Double] = []) -> Bool {
        value >= bound || value >= bound - slack([value, bound] + operands)
    }

    /// Whether `value`, computed from `operands`, is `bound` or less; not where one of them is NaN.
    public static func isAtMost(_ value: Double, _ bound: Double, of operands: [Double] = []) -> Bool {
        value <= bound || value <= bound + slack([value, bound] + operands)
    }

    /// Four units in the last place of the largest; NaN, which nothing keeps, where that is infinite.
    private static func slack(_ numbers: [Double]) -> Double {
        4 * numbers.reduce(0) { max($0, $1.magnitude) }.ulp
    }
}
