public import Domain

/// The model says under which licence it stands, and the licence is one that may be deployed.
public struct Licence: Check {
    public static let id = "model.licence"
    public static let summary = "The model names a licence that may be deployed."

    let allow: [String]
    let deny: [String]

    public init(_ fields: Fields) throws(FieldErrors) {
        allow = fields.value(
            "allow", default: [], "the SPDX identifiers that may be deployed; without them any that is not denied")
        deny = fields.value(
            "deny", default: ["AGPL-*", "CC-BY-NC*", "*-NC-*"], "those that may not; * stands for anything")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let licence = subject.manifest.licence?.trimmed, !licence.isEmpty else {
            return Outcome(
                [Finding(.fail, "model.yaml names no licence; add licence: with an SPDX identifier")], otherwise: "")
        }
        let parts = licence.replacing("(", with: " ").replacing(")", with: " ").split(separator: " ").map(String.init)
        let names = parts.filter { !["AND", "OR", "WITH"].contains($0) }
        // Of alternatives one that may be used is enough; of a sum, every part must be.
        let verdicts = names.map(isAllowed)
        let isFine = parts.contains("OR") ? verdicts.contains(true) : verdicts.allSatisfy { $0 }
        let list = allow.isEmpty ? "denied are \(deny.listed())" : "allowed are \(allow.listed())"
        return Outcome(
            isFine ? [] : [Finding(.fail, "the licence \(licence) may not be deployed; \(list)")],
            otherwise: "the licence is \(licence)", measurements: ["licence": .string(licence)])
    }

    private func isAllowed(_ name: String) -> Bool {
        if deny.contains(where: { NamePattern($0).matches(name) }) { return false }
        return allow.isEmpty || allow.contains { NamePattern($0).matches(name) }
    }
}
