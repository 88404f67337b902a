import Domain

/// One time that a model was trained anew because a monitor asked for it.
struct RetrainRun: Hashable, Sendable {
    /// Names the run, for the command and for whoever writes its end.
    let id: String
    /// Where the monitor looked, and which version it found there.
    let environment: String
    let revision: ObjectID
    let monitor: String
    let reason: String
    /// The model's folder on the branch when it began: a training that brings something changes it.
    let tree: ObjectID
    let begun: Timestamp
    /// When it is over at the latest, whether or not somebody wrote down how it ended.
    let until: Timestamp
    /// `nil` where it goes on, or where whoever began it died.
    var end: End?

    struct End: Hashable, Sendable {
        let at: Timestamp
        let kind: Kind
        /// What the command said last.
        let words: String

        init(at: Timestamp, _ kind: Kind, _ words: String) {
            (self.at, self.kind) = (at, kind)
            self.words = Excerpt.line(words, limit: 400)
        }
    }

    enum Kind: String, Sendable {
        case done, failed
        /// Martlet itself was told to stop, and ended it.
        case stopped
    }

    /// Whether the command may still run somewhere. A machine that is slow to end it gets a minute.
    func mayGoOn(at now: Timestamp) -> Bool { end == nil && now < until + .seconds(60) }
}

extension RetrainRun {
    var json: JSON {
        [
            "id": .string(id), "environment": .string(environment), "revision": .string(revision.description),
            "monitor": .string(monitor), "reason": .string(reason), "tree": .string(tree.description),
            "begun": .string(begun.description), "until": .string(until.description),
            "ended": JSON(end?.at.description), "ending": JSON(end?.kind.rawValue), "words": JSON(end?.words),
        ]
    }

    /// Reads what ``json`` wrote; `nil` where something is missing.
    init?(json: JSON) {
        guard let id = json["id"]?.string, let environment = json["environment"]?.string,
            let revision = json["revision"]?.string.flatMap({ ObjectID($0) }),
            let tree = json["tree"]?.string.flatMap({ ObjectID($0) }),
            let begun = json["begun"]?.string.flatMap({ Timestamp($0) }),
            let until = json["until"]?.string.flatMap({ Timestamp($0) })
        else { return nil }
        (self.id, self.environment, self.revision, self.tree) = (id, environment, revision, tree)
        (self.begun, self.until) = (begun, until)
        monitor = Excerpt.line(json["monitor"]?.string ?? "")
        reason = Excerpt.line(json["reason"]?.string ?? "", limit: 400)
        if let at = json["ended"]?.string.flatMap({ Timestamp($0) }),
            let kind = json["ending"]?.string.flatMap({ Kind(rawValue: $0) })
        {
            end = End(at: at, kind, json["words"]?.string ?? "")
        }
    }
}
