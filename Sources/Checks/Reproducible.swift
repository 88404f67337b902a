import Data
public import Domain

/// I1: training a second time gives the same model, to the degree that is asked for.
public struct Reproducible: Check {
    public static let id = "infra.reproducible"
    public static let summary = "A second training gives the same artifact, the same predictions, or as good ones."

    let level: Level
    let maxDifference: Double
    let maxChurn: Double

    /// `bytes`: equal artifacts; `numbers`: equal predictions up to rounding; `statistics`: few flips.
    public enum Level: String, FieldChoice { case bytes, numbers, statistics }

    public init(_ fields: Fields) throws(FieldErrors) {
        level = fields.value("level", default: .numbers, "how equal the second training must be")
        maxDifference = fields.value("maxDifference", default: 1e-6, "the greatest difference of a score")
        maxChurn = fields.value(
            "maxChurn", default: 0.001, "the greatest share of rows with another prediction (statistics)")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let rerun = subject.manifest.training.rerun, rerun.predictions != nil || rerun.artifact != nil else {
            return Outcome(.skipped, "no second training configured; name its predictions in spec.training.rerun")
        }
        return try await Outcome.from {
            if let path = rerun.artifact {
                let second = try await digest(path, subject)
                let first = try await subject.tools.artifact(subject.version, subject.manifest.artifact).digest
                if first == second {
                    return Outcome(.pass, "a second training gives the same bytes, \(first.digits.prefix(12))…")
                }
                if level == .bytes {
                    let words = "\(path) is \(second.digits.prefix(12))…, the artifact \(first.digits.prefix(12))…"
                    return Outcome(.fail, words, findings: [Finding(.fail, words, file: path)])
                }
            }
            guard let path = rerun.predictions, level != .bytes else {
                throw MissingEvidence(
                    "the level '\(level.rawValue)' needs spec.training.rerun.\(level == .bytes ? "artifact" : "predictions")"
                )
            }
            let first = try await subject.readPredictions()
            let second = try await subject.readPredictions(at: path, "second training")
            return outcome(try Comparison(of: first, and: second, bootstrap: Bootstrap(replicates: 1)), path)
        }
    }

    private func digest(_ path: String, _ subject: Subject) async throws -> Digest {
        let source = try ByteSource(try await subject.evidence(path, "second training"))
        var hash = SHA256(), done = 0
        while done < source.size {
            let step = min(1 << 20, source.size - done)
            hash.update(try source.bytes(at: done, count: step))
            done += step
        }
        return hash.finish()
    }

    private func outcome(_ comparison: Comparison, _ path: String) -> Outcome {
        let flips = comparison.predictionDisagreementRate ?? 0
        let rows = Int((flips * Double(comparison.rows)).rounded())
        let difference = comparison.maxAbsScoreDifference ?? Self.largestChange(comparison)
        var findings: [Finding] = []
        if level == .numbers, let difference, !(difference <= maxDifference) {
            findings.append(
                Finding(
                    .fail, "\(path): scores differ by up to \(difference.brief), expected \(maxDifference)", file: path,
                    value: difference, threshold: maxDifference))
        }
        let allowed = level == .numbers ? 0 : maxChurn
        if flips > allowed {
            findings.append(
                Finding(
                    .fail,
                    "\(path): \(rows) of \(comparison.rows.grouped) predictions differ (\(flips.percent)), "
                        + "expected \(allowed.percent)", file: path, value: flips, threshold: allowed))
        }
        return Outcome(
            findings, otherwise: "a second training gives the same predictions on \(comparison.rows.grouped) rows",
            measurements: [
                "rows": .int(comparison.rows), "flips": .double(flips), "largest_difference": JSON(difference),
            ])
    }

    /// Of a regression, which has no scores: the change of its error.
    private static func largestChange(_ comparison: Comparison) -> Double? {
        comparison.differences.first { $0.name == "rmse" }?.difference.map { abs($0) }
    }
}
