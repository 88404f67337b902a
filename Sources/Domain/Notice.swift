/// Something that happened and that people are told, once.
public struct Notice: Hashable, Sendable {
    /// What happened, as `notifications: [{on: …}]` names it.
    public enum Event: String, FieldChoice {
        case promoted
        case rolledBack = "rolled-back"
        case verified
        case failed
        /// The target could not be made to run it, or its health cannot be told.
        case stalled
        /// A monitor found a verified deployment ill; what it does about that is told by itself.
        case alert
        /// What a monitor found ill is well again.
        case recovered
        case held
        case lifted
        /// Nothing goes on until a person decides.
        case needsPerson = "needs-person"
        /// A check that a gate requires did not pass.
        case gateClosed = "gate-closed"
        case requestOpened = "request-opened"
        case requestMerged = "request-merged"
        case requestRefused = "request-refused"
        case requestClosed = "request-closed"
        /// A model is being trained anew, because a monitor asked for that.
        case retrainBegun = "retrain-begun"
        /// That command has ended well.
        case retrainEnded = "retrain-ended"
        case retrainFailed = "retrain-failed"
        /// What a model depends on is another than before: its data, lock files, schema or licence.
        case dependencyChanged = "dependency-changed"
    }

    /// The same for the same happening, whoever tells it and how often: receivers know a repetition by it. 32 hexadecimal digits.
    public let id: String
    public let event: Event
    /// The environments that it concerns; none where it concerns all of them.
    public let environments: [String]
    /// `nil` where it concerns the repository.
    public let model: String?
    /// What happened, on one line.
    public let headline: String
    public let details: [String]
    /// Who answers for the model.
    public let owners: [String]
    /// The commit of the branch that it is about.
    public let commit: ObjectID?
    public let time: Timestamp
    public var link: String?

    /// - Parameter source: Names the happening: a record's commit, or a path and its content.
    public init(
        _ event: Event, from source: String, environments: [String] = [], model: String? = nil, _ headline: String,
        details: [String] = [], owners: [String] = [], commit: ObjectID? = nil, at time: Timestamp
    ) {
        let name = ([source, event.rawValue] + environments + [model ?? ""]).joined(separator: "\n")
        id = String(SHA256.digest(of: Array(name.utf8)).digits.prefix(32))
        self.event = event
        self.environments = environments
        self.model = model
        self.headline = Excerpt.line(headline, limit: 400)
        self.details = details.prefix(20).map { Excerpt.line($0, limit: 400) }
        self.owners = owners.prefix(20).map { Excerpt.line($0) }
        self.commit = commit
        self.time = time
    }

    /// The command that says more.
    public var hint: String {
        guard let model else { return "martlet status" }
        return environments.count == 1 ? "martlet why \(model) \(environments[0])" : "martlet history \(model)"
    }

    /// The whole for people, without control characters but line ends.
    public var text: String {
        var lines = [headline] + details
        if !owners.isEmpty { lines.append("owners: " + owners.joined(separator: ", ")) }
        lines.append("more: " + hint)
        if let link { lines.append(link) }
        return lines.joined(separator: "\n")
    }

    public var json: JSON {
        [
            "id": .string(id), "event": .string(event.rawValue), "time": .string(time.description),
            "environments": .array(environments.map(JSON.string)), "model": JSON(model), "headline": .string(headline),
            "details": .array(details.map(JSON.string)), "owners": .array(owners.map(JSON.string)),
            "commit": JSON(commit?.description), "hint": .string(hint), "link": JSON(link),
        ]
    }
}
