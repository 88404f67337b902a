import Data
import Domain

/// A statistic of a column, the least and the greatest that it may truly be, and its range.
struct StatisticReading {
    let name: String
    let value: Double
    let least: Double
    let most: Double
    let min: Double?
    let max: Double?
    /// Of how many what, such as `1,000 numbers`.
    let of: String
    /// What an estimate may be off by.
    var error = ""

    var isExact: Bool { least == most }

    /// Against the least that it may be: a warning where the sketch's error may explain that it is less.
    var atLeast: Verdict {
        guard let min, !Bound.isAtLeast(value, min) else { return .pass }
        return Bound.isAtLeast(most, min) ? .warn : .fail
    }

    /// The same against the most that it may be.
    var atMost: Verdict {
        guard let max, !Bound.isAtMost(value, max) else { return .pass }
        return Bound.isAtMost(least, max) ? .warn : .fail
    }
}
