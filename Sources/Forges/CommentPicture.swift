/// A bar for each name, as a diagram of Mermaid: the one picture that a comment can hold without being kept anywhere else. GitHub, GitLab,
/// Gitea and Forgejo draw it beside the text; where it is not drawn it is still read.
///
/// A line of Mermaid is a program, so of foreign text only letters, digits and few signs come in (`xychart-beta`, Mermaid 10.6 and later).
struct CommentPicture {
    private static let mostBars = 16
    private static let (longestName, longestTitle) = (28, 80)
    /// Of a picture that is drawn as wide as the comment; Mermaid's own height would stretch one bar over it.
    private static let (frame, bar) = (90, 26)

    private let title: String
    private let bars: [(name: String, value: Double)]
    private let line: Double?

    /// - Parameters:
    ///   - bars: In the order in which they are drawn; what is not finite, or not within 0…`Double(Int32.max)`, is left out.
    ///   - line: A value that all bars are seen against.
    init(_ title: String, _ bars: [(name: String, value: Double)], line: Double? = nil) {
        self.title = title
        self.bars = Array(bars.filter { Self.canBeDrawn($0.value) }.prefix(Self.mostBars))
        self.line = line.flatMap { Self.canBeDrawn($0) ? $0 : nil }
    }

    /// Lines of Markdown; none where there is nothing to compare.
    var lines: [String] {
        guard bars.count > 1, let most = (bars.map(\.value) + [line ?? 0]).max(), most > 0 else { return [] }
        let height = Self.frame + Self.bar * bars.count
        let look = #"%%{init: {"xyChart": {"height": \#(height)}, "themeVariables": {"xyChart": {"#
        let colours = ##""plotColorPalette": "#5b8def, #d1495b"}}}}%%"##
        // Two bars of one name would be drawn as one.
        let names = bars.enumerated().map { "\"\(Self.plain($1.name, number: $0 + 1))\"" }
        let values = bars.map { Self.number($0.value) }
        var lines = [
            "```mermaid", look + colours, "xychart-beta horizontal", "    title \"\(Self.plain(title))\"",
            "    x-axis [\(names.joined(separator: ", "))]", "    y-axis 0 --> \(Self.number(most <= 1 ? 1 : most))",
            "    bar [\(values.joined(separator: ", "))]",
        ]
        if let line { lines.append("    line [\(values.map { _ in Self.number(line) }.joined(separator: ", "))]") }
        return lines + ["```"]
    }

    private static func canBeDrawn(_ value: Double) -> Bool { value >= 0 && value <= Double(Int32.max) }

    /// Mermaid's grammar knows no exponents.
    private static func number(_ value: Double) -> String {
        let parts = (value * 1e4).rounded() / 1e4
        return "\(parts)".contains("e") ? "0" : "\(parts)"
    }

    private static func plain(_ text: String, number: Int? = nil) -> String {
        let (start, longest) = number.map { ("\($0) ", longestName) } ?? ("", longestTitle)
        let safe = text.unicodeScalars.map { isHarmless($0) ? Character($0) : " " }
        return start + String(safe.prefix(longest)) + (safe.count > longest ? "…" : "")
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", " ", "_", "=", ".", "-", ",", "(", ")": true
        default: scalar.value >= 0xC0 && scalar.properties.isAlphabetic
        }
    }
}
