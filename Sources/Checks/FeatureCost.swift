public import Domain

/// D3: no feature costs too much: each has an owner and a price, and none takes most of it without being worth it.
public struct FeatureCost: Check {
    public static let id = "data.feature-cost"
    public static let reads: [DeclaredFile] = [.costs, .importances]
    public static let version = 4
    public static let summary =
        "Each feature has an owner and a declared cost, and none costs too much for its benefit."

    let file: String
    let maxShare: Double
    let maxLatencyShare: Double

    public init(_ fields: Fields) throws(FieldErrors) {
        file = fields.value(
            "file", default: "feature_costs.csv",
            "a table in the model's folder: feature, owner, cost, and p99_ms if it is fetched")
        maxShare = fields.value(
            "maxShare", default: 0.3, within: .above(0, upTo: 1),
            "the greatest share of all costs that a feature may have")
        maxLatencyShare = fields.value(
            "maxLatencyShare", default: 0.5, within: .above(0, upTo: 1),
            "the greatest share of spec.serving.latencyBudget that fetching may take")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let content = try await subject.tools.file(subject.version, file) else {
            return Outcome(.skipped, "no costs declared: write \(file) with feature, owner and cost")
        }
        return try await Outcome.from {
            let table = try RunTable(evidence: content, path: file)
            let costs = try Costs(table, path: file)
            var findings = undeclared(subject, costs) + costs.gaps.map { Finding(.fail, "\(file): \($0)", file: file) }
            findings += try await shares(subject, costs)
            if let budget = subject.manifest.serving?.latencyBudget,
                costs.latency > Double(budget.milliseconds) * maxLatencyShare
            {
                findings.append(
                    Finding(
                        .fail,
                        "\(file): fetching the features takes \(costs.latency.brief) ms (99th percentiles), more than "
                            + "\(maxLatencyShare.percent) of the budget of \(budget.text)", file: file,
                        value: costs.latency,
                        threshold: Double(budget.milliseconds) * maxLatencyShare))
            }
            return Outcome(
                findings,
                otherwise: "\(costs.features.count) features have owners and costs; none has too great a share",
                measurements: .object(costs.features.map { ($0.name, .double(costs.share(of: $0))) }))
        }
    }

    private func undeclared(_ subject: Subject, _ costs: Costs) -> [Finding] {
        let features = subject.schema?.columns.filter { $0.role == .feature }.map(\.name) ?? []
        let missing = features.filter { name in !costs.features.contains { $0.name == name } }
        return missing.isEmpty ? [] : [Finding(.fail, "\(file) gives no cost of \(missing.listed())", file: file)]
    }

    /// A great share is a failure where the benefit may be nothing, and a warning where there is one.
    private func shares(_ subject: Subject, _ costs: Costs) async throws -> [Finding] {
        var benefits: [Benefit] = []
        if let path = subject.manifest.training.importances {
            let table = try await subject.runTable(path, "importances")
            // Of several rankings none is known to show what features are worth.
            if let methods = try? ImportanceMethods(table, path: path, method: nil) {
                benefits = try Benefit.all(table, path: path, repeats: 5, places: methods.places)
            }
        }
        return costs.features.compactMap { feature in
            let share = costs.share(of: feature)
            guard share > maxShare else { return nil }
            let benefit = benefits.first { $0.feature == feature.name }
            let isWorth = benefit.map { 2 * $0.mean - $0.upperBound(0.95) > 0 } ?? false
            let words =
                benefit.map { "its benefit is \($0.mean.brief) ± \($0.deviation.brief)" } ?? "its benefit is not known"
            return Finding(
                isWorth ? .warn : .fail, "feature \"\(feature.name)\" has \(share.percent) of all cost; \(words)",
                file: file,
                value: share, threshold: maxShare)
        }
    }
}

/// What each feature costs, and who answers for it.
struct Costs {
    struct Feature {
        let name: String
        var cost: Double
    }

    private(set) var features: [Feature] = []
    /// The sum of the 99th percentiles of fetching, in milliseconds.
    private(set) var latency = 0.0
    private(set) var gaps: [String] = []

    init(_ table: RunTable, path: String) throws(MissingEvidence) {
        let names = table.texts(try table.column(nil, or: ["feature", "name", "column"], in: path)) ?? []
        let costs = try table.numbers(try table.column(nil, or: ["cost", "cost_per_1k", "price"], in: path)) ?? []
        let owners = table.texts(try table.column(nil, or: ["owner", "team"], in: path)) ?? []
        let fetches = try table.numbers("p99_ms")
        guard !names.isEmpty else { throw MissingEvidence("\(path) holds no feature", file: path) }
        var places: [String: Int] = [:]
        for (index, name) in names.enumerated() {
            if let fetch = fetches?[index] {
                if fetch.isFinite, fetch >= 0 {
                    latency += fetch
                } else {
                    gaps.append("\"\(name)\" has a p99_ms of \(fetch)")
                }
            }
            guard let cost = costs[index], cost.isFinite, cost >= 0 else {
                gaps.append("\"\(name)\" has no cost")
                continue
            }
            if owners[index].isEmpty { gaps.append("\"\(name)\" has no owner") }
            guard let place = places[name] else {
                places[name] = features.count
                features.append(Feature(name: name, cost: cost))
                continue
            }
            // What two rows say that it costs, it costs together.
            features[place].cost += cost
            gaps.append(
                "\"\(name)\" stands there twice, the second time in row \(index + 1); give each feature one row")
        }
    }

    func share(of feature: Feature) -> Double {
        let total = features.reduce(0) { $0 + $1.cost }
        return total > 0 ? feature.cost / total : 0
    }
}
