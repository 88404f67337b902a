/// The lines of a commit message as Git tells them apart: by bytes, whatever characters Unicode makes of them. What follows a zero, Git does
/// not read.
struct MessageLines {
    typealias Line = Substring.UTF8View

    private let lines: [Line]

    init(_ message: String) {
        lines = message.utf8.prefix { $0 != 0 }.split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    }

    subscript(index: Int) -> Line { lines[index] }

    /// The last paragraph, if there is one before it and each of its lines looks like a trailer, as `git interpret-trailers` asks.
    var block: Range<Int> {
        let paragraph = paragraph(before: lines.count, without: Self.isBlank)
        return paragraph.lowerBound > 0 && paragraph.allSatisfy { Self.isTrailer(lines[$0]) } ? paragraph : 0..<0
    }

    /// Where Git may look for trailers: at the end, or before what it takes for the first patch or for what an editor showed, without
    /// comments and the list of conflicts.
    var endings: [Range<Int>] {
        let ends =
            [lines.count]
            + [lines.firstIndex(where: Self.isDivider), lines.firstIndex(where: Self.isCut)]
            .compactMap(\.self)
        return ends.map { paragraph(before: $0) { Self.isBlank($0) || Self.isRemark($0) } }
    }

    /// - Parameter skipped: Lines that do not count where they are the last.
    private func paragraph(before end: Int, without skipped: (Line) -> Bool) -> Range<Int> {
        let end = lines[..<end].lastIndex { !skipped($0) }.map { $0 + 1 } ?? 0
        return (lines[..<end].lastIndex(where: Self.isBlank).map { $0 + 1 } ?? 0)..<end
    }

    private static func isTrailer(_ line: Line) -> Bool {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else { return false }
        return line[..<colon].allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || byte == UInt8(ascii: "-")
        }
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

    private static func isBlank(_ line: Line) -> Bool { line.allSatisfy(isSpace) }

    /// A comment, or the list of conflicts that Git wrote below messages of merges once.
    private static func isRemark(_ line: Line) -> Bool {
        line.first == UInt8(ascii: "#") || line.first == UInt8(ascii: "\t") || line.elementsEqual("Conflicts:".utf8)
    }

    private static func isDivider(_ line: Line) -> Bool {
        line.starts(with: "---".utf8) && line.dropFirst(3).first.map(isSpace) ?? true
    }

    private static func isCut(_ line: Line) -> Bool {
        let cut = "------------------------ >8 ------------------------".utf8
        return line.suffix(cut.count).elementsEqual(cut)
    }
}
