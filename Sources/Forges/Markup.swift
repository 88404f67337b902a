import Domain

/// Foreign text inside Markdown, so that it stays text.
///
/// Every sign that Markdown, HTML or a forge could take for something is written as a numeric character reference, which Markdown never
/// reads as structure (CommonMark 0.31 §2.5); and it stands in `<code>`, where forges look for no mention, issue, commit or link.
enum Markup {
    static func code(_ text: String, limit: Int = 300) -> String {
        let plain = plain(text, limit: limit)
        guard !plain.isEmpty else { return "" }
        var encoded = ""
        let scalars = Array(plain.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            if isHarmless(scalar) || scalar == "." && isDecimalPoint(scalars, index) {
                encoded.unicodeScalars.append(scalar)
            } else {
                // GitHub's Markdown looks for e-mail addresses after it has read references; an empty comment keeps the two sides apart.
                encoded += "&#\(scalar.value);" + (scalar == "@" ? "<!-- -->" : "")
            }
        }
        return "<code>\(encoded)</code>"
    }

    /// One line without what steers: control characters, and those that turn the direction of text or cannot be seen.
    static func plain(_ text: String, limit: Int = 300) -> String {
        var line = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < limit else { return String(line) + "…" }
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: line.append(" ")
            case .format, .surrogate, .privateUse, .unassigned: continue
            default: line.append(scalar)
            }
            count += 1
        }
        return String(line)
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", " ", ",", "(", ")", "%", "-", "…": true
        default: scalar.value >= 0xA0 && scalar.properties.isAlphabetic
        }
    }

    private static func isDecimalPoint(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
        guard index > 0, index + 1 < scalars.count else { return false }
        return ("0"..."9").contains(scalars[index - 1]) && ("0"..."9").contains(scalars[index + 1])
    }
}
