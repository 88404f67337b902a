import Domain
import Manifests

/// Something that a manifest can name.
struct Kind {
    /// In the singular, such as `target`.
    let sort: String
    let name: String
    let summary: String
    /// The JSON Schema of its settings, made of the fields that it reads.
    let schema: JSON
    /// Of a check: the files that it reads.
    var files: [DeclaredFile] = []

    static var manifests: [Kind] {
        ManifestKinds.all.map { Kind(sort: "manifest", name: $0, summary: "martlet schema \($0)", schema: [:]) }
    }

    static var plugins: [Kind] {
        let checks = BuiltIns.checks.types.map {
            Kind(sort: "check", name: $0.id, summary: $0.summary, schema: $0.schema, files: $0.reads)
        }
        let registries: [(String, Registry)] = [
            ("target", BuiltIns.targets), ("probe", BuiltIns.probes), ("forge", BuiltIns.forges),
            ("notifier", BuiltIns.notifiers), ("engine", BuiltIns.engines),
        ]
        return registries.reduce(checks) { kinds, entry in
            kinds
                + entry.1.kinds.compactMap { name in
                    entry.1[name].map { Kind(sort: entry.0, name: name, summary: $0.summary, schema: $0.schema) }
                }
        }
    }

    /// The same for the JSON Schemas of manifests.
    static var schemas: [PluginSort: [PluginSchema]] {
        plugins.reduce(into: [:]) { schemas, kind in
            guard let sort = PluginSort(rawValue: kind.sort) else { return }
            schemas[sort, default: []].append(
                PluginSchema(name: kind.name, summary: kind.summary, settings: kind.schema))
        }
    }

    /// What a gate says of a check beside its settings.
    private static let besideSettings =
        "A gate may also say 'required: false' (its verdict is only shown) and 'timeLimit: 2h' (30m by default)."

    var json: JSON {
        [
            "sort": .string(sort), "name": .string(name), "summary": .string(summary), "settings": schema,
            "files": .array(files.map(\.json)),
        ]
    }

    var text: String {
        let settings = Setting.all(in: schema)
        let head = "\(Terminal.paint(name, .bold)) (\(sort)): \(summary)"
        let more = (sort == "check" ? "\n" + Self.besideSettings : "") + files.map { "\n\n" + $0.text }.joined()
        guard !settings.isEmpty else { return head + "\nIt has no settings." + more }
        let rows = settings.map { ["  " + $0.name, $0.type + ($0.isRequired ? ", required" : ""), $0.about] }
        return head + "\n" + Terminal.table([["  SETTING", "VALUE", "MEANING"]] + rows) + more
    }
}

extension DeclaredFile {
    /// What it is, its columns or members, and its first lines.
    fileprivate var text: String {
        let head = Terminal.paint(place, .bold) + ": " + form
        let rows = parts.map { part in
            ["  " + part.names.joined(separator: ", "), (part.isNeeded ? "" : "(may be left out) ") + part.about]
        }
        let table = rows.isEmpty ? "" : "\n" + Terminal.table([["  COLUMN OR MEMBER", "MEANING"]] + rows)
        guard !example.isEmpty else { return head + table }
        let lines = example.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
        return head + table + "\n  for example:\n" + lines.joined(separator: "\n")
    }
}

/// One setting, as a JSON Schema has it.
struct Setting: Equatable {
    /// With those around it, such as `auth.token`.
    let name: String
    /// What can be written, for people.
    let type: String
    let isRequired: Bool
    let about: String

    /// The settings of a mapping, each before those in it.
    static func all(in schema: JSON, below prefix: String = "") -> [Setting] {
        let required = (schema["required"]?.array ?? []).compactMap(\.string)
        return (schema["properties"]?.members ?? []).flatMap { member in
            let standard = member.value["default"].map { "; \($0.string ?? $0.text()) by default" } ?? ""
            let setting = Setting(
                name: prefix + member.key, type: type(of: member.value), isRequired: required.contains(member.key),
                about: (member.value["description"]?.string ?? "") + standard)
            return [setting] + inner(member.value, setting.name)
        }
    }

    /// The settings of mappings in it, in lists and under names of the user's own.
    private static func inner(_ schema: JSON, _ name: String) -> [Setting] {
        if let items = schema["items"] { return all(in: items, below: name + "[].") }
        if let values = schema["additionalProperties"], values.members != nil {
            return all(in: values, below: name + ".NAME.")
        }
        return all(in: schema, below: name + ".")
    }

    private static func type(of schema: JSON) -> String {
        if let words = schema["enum"]?.array { return words.compactMap(\.string).joined(separator: " | ") }
        if let ways = schema["oneOf"]?.array {
            return ways.filter { $0["type"]?.string != "null" }.map(type).joined(separator: " or ")
        }
        let types = schema["type"]?.array?.compactMap(\.string) ?? [schema["type"]?.string].compactMap(\.self)
        switch types.filter({ $0 != "null" }) {
        case ["array"]: return "list of " + (schema["items"].map(type) ?? "anything")
        case ["object"]:
            guard let values = schema["additionalProperties"], values.members != nil else { return "mapping" }
            return "mapping of " + type(of: values)
        case ["integer"]: return "whole number"
        case ["number"]: return "number"
        case ["boolean"]: return "true or false"
        case ["string", "integer"] where schema["pattern"] == Duration.schema["pattern"]: return "duration"
        case []: return "anything"
        default: return "text"
        }
    }
}
