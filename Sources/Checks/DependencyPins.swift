import Domain

/// The lines of a lock file that leave open what is taken.
enum DependencyPins {
    /// A line and its number.
    typealias Line = (number: Int, text: String)

    /// Of `requirements*` and `Dockerfile`; other lock files are written by tools that pin.
    static func open(in text: [UInt8], _ path: String) -> [Line] {
        let lines = text.lines.enumerated().map { (number: $0 + 1, text: $1.trimmed) }
        let name = path.pathParts().last ?? ""
        if name.hasSuffix("Dockerfile") { return images(lines) }
        return name.hasPrefix("requirements") ? lines.filter { isOpen(requirement: $0.text) } : []
    }

    // MARK: Python

    /// A requirement as PEP 508 writes it, with pip's comments and options.
    private static func isOpen(requirement line: String) -> Bool {
        var line = line
        if let comment = line.firstRange(of: #/(^|\s)#.*/#) { line.removeSubrange(comment) }
        // Of an option, only one that names something to install.
        for option in ["-e ", "--editable ", "--editable="] where line.hasPrefix(option) {
            line = String(line.dropFirst(option.count)).trimmed
            return line.contains("://") && isOpen(url: line)
        }
        guard let first = line.first, first.isLetter || first.isNumber else { return false }
        if let name = line.firstMatch(of: #/^[A-Za-z0-9._-]+\s*(\[[^\]]*\])?\s*@\s*/#) {
            return isOpen(url: String(line[name.range.upperBound...]))
        }
        if line.contains("://") { return isOpen(url: line) }
        // Markers say when a requirement counts, and hashes what it must be: neither is its version.
        let named = line.prefix { $0 != ";" }.split(separator: " --").first.map(String.init) ?? ""
        return !named.split(separator: ",").contains {
            $0.contains(#/={2,3}\s*[^\s=*]+\s*\)?\s*\\?$/#) && !$0.contains("*")
        }
    }

    /// What a version control system holds is pinned by a commit or a version's tag; a file, by being one.
    private static func isOpen(url line: String) -> Bool {
        let url = line.prefix { $0 != " " && $0 != ";" && $0 != "#" }
        guard let scheme = url.firstRange(of: "://") else { return true }
        guard ["git+", "hg+", "svn+", "bzr+"].contains(where: { url.hasPrefix($0) }) else { return false }
        // A user's name may stand before the host, with an @ of its own.
        let path = url[scheme.upperBound...].drop { $0 != "/" }
        guard let at = path.lastIndex(of: "@") else { return true }
        let revision = path[path.index(after: at)...]
        return revision.wholeMatch(of: #/[0-9a-f]{7,64}|v?[0-9]+(\.[0-9]+)+[A-Za-z0-9.+-]*/#) == nil
    }

    // MARK: Docker

    private static func images(_ lines: [Line]) -> [Line] {
        var stages: Set<Substring> = ["scratch"], arguments: [Substring: Substring] = [:]
        return lines.filter { line in
            let words = line.text.split { $0 == " " || $0 == "\t" }
            guard let instruction = words.first?.uppercased() else { return false }
            if instruction == "ARG", words.count > 1, let sign = words[1].firstIndex(of: "=") {
                let value = words[1][words[1].index(after: sign)...]
                arguments[words[1][..<sign]] = value.filter { $0 != "\"" && $0 != "'" }[...]
            }
            guard instruction == "FROM" else { return false }
            let names = words.dropFirst().filter { !$0.hasPrefix("--") }
            guard let first = names.first else { return true }
            let image = filled(first, arguments)
            let isStage = stages.contains(image.lowercased()[...])
            if names.count > 2, names.dropFirst().first?.uppercased() == "AS", let stage = names.last {
                stages.insert(stage.lowercased()[...])
            }
            return !isStage && isOpen(image: image)
        }
    }

    /// With the defaults of its arguments.
    private static func filled(_ image: Substring, _ arguments: [Substring: Substring]) -> String {
        let filled = image.replacing(#/\$(\{([A-Za-z0-9_]+)(:-([^}]*))?\}|([A-Za-z0-9_]+))/#) { match in
            let name = match.output.2 ?? match.output.5 ?? ""
            return String(arguments[name] ?? match.output.4 ?? match.output.0)
        }
        return String(filled)
    }

    /// A registry's port is no tag: that stands behind the last `/`.
    private static func isOpen(image: String) -> Bool {
        if image.contains("$") { return true }
        if image.contains("@sha256:") { return false }
        let name = image.pathParts().last ?? ""
        guard let colon = name.lastIndex(of: ":") else { return true }
        return ["", "latest"].contains(name[name.index(after: colon)...])
    }
}
