import Domain

/// The scalars of a simple YAML file such as `params.yaml`, or of a JSON file, by their paths: `hyperparameters.C`.
///
/// Of YAML it reads block mappings of scalars and lists of scalars, and flow mappings such as `{C: 1, solver: {tol: 0.1}}`,
/// which is what trainers write; anything else is left out. JSON is read as JSON.
struct FlatYAML {
    private(set) var values: [String: String] = [:]

    init(_ text: String) {
        if let document = try? JSON(parsing: Array(text.utf8), python: true), document.members != nil {
            add(document, at: "")
        } else {
            read(text)
        }
    }

    /// The names and values right below a mapping; an empty name stands for the whole file.
    func members(of name: String) -> [String: String] {
        guard !name.isEmpty else { return values }
        var found: [String: String] = [:]
        for (path, value) in values where path.hasPrefix(name + ".") {
            found[String(path.dropFirst(name.utf8.count + 1))] = value
        }
        return found
    }

    private mutating func add(_ json: JSON, at path: String) {
        guard let members = json.members else {
            let items = json.array.map { "[" + $0.map(RunTable.text).joined(separator: ", ") + "]" }
            values[path] = items ?? RunTable.text(json)
            return
        }
        for member in members { add(member.value, at: path.isEmpty ? member.key : "\(path).\(member.key)") }
    }

    private mutating func read(_ text: String) {
        var path: [(indent: Int, name: String)] = []
        var lists: [String: [String]] = [:]
        var lines = text.split(whereSeparator: \.isNewline)[...]
        while let line = lines.popFirst() {
            let body = line.drop { $0 == " " }
            let indent = line.utf8.count - body.utf8.count
            if body.isEmpty || body.first == "#" || body.hasPrefix("---") { continue }
            if body.hasPrefix("- ") {
                while let last = path.last, last.indent > indent { path.removeLast() }
                lists[path.map(\.name).joined(separator: "."), default: []].append(Self.plain(body.dropFirst(2)))
                continue
            }
            if body.first == "{" {
                add(FlowYAML(Self.flow(from: body, &lines)), at: path.map(\.name).joined(separator: "."))
                continue
            }
            guard let colon = body.firstIndex(of: ":") else { continue }
            while let last = path.last, last.indent >= indent { path.removeLast() }
            let name = Self.plain(body[..<colon]), value = body[body.index(after: colon)...].drop { $0 == " " }
            path.append((indent, name))
            let place = path.map(\.name).joined(separator: ".")
            if value.first == "{" {
                add(FlowYAML(Self.flow(from: value, &lines)), at: place)
            } else {
                let text = Self.plain(value)
                if !text.isEmpty { values[place] = text }
            }
        }
        for (name, items) in lists where values[name] == nil {
            values[name] = "[" + items.joined(separator: ", ") + "]"
        }
    }

    private mutating func add(_ flow: FlowYAML, at path: String) {
        for (name, value) in flow.values { values[path.isEmpty ? name : "\(path).\(name)"] = value }
    }

    /// A flow mapping with the lines that it goes on over.
    private static func flow(from start: Substring, _ lines: inout ArraySlice<Substring>) -> String {
        var text = String(start), open = FlowYAML.depth(of: start)
        while open > 0, let next = lines.popFirst() {
            text += "\n" + next
            open += FlowYAML.depth(of: next)
        }
        return text
    }

    /// Without quotes and comments.
    static func plain(_ text: Substring) -> String {
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
