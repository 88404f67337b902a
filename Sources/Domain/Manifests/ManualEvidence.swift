/// `evidence/NAME.yaml`: a test of the rubric that people ran, and where they wrote down and told what they found.
///
/// It is worth half a point while it holds: see ``refusal(signer:committed:now:)``.
public struct ManualEvidence: Hashable, Sendable, FieldGroup {
    public static let kind = "Evidence"

    public var check: String
    public var model: String
    /// The commit of the version that was tested; `nil` stands for every version until it expires.
    public var revision: ObjectID?
    public var author: String
    public var date: Day
    public var expires: Day?
    public var result: Result
    public var text: String
    /// To whom the result was made known: what nobody has read was not distributed.
    public var distributedTo: [String]
    public var links: [Link]

    public init(_ fields: Fields) throws(FieldErrors) {
        check = try fields.required("check", "the test's id, such as data.privacy")
        model = try fields.required("model", "the model that was tested")
        revision = fields.optional(
            "revision", "the commit of the version that was tested; without it, every version until it expires")
        author = try fields.required(
            "author", notBlank: "who ran the test and signs for it, as allowed_signers names them")
        date = try fields.required("date", "the day on which it was run")
        expires = fields.optional("expires", "the day from which it no longer counts; without it, 180 days later")
        result = fields.value("result", default: .pass, "what came out")
        text = try fields.required("text", notBlank: "what was done, and what was found")
        distributedTo = try fields.required(
            "distributedTo", nonEmpty: "the people or teams who were told; at least one")
        links = fields.value("links", default: [], "reports and tables that belong to it")
        if distributedTo.allSatisfy({ $0.allSatisfy(\.isWhitespace) }) {
            fields.complain(about: "distributedTo", "name at least one")
        }
        if let expires, expires.start <= date.start { fields.complain(about: "expires", "must be later than the date") }
    }

    public enum Result: String, FieldChoice { case pass, fail }

    /// A document: a file of the repository with its digest, or an address.
    public struct Link: Hashable, Sendable, FieldGroup {
        public var path: String?
        public var sha256: Digest?
        public var url: String?

        public init(_ fields: Fields) throws(FieldErrors) {
            path = fields.optional("path", "a file, from the repository's root")
            sha256 = fields.optional("sha256", "the SHA-256 of that file")
            url = fields.optional("url", "where it can be read")
            if fields.lacks("path", "url") { fields.complain(about: "path", "give a path or a url") }
            if path != nil, fields.lacks("sha256") {
                fields.complain(about: "path", "a file needs its sha256, so that it cannot change")
            }
        }
    }

    /// A day or a moment; a day begins in UTC.
    public struct Day: Hashable, Sendable, FieldScalar {
        public let start: Timestamp

        public static var expected: String { "a day such as 2026-11-21" }

        public init?(scalar text: String, quoted: Bool) {
            guard let start = Timestamp(text) ?? Timestamp(text + "T00:00:00Z") else { return nil }
            self.start = start
        }

        init(_ start: Timestamp) { self.start = start }

        public static var schema: JSON { ["type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T.+)?$"] }
        public static var placeholder: Day { Day(.placeholder) }
    }
}

extension ManualEvidence {
    public static let validity = Duration.seconds(180 * 86_400)

    public var end: Timestamp { expires?.start ?? date.start + Self.validity }

    /// Why it does not count; `nil` where it does.
    ///
    /// - Parameters:
    ///   - signer: Who signed the commit that brought it to the protected branch; `nil` where nobody did who may.
    ///   - committed: When that commit was made.
    public func refusal(signer: String?, committed: Timestamp, now: Timestamp) -> String? {
        guard let signer else { return "the commit that brought it is not signed by anyone in allowed_signers" }
        if signer.lowercased() != author.lowercased() {
            return "it says that \(Excerpt.line(author)) ran the test, but \(signer) signed the commit that brought it"
        }
        if now < date.start { return "it is dated in the future, \(date.start)" }
        if committed < date.start { return "it is dated after the commit that brought it" }
        return now < end ? nil : "it has expired on \(end)"
    }
}
