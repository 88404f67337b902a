import Domain

/// A heading of a Markdown file with what stands below it, up to the next one.
struct CardSection: Sendable {
    let title: String
    let text: String

    /// Without headings that say nothing. Lines hold nothing that could steer a terminal.
    static func all(in bytes: [UInt8]) -> [CardSection] {
        var sections: [CardSection] = [], title: String?, lines: [String] = [], isCode = false
        func close() {
            let text = lines.drop(while: \.isEmpty).reversed().drop(while: \.isEmpty).reversed().joined(separator: "\n")
            if let title, !text.isEmpty { sections.append(CardSection(title: title, text: text)) }
            lines = []
        }
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let bare = line.last == 0x0D ? line.dropLast() : line
            let text = Excerpt.oneLine(String(decoding: bare, as: UTF8.self))
            if text.hasPrefix("```") { isCode.toggle() }
            let level = text.prefix { $0 == "#" }.count
            if !isCode, (1...6).contains(level), text.dropFirst(level).first == " " {
                close()
                title = String(text.dropFirst(level + 1))
            } else {
                lines.append(text)
            }
        }
        close()
        return sections
    }

    /// Whether a word of the title begins with one of these.
    func isAbout(_ beginnings: [String]) -> Bool {
        title.lowercased().split { !$0.isLetter }.contains { word in beginnings.contains { word.hasPrefix($0) } }
    }
}
