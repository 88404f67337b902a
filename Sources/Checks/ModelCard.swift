public import Domain

/// The model has a card that says what it is for, what it was made of, and where it must not be used.
public struct ModelCard: Check {
    public static let id = "model.card"
    public static let reads: [DeclaredFile] = [.card]
    public static let version = 4
    public static let summary = "A model card is there, with the sections that readers need."

    let file: String
    let sections: [String]
    let minWords: Int

    public init(_ fields: Fields) throws(FieldErrors) {
        file = fields.value("file", default: "README.md", "the card, in Markdown")
        sections = fields.value(
            "sections", nonEmpty: ["intended use", "data", "metrics", "limitations"],
            "words that a heading must hold, or begin words with; alternatives are separated by |")
        minWords = fields.value("minWords", default: 10, within: .atLeast(1), "how many words a section must have")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let content = try await subject.tools.file(subject.version, file) else {
            let words = "the model has no \(file): write what it is for, its data, metrics and limits"
            return Outcome(.fail, words)
        }
        return try await Outcome.from {
            let found = Self.sections(of: try RandomAccessBytes(content).all(atMost: 4 << 20))
            let findings = sections.compactMap { wanted -> Finding? in
                let alternatives = wanted.split(separator: "|").map { Self.words(of: $0) }
                let matching = found.filter { section in alternatives.contains { Self.holds(section.title, $0) } }
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

    private static func words(of text: some StringProtocol) -> [Substring] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }
    }

    /// Whether words of a title, one after another, begin with the wanted ones: `Datasets` is about data, `Metadata` is not.
    private static func holds(_ title: [Substring], _ wanted: [Substring]) -> Bool {
        guard !wanted.isEmpty, title.count >= wanted.count else { return false }
        return (0...title.count - wanted.count).contains { start in
            zip(title[start...], wanted).allSatisfy { $0.hasPrefix($1) }
        }
    }

    /// The words of each heading, with the number of words below it, those of its own sections included. Comments are nothing.
    private static func sections(of text: [UInt8]) -> [(title: [Substring], words: Int)] {
        var sections: [(title: [Substring], level: Int, words: Int)] = [], open: [Int] = []
        var isCode = false, isComment = false
        let lines = text.lines
        for (index, line) in lines.enumerated() {
            if !isComment, line.hasPrefix("```") { isCode.toggle() }
            let shown = isCode ? line : uncommented(line, &isComment)
            if !isCode, let (title, level) = heading(shown, above: index + 1 < lines.count ? lines[index + 1] : "") {
                open.removeAll { sections[$0].level >= level }
                open.append(sections.count)
                sections.append((words(of: title), level, 0))
            } else {
                let words = shown.split(whereSeparator: \.isWhitespace).count
                for index in open { sections[index].words += words }
            }
        }
        return sections.map { ($0.title, $0.words) }
    }

    /// The title and level of a heading: after `#` signs, or underlined with `=` or `-` (CommonMark 4.2 and 4.3).
    private static func heading(_ line: String, above next: String) -> (title: Substring, level: Int)? {
        let level = line.prefix { $0 == "#" }.count
        if (1...6).contains(level), line.dropFirst(level).first == " " { return (line.dropFirst(level), level) }
        let under = next.drop { $0 == " " }.filter { !$0.isWhitespace }
        guard next.prefix(while: { $0 == " " }).count < 4, let mark = under.first, mark == "=" || mark == "-",
            under.allSatisfy({ $0 == mark }), line.contains(where: { $0.isLetter }),
            !line.contains("|"), let first = line.first, !"-*+>#".contains(first), !first.isWhitespace
        else { return nil }
        return (line[...], mark == "=" ? 1 : 2)
    }

    /// The line without what stands between `<!--` and `-->`, which may be on other lines.
    private static func uncommented(_ line: String, _ isComment: inout Bool) -> String {
        var kept = "", rest = line[...]
        while true {
            guard let mark = rest.firstRange(of: isComment ? "-->" : "<!--") else { break }
            if !isComment { kept += rest[..<mark.lowerBound] + " " }
            rest = rest[mark.upperBound...]
            isComment.toggle()
        }
        return isComment ? kept : kept + rest
    }
}
