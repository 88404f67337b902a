import Data
public import Domain

/// Training behaved: the loss falls, does not blow up on the way, and validation does not run away from it.
public struct TrainingLog: Check {
    public static let id = "model.training-log"
    public static let reads: [DeclaredFile] = [.trainingLog]
    public static let version = 6
    public static let summary = "The training loss falls without divergence, and validation loss follows."

    let training: String?
    let validation: String?
    let minDecrease: Double
    let maxSpike: Double
    let maxOverfit: Double

    public init(_ fields: Fields) throws(FieldErrors) {
        training = fields.optional(
            "training",
            "the column of the training loss; without it one called so, or the first dataset's error as XGBoost and LightGBM write them"
        )
        validation = fields.optional(
            "validation", "the column of the validation loss; without it one called so, or the last dataset's error")
        minDecrease = fields.value(
            "minDecrease", default: 0.01, within: .between(0, 1), "the least share by which the loss must fall")
        maxSpike = fields.value(
            "maxSpike", default: 1000, within: .atLeast(1), "how many times its running median a loss may be")
        maxOverfit = fields.value(
            "maxOverfit", default: 0.5, within: .atLeast(0),
            "how far above its least value the validation loss may end, as a share")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let path = subject.manifest.training.log else {
            return Outcome(.skipped, "no training log configured; name it in spec.training.log")
        }
        return try await Outcome.from {
            let curve = try LossCurve(
                try await subject.runTable(path, "training log"), path: path, training: training, validation: validation
            )
            let losses = curve.training.values
            return Outcome(
                spikes(curve.training, path) + curve.decrease(atLeast: minDecrease) + overfit(curve),
                otherwise:
                    "\(curve.training.name) falls from \(curve.ends.first.brief) to \(curve.ends.last.brief) over \(losses.count) steps",
                measurements: [
                    "steps": .int(losses.count), "first": JSON(losses.first), "last": JSON(losses.last),
                    "least_validation": JSON(curve.validation?.values.min()),
                ])
        }
    }

    private func spikes(_ training: LossCurve.Losses, _ path: String) -> [Finding] {
        guard let leap = Leap(in: training.values, above: maxSpike) else { return [] }
        return [
            Finding(
                .fail,
                "\(path): the loss jumps to \(training.values[leap.index].brief) in row \(leap.index + 1), "
                    + "\(leap.times.brief) times its median before", file: path, line: training.lines[leap.index],
                value: leap.times, threshold: maxSpike)
        ]
    }

    private func overfit(_ curve: LossCurve) -> [Finding] {
        guard let validation = curve.validation else { return [] }
        if let finding = curve.nonFinite(validation) { return [finding] }
        guard let least = validation.values.min(),
            let last = validation.values.last, least > 0
        else { return [] }
        let name = validation.name
        let excess = last / least - 1
        guard !Bound.isAtMost(excess, maxOverfit, of: [last / least]) else { return [] }
        return [
            Finding(
                .warn,
                "\(curve.path): \(name) ends at \(last.brief), \(excess.percent) above its least value \(least.brief)",
                file: curve.path, value: excess, threshold: maxOverfit)
        ]
    }
}
