import Domain

/// What a training says that it ran with, as JSON or YAML.
///
/// Known are `commit`, `dirty`, `seed`, `image`, `artifact_digest`, and the mappings `params` (or `hyperparameters`), `data` (of datasets
/// to digests) and `environment` (of packages to versions, or a lock file's digest); others are let be.
struct TrainingRecord {
    let path: String
    private let values: FlatYAML

    init(_ content: Content, path: String) throws {
        self.path = path
        values = FlatYAML(String(decoding: try RandomAccessBytes(content).all(atMost: 4 << 20), as: UTF8.self))
        guard !(scalars.isEmpty && groups.allSatisfy { $0.members.isEmpty }) else {
            throw MissingEvidence(
                "\(path) says none of commit, seed, params, data and environment of its training", file: path)
        }
        if let dirty = said("dirty"), !["false", "no", "0"].contains(dirty.lowercased()) {
            throw MissingEvidence("\(path): trained with changes that were not committed (dirty)", file: path)
        }
    }

    /// Which artifact it is about.
    var artifact: String? { values.values["artifact_digest"] }

    /// The commit that it ran at, as it says.
    var commit: String? { said("commit") }

    private var scalars: [String: String] {
        ["commit", "seed"].reduce(into: [:]) { found, name in found[name] = said(name) }
    }

    /// The value of that name; `nil` where it says nothing, as programs write that in JSON and YAML.
    private func said(_ name: String) -> String? {
        values.values[name].flatMap { ["", "null", "~"].contains($0.lowercased()) ? nil : $0 }
    }

    private var groups: [(name: String, members: [String: String])] {
        let params = values.members(of: "params")
        return [
            ("params", params.isEmpty ? values.members(of: "hyperparameters") : params),
            ("data", said("data").map { ["data": $0] } ?? values.members(of: "data")),
            ("environment", environment),
        ]
    }

    private var environment: [String: String] {
        var found = values.members(of: "environment")
        for name in ["environment", "image"] { found[name] = said(name) ?? found[name] }
        return found
    }

    /// Compares what both declare. Throws ``MissingEvidence`` where that shows another training, or is nothing.
    func comparison(with other: TrainingRecord, ignoringSeed: Bool) throws(MissingEvidence) -> RecordComparison {
        var same: [String] = [], changes: [String] = [], environment: [String] = [], silent: [String] = []
        for name in ["commit", "seed"] where !(ignoringSeed && name == "seed") {
            guard let one = scalars[name], let two = other.scalars[name] else {
                if scalars[name] != other.scalars[name] { silent.append(name) }
                continue
            }
            // A commit may be cut short, a number be spelled in another way.
            let isSame = name == "commit" ? Self.isSame(commit: one, two) : Self.isSame(number: one, two)
            if isSame { same.append(name) } else { changes.append(Self.change(name, one, two)) }
        }
        for (one, two) in zip(groups, other.groups) {
            guard !one.members.isEmpty, !two.members.isEmpty else {
                if one.members.isEmpty != two.members.isEmpty { silent.append(one.name) }
                continue
            }
            let found = Self.differences(one.members, two.members, areNumbers: one.name == "params")
            if found.isEmpty { same.append(one.name) }
            if one.name == "environment" { environment = found } else { changes += found.map { "\(one.name) \($0)" } }
        }
        guard changes.isEmpty else {
            throw MissingEvidence(
                "\(other.path) is no second run of the training in \(path): \(changes.listed())", file: other.path)
        }
        guard silent.isEmpty else {
            throw MissingEvidence(
                "only one of \(path) and \(other.path) says \(silent.listed()); write it into both", file: other.path)
        }
        guard !same.isEmpty || !environment.isEmpty else {
            throw MissingEvidence("\(path) and \(other.path) say nothing that can be compared", file: other.path)
        }
        return RecordComparison(same: same, environment: environment, file: other.path)
    }

    private static func differences(
        _ one: [String: String], _ two: [String: String], areNumbers: Bool
    ) -> [String] {
        Set(one.keys).union(two.keys).sorted().compactMap { name in
            let (before, after) = (one[name] ?? "none", two[name] ?? "none")
            let same =
                before == after || areNumbers && isSame(number: before, after)
                || Digest(before).map { $0 == Digest(after) } ?? false
            return same ? nil : change(name, before, after)
        }
    }

    private static func isSame(commit one: String, _ two: String) -> Bool {
        one == two || min(one.utf8.count, two.utf8.count) >= 7 && (one.hasPrefix(two) || two.hasPrefix(one))
    }

    private static func isSame(number one: String, _ two: String) -> Bool {
        one == two || Double(one).map { $0 == Double(two) } ?? false
    }

    /// Digests are cut short: their beginnings tell them apart.
    private static func change(_ name: String, _ one: String, _ two: String) -> String {
        let (before, after) = (shown(one), shown(two))
        return "\(Excerpt.line(name)) \(before) → \(after)"
    }

    private static func shown(_ value: String) -> String { Excerpt.line(Excerpt.withoutCredentials(value), limit: 24) }
}

/// What two trainings ran with alike, and how their environments differ.
struct RecordComparison {
    let same: [String]
    let environment: [String]
    /// The second one's record.
    let file: String
}
