/// `waivers/NAME.yaml`: lets one version in although one check says no, for a reason and until a day.
///
/// It counts only where the commit that wrote it is signed by somebody whom the gate lets waive.
public struct Waiver: Hashable, Sendable, FieldGroup {
    public static let kind = "Waiver"

    public var model: String
    public var check: String
    /// `nil` means every environment.
    public var environment: String?
    /// The commit that defines the version.
    public var revision: ObjectID?
    /// The tree of the model's folder: the same content, whichever commit shows it. Of a version's data it says nothing; that is what the
    /// commit has that writes the waiver.
    public var tree: ObjectID?
    public var reason: String
    public var expires: Timestamp
    /// Who waives, as `allowed_signers` names them.
    public var by: String

    public init(_ fields: Fields) throws(FieldErrors) {
        model = try fields.required("model", "the model, as its folder below models/ is called")
        check = try fields.required("check", "the check that is waived, such as model.slices")
        environment = fields.optional("environment", "where; without it, everywhere")
        revision = fields.optional("revision", "the commit that defines the version")
        tree = fields.optional(
            "tree",
            "the tree of the model's folder, git rev-parse HEAD:models/NAME; its datasets must be as they are in the commit that "
                + "writes the waiver")
        reason = try fields.required("reason", "why the version may enter all the same")
        let end: ManualEvidence.Day = try fields.required(
            "expires", "the day, or the moment, from which it no longer counts")
        expires = end.start
        by = try fields.required("by", "who waives, as allowed_signers names them")
        if fields.lacks("revision", "tree") {
            fields.complain(about: "check", "waives it for one version: add its revision, or its tree")
        }
        if reason.allSatisfy(\.isWhitespace) { fields.complain(about: "reason", "must say why") }
    }

    /// Whether it is about this version there; who signed it and when it ends is not looked at.
    public func covers(_ version: ModelVersion, in environment: String) -> Bool {
        model == version.model && (self.environment ?? environment) == environment
            && (revision.map { $0 == version.revision } ?? true) && (tree.map { $0 == version.tree } ?? true)
    }
}

/// The waivers for one version before one gate.
public struct Waivers: Hashable, Sendable {
    public var granted: [Granted]
    public var refused: [Refusal]

    /// A waiver that somebody signed who may.
    public struct Granted: Hashable, Sendable, CustomStringConvertible {
        public let check: String
        /// The file.
        public let path: String
        public let by: String
        public let until: Timestamp
        public let reason: String
        /// The commit that was signed.
        public let commit: ObjectID

        public init(check: String, path: String, by: String, until: Timestamp, reason: String, commit: ObjectID) {
            self.check = check
            self.path = path
            self.by = by
            self.until = until
            self.reason = reason
            self.commit = commit
        }

        public var json: JSON {
            [
                "check": .string(check), "path": .string(path), "by": .string(by), "until": .string(until.description),
                "reason": .string(reason), "commit": .string(commit.description),
            ]
        }

        public var description: String { "waived by \(by) until \(until): \(Excerpt.line(reason))" }
    }

    /// A waiver that does not count, and why.
    public struct Refusal: Hashable, Sendable, CustomStringConvertible {
        public let check: String
        public let path: String
        public let reason: String

        public init(check: String, path: String, reason: String) {
            self.check = check
            self.path = path
            self.reason = reason
        }

        public var description: String { "\(path) does not count: \(reason)" }
    }

    public init(granted: [Granted] = [], refused: [Refusal] = []) {
        self.granted = granted
        self.refused = refused
    }

    /// What waives a check at this moment.
    public func waiver(of check: String, at now: Timestamp) -> Granted? {
        granted.first { $0.check == check && now < $0.until }
    }
}
