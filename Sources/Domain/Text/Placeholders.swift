/// Puts the facts of a release where a setting names them: `{model}`, `{number}`, `{version}`, `{revision}`, `{digest}`, `{environment}`.
///
/// Model and number are as the target serves them: Triton's `lending__credit-risk`, and the number of the folder that it reads.
public struct Placeholders: Sendable {
    private let values: [(name: String, value: String)]

    public init(_ release: Release) {
        values = [
            ("model", release.name), ("version", release.pin.label), ("revision", release.pin.revision.description),
            ("number", String(release.number)), ("digest", release.digest?.digits ?? ""),
            ("environment", release.environment),
        ]
    }

    /// For the texts of settings.
    public static let listed =
        "{model} and {number} as the target serves them, {version}, {revision}, {digest} and {environment}"

    /// `text` with each value as `write` spells it. Other braces stay: queries are full of them.
    public func fill(_ text: String, _ write: (String) -> String = { $0 }) -> String {
        var result = "", rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            result += rest[..<open]
            rest = rest[open...]
            if let (name, value) = values.first(where: { rest.hasPrefix("{\($0.name)}") }) {
                result += write(value)
                rest = rest.dropFirst(name.count + 2)
            } else {
                result += "{"
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    /// Inside the quotes of a PromQL string.
    public static func quoted(_ value: String) -> String {
        value.flatMap { $0 == "\\" || $0 == "\"" || $0 == "\n" ? ["\\", $0 == "\n" ? "n" : $0] : [$0] }.map(String.init)
            .joined()
    }
}
