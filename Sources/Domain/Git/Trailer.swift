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
        let lines = MessageLines(message)
        return lines.block.compactMap { value(of: lines[$0]) }
    }

    /// Those that a message has values of.
    public static func named(in message: String) -> Set<Trailer> {
        guard isMentioned(in: message) else { return [] }
        let lines = MessageLines(message), block = lines.block
        return Set(allCases.filter { trailer in block.contains { trailer.value(of: lines[$0]) != nil } })
    }

    public func value(in message: String) -> String? { values(in: message).first }

    /// What a line says of this trailer as Martlet writes it: without control characters, of which Git drops some.
    private func value(of line: MessageLines.Line) -> String? {
        guard line.starts(with: rawValue.utf8) else { return nil }
        let rest = line.dropFirst(rawValue.utf8.count)
        guard rest.starts(with: ": ".utf8), !rest.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
        return String(Substring(rest.dropFirst(2)))
    }

    /// Whether any trailer of these can be in the message, in whatever letters: few commits of people have one, and looking is cheap.
    private static func isMentioned(in message: String) -> Bool {
        let start: StaticString = "martlet-"
        var found = 0
        for byte in message.utf8 {
            // Small letters; what is none is at worst taken for one.
            let letter = byte | 0x20
            found = letter == start.utf8Start[found] ? found + 1 : letter == start.utf8Start[0] ? 1 : 0
            if found == start.utf8CodeUnitCount { return true }
        }
        return false
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte | 0x20 : byte }

    /// A line that Git may read as one of these trailers, and nobody here does: in other letters, with other spaces, folded, among prose or
    /// before what is no message any more. Whoever looks at the history with Git alone would take it for true (`man git-interpret-trailers`).
    public static func disguised(in message: String) -> String? {
        guard isMentioned(in: message) else { return nil }
        let lines = MessageLines(message), block = lines.block
        for index in lines.endings.joined() where isName(of: lines[index]) {
            let isRead = block.contains(index) && allCases.contains { $0.value(of: lines[index]) != nil }
            if !isRead { return String(Substring(lines[index])) }
        }
        return nil
    }

    /// Whether a line begins with the name of one of these and a colon, in whatever letters.
    private static func isName(of line: MessageLines.Line) -> Bool {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return false }
        let words = line[..<colon].split(whereSeparator: MessageLines.isSpace)
        guard words.count == 1 else { return false }
        return allCases.contains { $0.rawValue.utf8.lazy.map(lowercase).elementsEqual(words[0].lazy.map(lowercase)) }
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
