import Domain

/// The body of a pull request.
enum RequestText {
    /// Each line of `about` as a paragraph, with nothing in it that a forge takes for markup, and who wrote it.
    static func body(_ about: String) -> String {
        // As Markdown spells it, a sign may take several; forges take 65,536.
        let lines = about.split(whereSeparator: \.isNewline).prefix(40).map { Markup.code(String($0), limit: 300) }
        return
            (lines + [
                "Opened by Martlet: the branch is the request, this page shows it. Merging, closing and pushing work as always."
            ])
            .joined(separator: "\n\n")
    }
}
