/// The remotes and the cache of `.dvc/config` (an INI file as git's, with `['remote "NAME"']` for a remote).
struct DVCConfig: Hashable {
    /// The remote that is used where nothing else is said.
    private(set) var standard: String?
    /// The address of each remote.
    private(set) var remotes: [String: String] = [:]
    /// Where the cache lies, if not in `.dvc/cache`.
    private(set) var cache: String?

    /// Later files override earlier ones. Lines that are not understood say nothing: other tools may write them.
    init(_ files: [[UInt8]]) {
        for file in files { read(String(decoding: file, as: UTF8.self)) }
    }

    private mutating func read(_ text: String) {
        var section = ""
        for line in text.split(whereSeparator: \.isNewline) {
            let line = Self.trimmed(line)
            guard let first = line.first, first != "#", first != ";" else { continue }
            if first == "[" {
                section = Self.trimmed(line.dropFirst().prefix { $0 != "]" }).filter { $0 != "'" }
            } else if let equals = line.firstIndex(of: "=") {
                set(Self.trimmed(line[..<equals]), Self.value(line[line.index(after: equals)...]), in: section)
            }
        }
    }

    private mutating func set(_ key: String, _ value: String, in section: String) {
        if section == "core", key == "remote" { standard = value }
        if section == "cache", key == "dir" { cache = value }
        if section.hasPrefix("remote \""), section.hasSuffix("\""), section.count > 9, key == "url" {
            remotes[String(section.dropFirst(8).dropLast())] = value
        }
    }

    /// A value as ConfigObj reads it: in quotes of one kind as it is, else up to a `#`.
    private static func value(_ text: Substring) -> String {
        let text = trimmed(text)
        if let quote = text.first, quote == "\"" || quote == "'", let end = text.dropFirst().firstIndex(of: quote) {
            return String(text[text.index(after: text.startIndex)..<end])
        }
        return trimmed(text.prefix { $0 != "#" })
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var rest = Substring(text)
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }

    /// A path of the configuration: as it is where absolute, else relative to the folder `.dvc`. `nil` for `s3://` and the like.
    static func localPath(_ text: String, from folder: String?) -> String? {
        if text.hasPrefix("file://") { return String(text.dropFirst(7)) }
        if text.hasPrefix("/") { return text }
        guard !text.contains("://"), let folder else { return nil }
        return "\(folder)/\(text)"
    }
}
