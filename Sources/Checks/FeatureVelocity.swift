public import Domain

/// D6: a new feature reaches production quickly: from the first commit that names it to the promotion that ships it.
public struct FeatureVelocity: Check {
    public static let id = "data.feature-velocity"
    public static let version = 3
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
            let leads: [FeatureLead], read = subject.tools.read
            do {
                leads = try await subject.tools.store.read { reader in
                    try FeatureLead.all(
                        reader, read, from: tip, schema: "models/\(model)/\(path)",
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
        let most = Double(maxMedian.milliseconds) / 86_400_000, slowest = Double(maxSlowest.milliseconds) / 86_400_000
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

/// How long one feature took.
struct FeatureLead: Sendable {
    let feature: String
    let started: Timestamp
    let arrived: Timestamp

    var days: Double { Double((arrived - started).milliseconds) / 86_400_000 }

    typealias Read = @Sendable (_ bytes: [UInt8], _ path: String) -> ManifestFile

    /// Features that came after the branch's first version of the schema, along first parents.
    static func all(
        _ reader: any ObjectReader, _ read: @escaping Read, from tip: ObjectID, schema: String, deployment: String
    ) throws -> [FeatureLead] {
        var commits: [(commit: Commit, schema: ObjectID?, deployment: ObjectID?)] = []
        try reader.firstParents(from: tip) { commit in
            commits.append(
                (
                    commit, try reader.entry(at: schema, in: commit.tree)?.id,
                    try reader.entry(at: deployment, in: commit.tree)?.id
                ))
            return commits.count < 100_000
        }
        var cache: [ObjectID: Set<String>] = [:]
        func names(_ blob: ObjectID?) throws -> Set<String> {
            guard let blob else { return [] }
            if let known = cache[blob] { return known }
            let found = columnNames(in: read(try reader.blob(blob, atMost: 4 << 20), schema))
            cache[blob] = found
            return found
        }
        var started: [String: Timestamp] = [:], arrived: [String: Timestamp] = [:]
        var first: Set<String>?
        var last: (schema: ObjectID?, deployment: ObjectID?) = (nil, nil)
        for (commit, schemaID, deploymentID) in commits.reversed() {
            if schemaID != last.schema {
                let now = try names(schemaID)
                if first == nil, !now.isEmpty { first = now }
                for name in now where started[name] == nil {
                    started[name] = try origin(of: commit, name, schema, reader, names)
                }
            }
            if deploymentID != last.deployment, let deploymentID,
                let pinned = Drill.revision(in: try reader.blob(deploymentID, atMost: 1 << 20)),
                let pinnedCommit = try? reader.commit(pinned)
            {
                let shipped = try names(try reader.entry(at: schema, in: pinnedCommit.tree)?.id)
                for name in shipped where arrived[name] == nil { arrived[name] = commit.committer.time }
            }
            last = (schemaID, deploymentID)
        }
        return arrived.compactMap { name, moment in
            guard let start = started[name], first?.contains(name) == false else { return nil }
            return FeatureLead(feature: name, started: start, arrived: max(start, moment))
        }
    }

    /// When the name was first written: of a merge, on the merged side.
    private static func origin(
        of commit: Commit, _ name: String, _ schema: String, _ reader: any ObjectReader,
        _ names: (ObjectID?) throws -> Set<String>
    ) throws -> Timestamp {
        var earliest = commit.author.time
        guard let side = commit.parents.dropFirst().first else { return earliest }
        try reader.firstParents(from: side) { commit in
            guard try names(reader.entry(at: schema, in: commit.tree)?.id).contains(name) else { return false }
            earliest = min(earliest, commit.author.time)
            return true
        }
        return earliest
    }

    /// The features of a schema; none of a file that is not one.
    private static func columnNames(in file: ManifestFile) -> Set<String> {
        guard case .schema(let schema)? = file.documents.first?.manifest else { return [] }
        return Set(schema.columns.filter { $0.role == .feature }.map(\.name))
    }
}
