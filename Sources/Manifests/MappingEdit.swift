import Domain

/// Finds the bytes to change for one field of a mapping, in block or in flow style.
struct MappingEdit {
    private let tree: YAMLTree
    private let mapping: Int32
    private var bytes: [UInt8] { tree.source }
    /// Fields to add, each with the member after which it comes.
    private var added: [(name: String, value: String, after: Int32)] = []

    init(tree: YAMLTree, mapping: Int32) {
        self.tree = tree
        self.mapping = mapping
    }

    private var isFlow: Bool { tree.nodes[mapping].style == .flow }

    // MARK: Replace

    func replacement(of value: Int32, by text: String) -> Splice {
        let node = tree.nodes[value]
        let (start, end) = (Int(node.start), contentEnd(of: value))
        guard start == end else {
            return Splice(range: start..<end, text: ScalarText.bytes(text, like: node.style))
        }
        // An empty value lies right behind the colon, or in a flow mapping before what comes next.
        let before = bytes[..<start].last { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let hasSpace = start > 0 && [0x20, 0x09].contains(bytes[start - 1])
        let lead = before != UInt8(ascii: ":") ? ": " : hasSpace ? "" : " "
        return Splice(range: start..<end, text: Array(lead.utf8) + ScalarText.bytes(text, like: .plain))
    }

    /// Where the last character of a value ends. A block scalar's own end is where the next token starts.
    private func contentEnd(of value: Int32) -> Int {
        let node = tree.nodes[value]
        var end = Int(node.end)
        guard node.style == .literal || node.style == .folded else { return end }
        while end > Int(node.start), [0x20, 0x09, 0x0A, 0x0D].contains(bytes[end - 1]) { end -= 1 }
        // Comments may follow the text, less indented than it; they belong to nobody.
        while end > Int(node.start) {
            let line = lineStart(end)
            let text = bytes[line..<end].drop { $0 == 0x20 }
            guard line > Int(node.start), text.first == UInt8(ascii: "#"),
                text.startIndex - line < Int(tree.nodes[tree.nodes[mapping].first].column)
            else { break }
            end = line
            while end > Int(node.start), [0x20, 0x09, 0x0A, 0x0D].contains(bytes[end - 1]) { end -= 1 }
        }
        return end
    }

    // MARK: Remove

    /// `nil` where a neighbour would have to be touched.
    func removals(of names: Set<String>) -> [Splice]? {
        var splices: [Splice] = []
        var key = tree.nodes[mapping].first
        var previous: Int32 = -1
        var isFirst = true
        while key >= 0 {
            let value = tree.nodes[key].next
            if names.contains(tree.nodes.text(key)) {
                guard let splice = wholeLines(key) ?? inlineRemoval(key, after: isFirst ? -1 : previous) else {
                    return nil
                }
                splices.append(splice)
            } else {
                isFirst = false
            }
            previous = value
            key = tree.nodes[value].next
        }
        return splices
    }

    /// The lines of a member that shares them with nothing but a comma and a comment.
    private func wholeLines(_ key: Int32) -> Splice? {
        let start = Int(tree.nodes[key].start), end = contentEnd(of: tree.nodes[key].next)
        let line = lineStart(start), next = lineEnd(end)
        let before = bytes[line..<start].filter { $0 != 0x20 }
        let comma = [UInt8(ascii: ",")]
        var behind = bytes[end..<next.text].drop { $0 == 0x20 || $0 == 0x09 }
        if isFlow, behind.starts(with: comma) { behind = behind.dropFirst().drop { $0 == 0x20 || $0 == 0x09 } }
        guard before.isEmpty || isFlow && before == comma, behind.isEmpty || behind.first == UInt8(ascii: "#") else {
            return nil
        }
        return Splice(range: line..<next.line, text: [])
    }

    /// A member of a flow mapping with the comma before it, or behind it where all before it go too.
    private func inlineRemoval(_ key: Int32, after previous: Int32) -> Splice? {
        guard isFlow else { return nil }
        let value = tree.nodes[key].next
        if previous >= 0 { return Splice(range: contentEnd(of: previous)..<contentEnd(of: value), text: []) }
        let following = tree.nodes[value].next
        guard following >= 0 else { return nil }
        return Splice(range: Int(tree.nodes[key].start)..<Int(tree.nodes[following].start), text: [])
    }

    // MARK: Insert

    /// Notes a field to add behind the last of `predecessors` that is there.
    mutating func insert(_ name: String, _ value: String, after predecessors: [String]) {
        let last = predecessors.map { key($0) }.last { $0 >= 0 }
        added.append((name, value, last ?? tree.nodes[mapping].first))
    }

    func insertions() -> [Splice] { added.map { isFlow ? flowInsertion($0) : blockInsertion($0) } }

    private func blockInsertion(_ field: (name: String, value: String, after: Int32)) -> Splice {
        let neighbour = tree.nodes[field.after].next
        let end = lineEnd(contentEnd(of: neighbour))
        let indent = [UInt8](repeating: 0x20, count: Int(tree.nodes[mapping].column) - 1)
        let line = indent + member(field, like: field.after)
        guard end.line > end.text else { return Splice(range: end.text..<end.text, text: lineBreak + line) }
        return Splice(range: end.line..<end.line, text: line + bytes[end.text..<end.line])
    }

    private func flowInsertion(_ field: (name: String, value: String, after: Int32)) -> Splice {
        let end = contentEnd(of: tree.nodes[field.after].next)
        return Splice(range: end..<end, text: Array(", ".utf8) + member(field, like: field.after))
    }

    /// `key: value`, in quotes like its neighbour's.
    private func member(_ field: (name: String, value: String, after: Int32), like key: Int32) -> [UInt8] {
        let value = tree.nodes[tree.nodes[key].next]
        return ScalarText.bytes(field.name, like: tree.nodes[key].style) + Array(": ".utf8)
            + ScalarText.bytes(field.value, like: value.kind == .scalar ? value.style : .plain)
    }

    // MARK: Lines

    /// What ends the lines of this file.
    private var lineBreak: [UInt8] {
        guard let end = bytes.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else { return [0x0A] }
        return bytes[end] == 0x0D && end + 1 < bytes.count && bytes[end + 1] == 0x0A ? [0x0D, 0x0A] : [bytes[end]]
    }

    private func lineStart(_ offset: Int) -> Int {
        bytes[..<offset].lastIndex { $0 == 0x0A || $0 == 0x0D }.map { $0 + 1 } ?? 0
    }

    /// Where the text of the line at `offset` ends, and where the next line starts.
    private func lineEnd(_ offset: Int) -> (text: Int, line: Int) {
        guard let end = bytes[offset...].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else {
            return (bytes.count, bytes.count)
        }
        let isPair = bytes[end] == 0x0D && end + 1 < bytes.count && bytes[end + 1] == 0x0A
        return (end, end + (isPair ? 2 : 1))
    }

    /// The key called `name`, or -1.
    private func key(_ name: String) -> Int32 {
        var key = tree.nodes[mapping].first
        while key >= 0, tree.nodes.text(key) != name { key = tree.nodes[tree.nodes[key].next].next }
        return key
    }
}
