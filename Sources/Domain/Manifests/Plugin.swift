/// Something that a manifest names by `kind`.
///
/// A plug-in is a value: its stored properties are its settings, read from the manifest.
public protocol Plugin: FieldGroup {
    /// The name that users write, in kebab case.
    static var kind: String { get }
    /// What it does, in half a sentence for `martlet kinds`.
    static var summary: String { get }
}

/// The known plug-ins of one sort, by kind.
public struct Registry: Sendable {
    private let types: [String: any Plugin.Type]

    public init(_ types: [any Plugin.Type]) {
        self.types = Dictionary(types.map { ($0.kind, $0) }) { first, _ in first }
    }

    public var kinds: [String] { types.keys.sorted() }

    public subscript(kind: String) -> (any Plugin.Type)? { types[kind] }

    /// The plug-in that `settings` describe. Throws where there is none of that kind, or a setting is wrong.
    public func make(_ settings: PluginSettings) throws(FieldErrors) -> any Plugin {
        guard let type = types[settings.kind] else {
            let near = Suggestion.nearest(to: settings.kind, in: kinds)
            throw FieldErrors(
                "unknown-kind", at: settings.settings.place, "no plug-in of kind '\(settings.kind)'",
                hint: near.map { "did you mean '\($0)'?" } ?? "known: \(kinds.joined(separator: ", "))")
        }
        return try type.init(node: settings.settings)
    }

    /// The same, as what is needed of it, such as `(any Target).self`.
    public func make<Sort>(_ settings: PluginSettings, as sort: Sort.Type) throws(FieldErrors) -> Sort {
        guard let plugin = try make(settings) as? Sort else {
            throw FieldErrors(
                "unknown-kind", at: settings.settings.place,
                "'\(settings.kind)' is no \("\(sort)".lowercased().dropFirst(4))")
        }
        return plugin
    }
}
