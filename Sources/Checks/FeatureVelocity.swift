public import Domain

/// D6: a new feature reaches production quickly: from the first commit that names it to the promotion that ships it.
///
/// One that was renamed (``FeatureRenames``) is not new, and on its way keeps the day on which it began.
public struct FeatureVelocity: Check {
    public static let id = "data.feature-velocity"
    public static let version = 4
    public static let summary = "The lead time of new features, from first commit to production, is short."
    public static let looksAt: Set<CheckInput> = [.history, .environment]

    let maxMedian: Duration
    let maxSlowest: Duration
    let minFeatures: Int
    let within: Duration

    public init(_ fields: Fields) throws(FieldErrors) {
        maxMedian = fields.value("maxMedian", default: .seconds(30 * 86_400), "the greatest median lead time")
        maxSlowest = fields.value("maxSlowest", default: .seconds(90 * 86_400), "the greatest lead time of nine in ten")
        minFeatures = fields.value("minFeatures", default: 3, within: .atLeast(1), "fewer features say too little")
        within = fields.value("within", default: .seconds(365 * 86_400), "how far back features count")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let path = subject.manifest.schema, let environment = subject.environment?.name else {
            return Outcome(.skipped, "needs an environment to arrive in, and spec.schema, which names the features")
        }
        let model = subject.version.model, tip = subject.tip
        return try await Outcome.from {
            let leads: [FeatureLead], tools = subject.tools
            do {
                leads = try await tools.store.read { reader in
                    try FeatureLead.all(
                        reader, tools, from: tip, schema: "models/\(model)/\(path)",
                        deployment: Snapshot.path(ofDeployment: model, in: environment))
                }
            } catch { throw MissingEvidence("the history cannot be read: \(error)") }
            let recent = leads.filter { subject.now - $0.arrived <= within }.sorted { $0.days < $1.days }
            guard recent.count >= minFeatures else {
                throw MissingEvidence(
                    "\(recent.count) features reached \(environment) in the last \(within.text), \(minFeatures) are needed to tell"
                )
            }
            let days = recent.map(\.days), median = days.median, slow = days.quantile(0.9) ?? 0
            return Outcome(
                findings(median, slow, recent), otherwise: "median \(median.brief) days over \(recent.count) features",
                measurements: .object(
                    [("median_days", .double(median)), ("p90_days", .double(slow))]
                        + recent.map { ($0.feature, .double($0.days)) }))
        }
    }

    private func findings(_ median: Double, _ slow: Double, _ leads: [FeatureLead]) -> [Finding] {
        let words =
            "over \(leads.count) features (slowest: \(leads.last?.feature ?? ""), \((leads.last?.days ?? 0).brief) d)"
        let most = maxMedian.days, slowest = maxSlowest.days
        if median > most {
            return [
                Finding(
                    .fail,
                    "median \(median.brief) d from first commit to production \(words), expected \(most.brief) d",
                    value: median, threshold: most)
            ]
        }
        guard slow > slowest else { return [] }
        return [
            Finding(
                .fail, "nine of ten features need up to \(slow.brief) d \(words), expected \(slowest.brief) d",
                value: slow, threshold: slowest)
        ]
    }
}
