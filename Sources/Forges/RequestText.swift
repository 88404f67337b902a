import Domain

/// The body of a pull request.
enum RequestText {
    /// Each line of `about` as a paragraph, with nothing in it that a forge takes for markup, and who wrote it.
    static func body(_ about: String) -> String {
        // As Markdown spells it, a sign may take ten; forges take 65,536.
        var lines: [String] = []
        var room = 60_000
        for line in about.split(whereSeparator: \.isNewline).prefix(40) {
            let text = Markup.code(String(line), limit: 300)
            room -= text.utf8.count + 2
            guard room >= 0 else { break }
            lines.append(text)
        }
        return
            (lines + [
                "Opened by Martlet: the branch is the request, this page shows it. Merging, closing and pushing work as always."
            ])
            .joined(separator: "\n\n")
    }
}
