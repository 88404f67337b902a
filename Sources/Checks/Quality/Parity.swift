import Data
import Domain
import Glibc

/// How far the rates of groups lie apart, with the interval of the two that lie farthest.
struct Parity {
    let name: String
    let text: String
    let value: Double
    let interval: Interval?
    let bound: Double
    /// A ratio must be at least its bound, a difference at most.
    let isRatio: Bool

    typealias Rate = (name: String, part: Int, whole: Int)

    /// The least rate over the greatest; its interval on the logarithmic scale (Katz et al. 1978).
    static func ratio(_ name: String, _ rates: [Rate], atLeast bound: Double, _ confidence: Double) -> Parity? {
        guard let (least, greatest) = extremes(rates) else { return nil }
        let (p, q) = (share(least), share(greatest))
        guard q > 0 else { return nil }
        let text = "selection rates \(least.name) \(p.brief), \(greatest.name) \(q.brief); ratio \((p / q).brief)"
        // Without a single selected row the logarithm has no end; Wilson's upper bound takes its place.
        let upper = Interval.wilson(successes: least.part, of: least.whole, confidence: confidence)?.upper ?? 1
        guard p > 0 else {
            return Parity(
                name: name, text: text, value: 0, interval: Interval(lower: 0, upper: min(1, upper / q)), bound: bound,
                isRatio: true)
        }
        let variance = (1 - p) / Double(least.part) + (1 - q) / Double(greatest.part)
        let reach = exp(SpecialFunctions.normalQuantile((1 + confidence) / 2) * variance.squareRoot())
        return Parity(
            name: name, text: text, value: p / q,
            interval: Interval(lower: p / q / reach, upper: min(1, p / q * reach)),
            bound: bound, isRatio: true)
    }

    /// The greatest rate minus the least; its interval by Newcombe.
    static func difference(
        _ name: String, _ what: String, _ rates: [Rate], atMost bound: Double, _ confidence: Double
    ) -> Parity? {
        guard let (least, greatest) = extremes(rates) else { return nil }
        let (p, q) = (share(least), share(greatest))
        return Parity(
            name: name,
            text: "\(what) \(least.name) \(p.brief), \(greatest.name) \(q.brief); difference \((q - p).brief)",
            value: q - p,
            interval: Interval.newcombe(
                first: (least.part, least.whole), second: (greatest.part, greatest.whole), confidence: confidence),
            bound: bound, isRatio: false)
    }

    private static func share(_ rate: Rate) -> Double { Double(rate.part) / Double(rate.whole) }

    private static func extremes(_ rates: [Rate]) -> (Rate, Rate)? {
        let known = rates.filter { $0.whole > 0 }
        guard known.count > 1, let least = known.min(by: { share($0) < share($1) }),
            let greatest = known.max(by: { share($0) < share($1) })
        else { return nil }
        return (least, greatest)
    }

    func finding(_ column: String) -> Finding? {
        let isKept = isRatio ? value >= bound : value <= bound
        if isKept { return nil }
        let isSure = interval.map { isRatio ? $0.upper < bound : $0.lower > bound } ?? true
        let more = isSure ? "" : ", though chance could explain it"
        return Finding(
            isSure ? .fail : .warn,
            "\(column): \(text)\(interval.map { " \($0.text)" } ?? "") \(isRatio ? "<" : ">") \(bound.brief)\(more)",
            value: value, threshold: bound)
    }

    var json: JSON {
        ["value": .double(value), "low": JSON(interval?.lower), "high": JSON(interval?.upper), "bound": .double(bound)]
    }
}
