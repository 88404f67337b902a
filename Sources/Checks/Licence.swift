public import Domain

/// The model says under which licence it stands, and the licence is one that may be deployed.
public struct Licence: Check {
    public static let id = "model.licence"
    public static let version = 2
    public static let summary = "The model names a licence that may be deployed."

    let allow: [String]
    let deny: [String]

    public init(_ fields: Fields) throws(FieldErrors) {
        allow = fields.value(
            "allow", default: [], "the SPDX identifiers that may be deployed; without them any that is not denied")
        deny = fields.value(
            "deny", default: ["AGPL*", "CC-BY-NC*", "*-NC-*"], "those that may not; * stands for anything")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let licence = subject.manifest.licence?.trimmed, !licence.isEmpty else {
            return Outcome(
                [Finding(.fail, "model.yaml names no licence; add licence: with an SPDX identifier")], otherwise: "")
        }
        guard let expression = LicenceExpression(licence) else {
            return Outcome(
                [
                    Finding(
                        .fail,
                        "the licence \"\(licence)\" is no SPDX expression; write identifiers with AND, OR, WITH, such as "
                            + "Apache-2.0 OR MIT")
                ], otherwise: "")
        }
        let isFine = expression.isAllowed(by: isAllowed)
        let list = allow.isEmpty ? "denied are \(deny.listed())" : "allowed are \(allow.listed())"
        return Outcome(
            isFine ? [] : [Finding(.fail, "the licence \(licence) may not be deployed; \(list)")],
            otherwise: "the licence is \(licence)", measurements: ["licence": .string(licence)])
    }

    private func isAllowed(_ name: String) -> Bool {
        let name = LicenceExpression.plain(name)
        // These say that there is no licence, or that nobody knows.
        if ["none", "noassertion"].contains(name) { return false }
        let matches = { (pattern: String) in NamePattern(LicenceExpression.plain(pattern)).matches(name) }
        return !deny.contains(where: matches) && (allow.isEmpty || allow.contains(where: matches))
    }
}
