import Domain

/// What another training would bring, by what `model.staleness-impact` has measured of the version that runs.
///
/// A model that loses the share s of its value v a day has lost s·v·d²/2 by the day d. To train anew when that is worth the training's
/// cost makes both together cheapest (the order quantity of Harris 1913, as that check says it).
struct RetrainGain: Hashable, Sendable {
    let isWorthIt: Bool
    /// What is weighed, or why nothing is.
    let words: String

    static let check = "model.staleness-impact"

    init(_ manifest: Model, _ evidence: [Evidence], now: Timestamp) {
        guard let cost = manifest.training.cost, let value = manifest.serving?.valuePerDay else {
            let missing = manifest.training.cost == nil ? "training.cost" : "serving.valuePerDay"
            self.init(unknown: "what it brings is not weighed, for the model says no \(missing)")
            return
        }
        let known = evidence.first { $0.check == Self.check && $0.outcome.verdict.admits }
        guard let measured = known?.outcome.measurements, let loss = measured["fit"]?["loss_per_day"]?.double,
            loss.isFinite, let since = measured["measured_at"]?.string.flatMap({ Timestamp($0) })
        else {
            self.init(
                unknown: "what it brings is not weighed, for no evidence of \(Self.check) says what the version loses")
            return
        }
        let days = max(0, (now - since).days)
        let lost = value * loss * days * days / 2
        let share = "\(Self.brief(loss * 100)) % of \(Self.brief(value)) € a day"
        self.init(
            isWorthIt: lost > cost,
            "since \(since) it has lost what is worth \(Self.brief(lost)) € (\(share)), and a training costs \(Self.brief(cost)) €"
        )
    }

    private init(unknown words: String) { self.init(isWorthIt: true, words) }

    private init(isWorthIt: Bool, _ words: String) { (self.isWorthIt, self.words) = (isWorthIt, words) }

    /// To hundredths where there is something before them.
    private static func brief(_ number: Double) -> String {
        let factor = abs(number) < 1 ? 1e6 : 100
        let rounded = (number * factor).rounded() / factor
        let text = rounded.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
