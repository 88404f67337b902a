/// The record of one check on one model version.
public struct Evidence: Hashable, Sendable {
    public let check: String
    /// Names all that the verdict depends on: the check and its version, its settings, and the ids of every input.
    public let key: Digest
    public let model: String
    public let revision: ObjectID
    public let tree: ObjectID
    public let outcome: Outcome
    public let time: Timestamp
    /// What the key was made of, for people.
    public let inputs: [String: String]

    public init(
        check: String, key: Digest, model: String, revision: ObjectID, tree: ObjectID, outcome: Outcome,
        time: Timestamp,
        inputs: [String: String]
    ) {
        self.check = check
        self.key = key
        self.model = model
        self.revision = revision
        self.tree = tree
        self.outcome = outcome
        self.time = time
        self.inputs = inputs
    }

    /// Where it is kept in the tree of `refs/martlet/evidence`.
    public var path: String { Self.path(model: model, tree: tree, check: check, key: key) }

    /// `MODEL/TREE-ID/CHECK.KEY.json`: two gates with other settings do not overwrite each other.
    public static func path(model: String, tree: ObjectID, check: String, key: Digest) -> String {
        "\(model)/\(tree)/\(check).\(key.digits.prefix(12)).json"
    }
}

extension Evidence {
    public var json: JSON {
        [
            "check": .string(check), "key": .string(key.description), "model": .string(model),
            "revision": .string(revision.description), "tree": .string(tree.description),
            "verdict": .string(outcome.verdict.rawValue), "summary": .string(outcome.summary),
            "findings": .array(outcome.findings.map(\.json)), "measurements": outcome.measurements,
            "time": .string(time.description),
            "inputs": .object(inputs.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }),
        ]
    }

    /// Reads what ``json`` wrote; `nil` where something is missing.
    public init?(json: JSON) {
        guard let check = json["check"]?.string, let key = json["key"]?.string.flatMap({ Digest($0) }),
            let model = json["model"]?.string, let revision = json["revision"]?.string.flatMap({ ObjectID($0) }),
            let tree = json["tree"]?.string.flatMap({ ObjectID($0) }),
            let verdict = json["verdict"]?.string.flatMap({ Verdict(rawValue: $0) }),
            let summary = json["summary"]?.string,
            let time = json["time"]?.string.flatMap({ Timestamp($0) })
        else { return nil }
        self.init(
            check: check, key: key, model: model, revision: revision, tree: tree,
            outcome: Outcome(
                verdict, summary, findings: (json["findings"]?.array ?? []).compactMap { Finding(json: $0) },
                measurements: json["measurements"] ?? .empty),
            time: time,
            inputs: Dictionary((json["inputs"]?.members ?? []).map { ($0.key, $0.value.string ?? "") }) { first, _ in
                first
            })
    }
}

extension Finding {
    public var json: JSON {
        var members: [(String, JSON)] = [("verdict", .string(verdict.rawValue)), ("message", .string(message))]
        if let file { members.append(("file", .string(file))) }
        if let line { members.append(("line", .int(line))) }
        if let value { members.append(("value", JSON(value))) }
        if let threshold { members.append(("threshold", JSON(threshold))) }
        if mayChange { members.append(("mayChange", .bool(true))) }
        return .object(members)
    }

    public init?(json: JSON) {
        guard let verdict = json["verdict"]?.string.flatMap({ Verdict(rawValue: $0) }),
            let message = json["message"]?.string
        else { return nil }
        self.init(
            verdict, message, file: json["file"]?.string, line: json["line"]?.int, value: json["value"]?.double,
            threshold: json["threshold"]?.double, mayChange: json["mayChange"]?.bool ?? false)
    }
}
