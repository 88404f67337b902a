/// Why a version does not enter, or what fails does not go back, though no rule keeps it from that.
public struct Hindrance: Hashable, Sendable {
    /// The version that is kept out; where it is the one that runs, what keeps it there.
    public var revision: ObjectID
    public var reason: String
    /// Whether it ends by a person's hand alone.
    public var needsPerson: Bool

    public init(_ revision: ObjectID, _ reason: String, needsPerson: Bool) {
        self.revision = revision
        self.reason = Excerpt.line(reason, limit: 1500)
        self.needsPerson = needsPerson
    }

    public var json: JSON {
        [
            "revision": .string(revision.description), "reason": .string(reason), "needsPerson": .bool(needsPerson),
        ]
    }

    /// Reads what ``json`` wrote; `nil` where something is missing.
    public init?(json: JSON) {
        guard let revision = json["revision"]?.string.flatMap({ ObjectID($0) }), let reason = json["reason"]?.string
        else { return nil }
        self.init(revision, reason, needsPerson: json["needsPerson"]?.bool ?? false)
    }
}
