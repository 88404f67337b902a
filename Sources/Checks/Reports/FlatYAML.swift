/// The scalars of a simple YAML file such as `params.yaml`, by their paths: `hyperparameters.C`.
///
/// Reads block mappings of scalars and lists of scalars, which is what trainers write; anything else is left out.
struct FlatYAML {
    private(set) var values: [String: String] = [:]

    init(_ text: String) {
        var path: [(indent: Int, name: String)] = []
        var lists: [String: [String]] = [:]
        for line in text.split(separator: "\n") {
            let body = line.drop { $0 == " " }
            let indent = line.utf8.count - body.utf8.count
            if body.isEmpty || body.first == "#" || body.hasPrefix("---") { continue }
            if body.hasPrefix("- ") {
                while let last = path.last, last.indent > indent { path.removeLast() }
                lists[path.map(\.name).joined(separator: "."), default: []].append(Self.plain(body.dropFirst(2)))
                continue
            }
            guard let colon = body.firstIndex(of: ":") else { continue }
            while let last = path.last, last.indent >= indent { path.removeLast() }
            let name = Self.plain(body[..<colon]), value = body[body.index(after: colon)...]
            path.append((indent, name))
            let text = Self.plain(value)
            if !text.isEmpty { values[path.map(\.name).joined(separator: ".")] = text }
        }
        for (name, items) in lists where values[name] == nil {
            values[name] = "[" + items.joined(separator: ", ") + "]"
        }
    }

    /// The names and values right below a mapping.
    func members(of name: String) -> [String: String] {
        var found: [String: String] = [:]
        for (path, value) in values where path.hasPrefix(name + ".") {
            found[String(path.dropFirst(name.utf8.count + 1))] = value
        }
        return found
    }

    /// Without quotes and comments.
    private static func plain(_ text: Substring) -> String {
        let trimmed = String(text).trimmed
        if let quote = trimmed.first, quote == "\"" || quote == "'", trimmed.count > 1,
            let end = trimmed.dropFirst().firstIndex(of: quote)
        {
            return String(trimmed[trimmed.index(after: trimmed.startIndex)..<end])
        }
        let comment = trimmed.firstRange(of: " #")
        return comment.map { String(trimmed[..<$0.lowerBound]).trimmed } ?? trimmed
    }
}
