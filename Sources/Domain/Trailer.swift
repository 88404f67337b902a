/// The trailers that Martlet writes into commit messages and reads back. Facts for machines; prose is for people.
public enum Trailer: String, Sendable, CaseIterable {
    case action = "Martlet-Action"
    case environment = "Martlet-Environment"
    /// `NAME@REVISION`, one each.
    case model = "Martlet-Model"
    case from = "Martlet-From"
    case gate = "Martlet-Gate"
    case evidence = "Martlet-Evidence"
    /// `PERSON TAG`, one each: who agreed, and by which tag object or, reviewed on a forge, of which commit.
    case approved = "Martlet-Approved"
    case request = "Martlet-Request"
    case rejects = "Martlet-Rejects"
    case lifts = "Martlet-Lifts"
    case cause = "Martlet-Cause"
    case observed = "Martlet-Observed"
    /// The reference that a commit was made for, of Martlet's own records: signed for one, it proves nothing of another.
    case record = "Martlet-Record"
    /// The record's commit that a person accepted as it was.
    case accepts = "Martlet-Accepts"
    /// `STATE since TIME`, of a request: in notes, never in commits.
    case state = "Martlet-State"

    /// A line of the trailer block; control characters of the value become spaces.
    public func line(_ value: String) -> String {
        let safe = value.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) }
        return "\(rawValue): \(String(safe))"
    }

    /// The values of this trailer in the last paragraph of a message, in order.
    public func values(in message: String) -> [String] {
        guard Self.isMentioned(in: message) else { return [] }
        return Self.block(of: message).compactMap { line in
            line.hasPrefix(rawValue + ": ") ? String(line.dropFirst(rawValue.utf8.count + 2)) : nil
        }
    }

    public func value(in message: String) -> String? { values(in: message).first }

    /// Whether any trailer of these can be in the message: few commits of people have one, and looking is cheap.
    private static func isMentioned(in message: String) -> Bool {
        var rest = message.utf8[...]
        while let start = rest.firstIndex(of: UInt8(ascii: "M")) {
            rest = rest[start...]
            if rest.starts(with: "Martlet-".utf8) { return true }
            rest = rest.dropFirst()
        }
        return false
    }

    /// A line that Git may read as one of these trailers, and nobody here does: in other letters, with other spaces, folded or among prose.
    /// Whoever looks at the history with Git alone would take it for true (`man git-interpret-trailers`).
    public static func disguised(in message: String) -> String? {
        var lines = message.split(separator: "\n", omittingEmptySubsequences: false)
        while let last = lines.last, last.allSatisfy(\.isWhitespace) || last.hasPrefix("#") { lines.removeLast() }
        let start = (lines.lastIndex { $0.allSatisfy(\.isWhitespace) }).map { $0 + 1 } ?? 0
        let read = Set(block(of: message).filter { line in allCases.contains { line.hasPrefix($0.rawValue + ": ") } })
        var isOwn = false
        for line in lines[start...] {
            if isOwn, line.first == " " || line.first == "\t" { return String(line) }
            isOwn = read.contains(line)
            if !isOwn, isName(of: line) { return String(line) }
        }
        return nil
    }

    /// Whether a line begins with the name of one of these and a colon, in whatever letters.
    private static func isName(of line: Substring) -> Bool {
        guard let colon = line.firstIndex(of: ":") else { return false }
        let words = line[..<colon].split { $0.isWhitespace }
        guard words.count == 1 else { return false }
        return allCases.contains { $0.rawValue.lowercased() == words[0].lowercased() }
    }

    /// The lines of the last paragraph, if every one of them looks like a trailer, as `git interpret-trailers` asks.
    static func block(of message: String) -> [Substring] {
        var lines = message.split(separator: "\n", omittingEmptySubsequences: false)
        while let last = lines.last, last.allSatisfy(\.isWhitespace) { lines.removeLast() }
        guard let start = lines.lastIndex(where: { $0.allSatisfy(\.isWhitespace) }) else { return [] }
        let block = lines[(start + 1)...]
        let isTrailer = { (line: Substring) in
            guard let colon = line.firstIndex(of: ":") else { return false }
            return colon > line.startIndex && line[..<colon].allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" }
        }
        return block.allSatisfy(isTrailer) ? Array(block) : []
    }
}

/// `NAME@REVISION`, as trailers name a model version.
public struct VersionName: Hashable, Sendable, LosslessStringConvertible {
    public let model: String
    public let revision: ObjectID

    public init(model: String, revision: ObjectID) {
        self.model = model
        self.revision = revision
    }

    public init?(_ text: String) {
        guard let at = text.lastIndex(of: "@"), let revision = ObjectID(String(text[text.index(after: at)...])) else {
            return nil
        }
        self.init(model: String(text[..<at]), revision: revision)
    }

    public var description: String { "\(model)@\(revision)" }
}
