import Glibc

/// The natural logarithm that a probability costs when it comes true.
enum LogLoss {
    /// Scores are held this far from 0 and 1, as in scikit-learn for doubles.
    static let clip = 2.220446049250313e-16

    @inline(__always)
    static func of(_ probability: Double) -> Double { -log(min(max(probability, clip), 1 - clip)) }
}
