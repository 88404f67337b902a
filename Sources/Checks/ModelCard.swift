public import Domain

/// The model has a card that says what it is for, what it was made of, and where it must not be used.
public struct ModelCard: Check {
    public static let id = "model.card"
    public static let summary = "A model card is there, with the sections that readers need."

    let file: String
    let sections: [String]
    let minWords: Int

    public init(_ fields: Fields) throws(FieldErrors) {
        file = fields.value("file", default: "README.md", "the card, in Markdown")
        sections = fields.value(
            "sections", default: ["intended use", "data", "metrics", "limitations"],
            "words that a heading must hold; alternatives are separated by |")
        minWords = fields.value("minWords", default: 10, "how many words a section must have")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let content = try await subject.tools.file(subject.version, file) else {
            let words = "the model has no \(file): write what it is for, its data, metrics and limits"
            return Outcome(.fail, words, findings: [Finding(.fail, words, file: file)])
        }
        return try await Outcome.from {
            let text = String(decoding: try ByteSource(content).all(atMost: 4 << 20), as: UTF8.self)
            let found = Self.sections(of: text)
            let findings = sections.compactMap { wanted -> Finding? in
                let words = wanted.lowercased().split(separator: "|").map(String.init)
                let matching = found.filter { section in words.contains { section.title.contains($0.trimmed) } }
                guard let most = matching.map(\.words).max() else {
                    return Finding(.fail, "\(file) has no section on \(wanted)", file: file)
                }
                return most >= minWords
                    ? nil
                    : Finding(
                        .fail, "\(file): the section on \(wanted) has \(most) words, expected \(minWords)", file: file)
            }
            return Outcome(
                findings, otherwise: "\(file) has all \(sections.count) sections",
                measurements: ["sections": .int(found.count)])
        }
    }

    /// Each heading in lower case with the number of words below it, those of its own sections included.
    private static func sections(of text: String) -> [(title: String, words: Int)] {
        var sections: [(title: String, level: Int, words: Int)] = [], open: [Int] = []
        var isCode = false
        for line in text.split(separator: "\n") {
            if line.hasPrefix("```") { isCode.toggle() }
            let level = line.prefix { $0 == "#" }.count
            if !isCode, (1...6).contains(level), line.dropFirst(level).first == " " {
                open.removeAll { sections[$0].level >= level }
                open.append(sections.count)
                sections.append((line.dropFirst(level + 1).lowercased(), level, 0))
            } else {
                let words = line.split(separator: " ").count
                for index in open { sections[index].words += words }
            }
        }
        return sections.map { ($0.title, $0.words) }
    }
}
