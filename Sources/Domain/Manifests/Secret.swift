/// Where a secret is; never the secret itself.
public struct Secret: Hashable, Sendable, FieldGroup {
    /// As `Tools.secret` takes it: an environment variable, or the absolute path of a file.
    public let name: String

    public init(_ fields: Fields) throws(FieldErrors) {
        let variable: String? = fields.optional("env", "the environment variable that holds it")
        let file: String? = fields.optional("file", "the absolute path of a file that holds it")
        name = variable ?? file ?? ""
        let looksRight = variable.map { $0.utf8.allSatisfy(Self.isNamePart) && !$0.isEmpty } ?? true
        if !looksRight {
            fields.complain(
                about: "env", "is no name of an environment variable",
                hint: "write the variable's name (A-Z, 0-9, _) here, never the secret itself")
        }
        if let file, !file.hasPrefix("/") { fields.complain(about: "file", "must be an absolute path") }
        fields.expectOne(of: "env", or: "file", "'env' or 'file'")
    }

    /// Capitals only: a token that was pasted here by mistake is refused, and not named in a message later.
    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }

    /// The secret without the line end that files have; `nil` where it is not there or empty.
    public func read(_ tools: Tools) -> String? {
        guard let text = tools.secret(name) else { return nil }
        let trimmed = String(text.reversed().drop { $0.isNewline || $0 == " " }.reversed())
        return trimmed.isEmpty ? nil : trimmed
    }
}
