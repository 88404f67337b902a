/// The scalars of a flow mapping of YAML, `{C: 1, solver: {tol: 0.1, steps: [1, 2]}}`, by their paths: `solver.tol`.
///
/// A list stands as its text. What is not closed ends with the text.
struct FlowYAML {
    private(set) var values: [String: String] = [:]

    init(_ text: String) {
        var names: [String] = [], word = "", key: String?, lists = 0, quote: Character?
        for character in Self.withoutComments(text) {
            if let open = quote {
                word.append(character)
                if character == open { quote = nil }
                continue
            }
            switch character {
            case "\"", "'":
                quote = character
                word.append(character)
            case "[", "]":
                lists += character == "[" ? 1 : -1
                word.append(character)
            case _ where lists > 0: word.append(character.isNewline ? " " : character)
            case ":" where key == nil:
                key = FlatYAML.plain(word[...])
                word = ""
            case "{":
                names.append(key ?? "")
                (key, word) = (nil, "")
            case ",", "}":
                note(word, key, below: names)
                (key, word) = (nil, "")
                if character == "}" { _ = names.popLast() }
            default: word.append(character.isNewline ? " " : character)
            }
        }
    }

    private mutating func note(_ word: String, _ key: String?, below names: [String]) {
        guard let key, case let value = FlatYAML.plain(word[...]), !value.isEmpty else { return }
        values[(names.filter { !$0.isEmpty } + [key]).joined(separator: ".")] = value
    }

    private static func withoutComments(_ text: String) -> String {
        var plain = "", quote: Character?, isComment = false
        for character in text {
            if character.isNewline {
                isComment = false
            } else if quote == nil, character == "#", plain.last?.isWhitespace ?? true {
                isComment = true
            }
            if isComment { continue }
            if character == quote {
                quote = nil
            } else if quote == nil, character == "\"" || character == "'" {
                quote = character
            }
            plain.append(character)
        }
        return plain
    }

    /// How many brackets more a line opens than it closes.
    static func depth(of line: Substring) -> Int {
        var depth = 0, quote: Character?
        for character in withoutComments(String(line)) {
            switch character {
            case _ where quote != nil: if character == quote { quote = nil }
            case "\"", "'": quote = character
            case "{", "[": depth += 1
            case "}", "]": depth -= 1
            default: break
            }
        }
        return depth
    }
}
