import Domain

/// A promotion and its revert, made in the object database alone.
struct Drill: Sendable {
    let path: String
    let tip: ObjectID
    let now: Timestamp
    let old: ObjectID
    let new: ObjectID
    let tools: Subject.Tools

    struct Result: Sendable {
        var findings: [Finding] = []
        /// What ran before the version that runs now.
        var earlier: ObjectID?
    }

    func run(_ writer: any ObjectWriter) throws -> Result {
        let head = try writer.commit(tip)
        guard let file = try writer.entry(at: path, in: head.tree) else {
            throw MissingEvidence("\(path) is not on the branch, though a version runs there", file: path)
        }
        let text = try writer.blob(file.id, atMost: 1 << 20)
        // Of the version that runs already, the promotion is gone back first.
        guard let before = Self.names(old, in: text) ? text : Self.replacing(new, by: old, in: text),
            let promoted = Self.replacing(old, by: new, in: before)
        else { throw MissingEvidence("\(path) does not name the revision \(old.short) that runs there", file: path) }
        func tree(_ text: [UInt8]) throws -> ObjectID {
            let edit = TreeEdit(set: path, to: try writer.write(blob: text), mode: file.mode)
            return try writer.write(tree: head.tree, edits: [edit])
        }
        func commit(_ text: [UInt8], on parent: ObjectID) throws -> ObjectID {
            let person = Person(name: "martlet", email: "martlet@localhost", time: now)
            return try writer.write(
                CommitDraft(
                    tree: try tree(text), parents: [parent], author: person, message: "Rehearse a rollback of \(path)\n"
                ))
        }
        let start = before == text ? tip : try commit(before, on: tip)
        let promotion = try commit(promoted, on: start)
        var result = Result(earlier: try earlier(writer))
        guard let restored = try writer.revert(promotion, on: promotion) else {
            result.findings.append(Finding(.fail, "the promotion of \(path) could not be reverted cleanly", file: path))
            return result
        }
        if try restored != tree(before) {
            result.findings.append(
                Finding(.fail, "reverting the promotion of \(path) gives another tree than before it", file: path))
        }
        return result
    }

    /// The revision that the file named before its last change on the branch.
    private func earlier(_ reader: any ObjectReader) throws -> ObjectID? {
        var newer: (entry: ObjectID?, text: ObjectID?)?
        var found: ObjectID?
        try reader.branch(from: tip, tools, by: { try reader.entry(at: path, in: $0.tree)?.id }) { _, entry in
            if let newer, newer.entry == entry { return true }
            guard let entry else { return false }
            let text = Self.revision(in: try reader.blob(entry, atMost: 1 << 20))
            if let newer, newer.text != text {
                found = text
                return false
            }
            newer = (entry, text)
            return true
        }
        return found
    }

    private static func names(_ revision: ObjectID, in text: [UInt8]) -> Bool {
        replacing(revision, by: .zero, in: text) != nil
    }

    private static func replacing(_ old: ObjectID, by new: ObjectID, in text: [UInt8]) -> [UInt8]? {
        guard old != new else { return text + Array("\n".utf8) }
        let needle = Array(old.description.utf8)
        guard text.count >= needle.count,
            let place = (0...text.count - needle.count).first(where: { text[$0..<$0 + 40].elementsEqual(needle) })
        else { return nil }
        return Array(text[..<place]) + Array(new.description.utf8) + Array(text[(place + 40)...])
    }

    /// The 40 digits after `revision:`.
    static func revision(in text: [UInt8]) -> ObjectID? {
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let line = String(decoding: line, as: UTF8.self).trimmed
            guard line.hasPrefix("revision:") else { continue }
            let value = line.dropFirst("revision:".utf8.count).drop { $0 == " " || $0 == "\"" || $0 == "'" }
            return ObjectID(String(value.prefix(40)))
        }
        return nil
    }
}
