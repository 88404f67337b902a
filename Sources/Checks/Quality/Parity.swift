import Data
import Domain
import Glibc

/// How far the rates of groups lie apart: those of the two that lie farthest, and of any two that chance cannot explain.
struct Parity {
    let name: String
    /// Of the least and the greatest rate.
    let widest: Gap
    /// The widest gap that lies beyond the bound by more than chance, among all pairs of groups.
    let sure: Gap?
    let bound: Double
    /// A ratio must be at least its bound, a difference at most.
    let isRatio: Bool

    typealias Rate = (name: String, part: Int, whole: Int)

    /// Between two groups.
    struct Gap {
        let text: String
        let value: Double
        let interval: Interval?
    }

    /// The least rate over the greatest.
    static func ratio(_ name: String, _ rates: [Rate], atLeast bound: Double, _ confidence: Double) -> Parity? {
        Parity(name, rates, bound, isRatio: true, confidence, ratio)
    }

    /// The greatest rate minus the least.
    static func difference(
        _ name: String, _ what: String, _ rates: [Rate], atMost bound: Double, _ confidence: Double
    ) -> Parity? {
        Parity(name, rates, bound, isRatio: false, confidence) { difference(what, $0, $1, $2) }
    }

    /// `nil` where fewer than two groups have rows, or the gap is undefined.
    ///
    /// A small group may have the most extreme rate and hide what two large ones prove, so every pair is looked at. Each is held to
    /// the first step of Holm over all pairs, which finds something exactly where Holm does.
    private init?(
        _ name: String, _ rates: [Rate], _ bound: Double, isRatio: Bool, _ confidence: Double,
        _ gap: (Rate, Rate, Double) -> Gap?
    ) {
        let known = rates.filter { $0.whole > 0 }.sorted { Self.share($0) < Self.share($1) }
        guard known.count > 1, let widest = gap(known[0], known[known.count - 1], confidence) else { return nil }
        (self.name, self.widest, self.bound, self.isRatio) = (name, widest, bound, isRatio)
        let level = 1 - (1 - confidence) / Double(known.count * (known.count - 1) / 2)
        var sure: Gap?
        for (low, least) in known.enumerated() {
            for greatest in known[(low + 1)...].reversed() {
                let (p, q) = (Self.share(least), Self.share(greatest))
                // The other partners of `least` are nearer still.
                guard isRatio ? p < bound * q : q - p > bound else { break }
                guard let found = gap(least, greatest, level) else { continue }
                let isBeyond = found.interval.map { isRatio ? $0.upper < bound : $0.lower > bound } ?? true
                let isWider = sure.map { isRatio ? found.value < $0.value : found.value > $0.value } ?? true
                if isBeyond, isWider { sure = found }
            }
        }
        self.sure = sure
    }

    /// Its interval on the logarithmic scale (Katz et al. 1978).
    private static func ratio(_ least: Rate, _ greatest: Rate, _ confidence: Double) -> Gap? {
        let (p, q) = (share(least), share(greatest))
        guard q > 0 else { return nil }
        let text = "selection rates \(least.name) \(p.brief), \(greatest.name) \(q.brief); ratio \((p / q).brief)"
        // Without a single selected row the logarithm has no end; Wilson's upper bound takes its place.
        guard p > 0 else {
            let upper = Interval.wilson(successes: least.part, of: least.whole, confidence: confidence)?.upper ?? 1
            return Gap(text: text, value: 0, interval: Interval(lower: 0, upper: min(1, upper / q)))
        }
        let variance = (1 - p) / Double(least.part) + (1 - q) / Double(greatest.part)
        let reach = exp(SpecialFunctions.normalQuantile((1 + confidence) / 2) * variance.squareRoot())
        return Gap(text: text, value: p / q, interval: Interval(lower: p / q / reach, upper: min(1, p / q * reach)))
    }

    /// Its interval by Newcombe.
    private static func difference(_ what: String, _ least: Rate, _ greatest: Rate, _ confidence: Double) -> Gap {
        let (p, q) = (share(least), share(greatest))
        return Gap(
            text: "\(what) \(least.name) \(p.brief), \(greatest.name) \(q.brief); difference \((q - p).brief)",
            value: q - p,
            interval: Interval.newcombe(
                first: (least.part, least.whole), second: (greatest.part, greatest.whole), confidence: confidence))
    }

    private static func share(_ rate: Rate) -> Double { Double(rate.part) / Double(rate.whole) }

    func finding(_ column: String) -> Finding? {
        // Rates, whose difference it is, are at most 1.
        let isKept = isRatio ? Bound.isAtLeast(widest.value, bound) : Bound.isAtMost(widest.value, bound, of: [1])
        if isKept { return nil }
        let gap = sure ?? widest
        let more = sure == nil ? ", though chance could explain it" : ""
        return Finding(
            sure == nil ? .warn : .fail,
            "\(column): \(gap.text)\(gap.interval.map { " \($0.text)" } ?? "") \(isRatio ? "<" : ">") \(bound.brief)\(more)",
            value: gap.value, threshold: bound)
    }

    var json: JSON {
        [
            "value": .double(widest.value), "low": JSON(widest.interval?.lower), "high": JSON(widest.interval?.upper),
            "bound": .double(bound),
        ]
    }
}
