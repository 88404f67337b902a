import Domain

/// How long one feature took.
struct FeatureLead: Sendable {
    let feature: String
    let started: Timestamp
    let arrived: Timestamp

    var days: Double { (arrived - started).days }

    typealias Read = @Sendable (_ bytes: [UInt8], _ path: String) -> ManifestFile

    /// Features that came after the branch's first version of the schema, along what the branch was.
    static func all(
        _ reader: any ObjectReader, _ tools: Subject.Tools, from tip: ObjectID, schema: String, deployment: String
    ) throws -> [FeatureLead] {
        let read = tools.read
        var commits: [(commit: Commit, schema: ObjectID?, deployment: ObjectID?)] = []
        try reader.branch(
            from: tip, tools,
            by: { commit in try [schema, deployment].map { try reader.entry(at: $0, in: commit.tree)?.id } }
        ) { commit, entries in
            commits.append((commit, entries[0], entries[1]))
            return commits.count < 100_000
        }
        var cache: [ObjectID: [Schema.Column]] = [:]
        func features(_ blob: ObjectID?) throws -> [Schema.Column] {
            guard let blob else { return [] }
            if let known = cache[blob] { return known }
            let found = Self.features(in: read(try reader.blob(blob, atMost: 4 << 20), schema))
            cache[blob] = found
            return found
        }
        var walk = FeatureWalk()
        var last: (commit: ObjectID?, schema: ObjectID?, deployment: ObjectID?) = (nil, nil, nil)
        for (commit, schemaID, deploymentID) in commits.reversed() {
            if schemaID != last.schema {
                try walk.come(to: features(schemaID)) { name, columns in
                    try origin(of: commit, after: last.commit, name, columns, schema, reader, features)
                }
            }
            if deploymentID != last.deployment, let deploymentID,
                let pinned = Drill.revision(in: try reader.blob(deploymentID, atMost: 1 << 20)),
                let pinnedCommit = try? reader.commit(pinned)
            {
                let shipped = try features(try reader.entry(at: schema, in: pinnedCommit.tree)?.id)
                walk.ship(shipped.map(\.name), at: commit.committer.time)
            }
            last = (commit.id, schemaID, deploymentID)
        }
        return walk.leads
    }

    /// When the feature was first written, under whatever name: of a merge, on the merged side.
    private static func origin(
        of commit: Commit, after before: ObjectID?, _ name: String, _ columns: [Schema.Column], _ schema: String,
        _ reader: any ObjectReader,
        _ features: (ObjectID?) throws -> [Schema.Column]
    ) throws -> Timestamp {
        var earliest = commit.author.time
        guard commit.parents.count > 1, let side = commit.parents.first(where: { $0 != before ?? commit.parents[0] })
        else { return earliest }
        var (name, newer) = (name, columns)
        try reader.firstParents(from: side) { commit in
            let older = try features(reader.entry(at: schema, in: commit.tree)?.id)
            if !older.contains(where: { $0.name == name }) {
                guard let earlier = FeatureRenames.between(older, and: newer)[name] else { return false }
                name = earlier
            }
            newer = older
            earliest = min(earliest, commit.author.time)
            return true
        }
        return earliest
    }

    /// The features of a schema; none of a file that is not one.
    private static func features(in file: ManifestFile) -> [Schema.Column] {
        guard case .schema(let schema)? = file.documents.first?.manifest else { return [] }
        return schema.columns.filter { $0.role == .feature }
    }
}

/// What a walk along the branch, oldest commit first, has seen of features. Each is known by its first name.
private struct FeatureWalk {
    private var firstNames: [String: String] = [:]
    private var names: [String: String] = [:]
    private var started: [String: Timestamp] = [:]
    private var arrived: [String: Timestamp] = [:]
    /// Those of the branch's first schema.
    private var initial: Set<String>?
    private var last: [Schema.Column] = []

    /// - Parameter origin: When a name that nobody has seen was first written.
    mutating func come(
        to columns: [Schema.Column], _ origin: (_ name: String, _ columns: [Schema.Column]) throws -> Timestamp
    ) rethrows {
        if initial == nil, !columns.isEmpty { initial = Set(columns.map(\.name)) }
        let renames = FeatureRenames.between(last, and: columns)
        for column in columns where firstNames[column.name] == nil {
            let first = renames[column.name].flatMap { firstNames[$0] } ?? column.name
            firstNames[column.name] = first
            names[first] = column.name
            if started[first] == nil { started[first] = try origin(column.name, columns) }
        }
        last = columns
    }

    mutating func ship(_ shipped: [String], at moment: Timestamp) {
        for name in shipped {
            let first = firstNames[name] ?? name
            if arrived[first] == nil { arrived[first] = moment }
        }
    }

    var leads: [FeatureLead] {
        arrived.compactMap { first, moment in
            guard let start = started[first], initial?.contains(first) == false else { return nil }
            return FeatureLead(feature: names[first] ?? first, started: start, arrived: max(start, moment))
        }
    }
}
