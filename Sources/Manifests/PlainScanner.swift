import Domain
import Glibc

/// Reads the plainest files without libyaml, ten times as fast, into the very nodes that libyaml would give.
///
/// Plain are block mappings, one `key: value` a line, whose values are words, simple quoted text, or flow collections of those on
/// the same line. Only comments may hold other characters than ASCII, for columns count characters. Everything else, and everything
/// wrong, is left to libyaml; a test compares the two.
struct PlainScanner {
    private struct Open {
        let mapping: Int32
        let column: Int
        var last: Int32 = -1
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var nodes: ContiguousArray<YAMLNodes.Node> = []
    private var open: [Open] = []
    private var position = 0
    private var line: Int32 = 1
    private var lineStart = 0
    /// Whether the last key has its value on the lines below.
    private var isValuePending = false
    private var hasMarker = false

    /// The nodes of the one document, its root first; `nil` where libyaml must look.
    static func nodes(of source: SourceText) -> YAMLNodes? {
        let nodes: ContiguousArray<YAMLNodes.Node>? = source.bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress, memchr(base, 0x0D, bytes.count) == nil else { return nil }
            var scanner = PlainScanner(bytes, from: source.start)
            return scanner.scan() ? scanner.nodes : nil
        }
        guard let nodes, nodes.count < YAMLReader.nodeLimit else { return nil }
        let found = YAMLNodes(nodes: nodes, text: source.bytes)
        for index in nodes.indices where nodes[index].kind == .mapping {
            guard found.duplicateKeys(of: Int32(index)).isEmpty else { return nil }
        }
        return found
    }

    private init(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) {
        self.bytes = bytes
        position = start
        // About as many as there are: growing would copy them.
        nodes.reserveCapacity(min(16 + bytes.count / 14, 4096))
        open.reserveCapacity(8)
    }

    private mutating func scan() -> Bool {
        while position < bytes.count {
            lineStart = position
            skipSpaces()
            switch current {
            case 0, UInt8(ascii: "\n"): break
            case UInt8(ascii: "#"): skipLine()
            case UInt8(ascii: "-"): guard marker() else { return false }
            default: guard member() else { return false }
            }
            if position < bytes.count {
                position += 1
                line += 1
            }
        }
        return !open.isEmpty && !isValuePending
    }

    /// The byte here, or 0 at the end: no other byte is 0, because the text was looked at before.
    @inline(__always) private var current: UInt8 { position < bytes.count ? bytes[position] : 0 }

    @inline(__always) private mutating func skipSpaces() { while current == 0x20 { position += 1 } }

    private mutating func skipLine() {
        guard let base = bytes.baseAddress, let end = memchr(base + position, 0x0A, bytes.count - position) else {
            position = bytes.count
            return
        }
        position = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(end))
    }

    /// A `---` alone on its line before the document.
    private mutating func marker() -> Bool {
        guard position == lineStart, nodes.isEmpty, !hasMarker, position + 3 < bytes.count,
            bytes[position + 1] == UInt8(ascii: "-"), bytes[position + 2] == UInt8(ascii: "-"),
            bytes[position + 3] == 0x0A
        else { return false }
        hasMarker = true
        position += 3
        return true
    }

    // MARK: Block mappings

    /// `key: value`, or `key:` with a mapping below.
    private mutating func member() -> Bool {
        guard enterMapping(at: position - lineStart), let key = key() else { return false }
        add(key)
        if isLineEnd(current) {
            isValuePending = true
            return true
        }
        guard current == 0x20 else { return false }
        skipSpaces()
        if isLineEnd(current) || current == UInt8(ascii: "#") {
            skipLine()
            isValuePending = true
            return true
        }
        let top = open.count - 1
        let value = Int32(truncatingIfNeeded: nodes.count)
        guard self.value(isFlow: false, depth: 0) else { return false }
        nodes[Int(open[top].last)].next = value
        open[top].last = value
        return endLine()
    }

    /// Finds the mapping whose keys stand in this column, or starts it.
    private mutating func enterMapping(at column: Int) -> Bool {
        if isValuePending || open.isEmpty {
            guard isValuePending ? column > open[open.count - 1].column : nodes.isEmpty, open.count < 32 else {
                return false
            }
            isValuePending = false
            let mapping = node(.mapping, .block)
            if open.isEmpty { nodes.append(mapping) } else { add(mapping) }
            open.append(Open(mapping: Int32(truncatingIfNeeded: nodes.count - 1), column: column))
            return true
        }
        while let top = open.last, column < top.column { open.removeLast() }
        return open.last?.column == column
    }

    private mutating func add(_ node: YAMLNodes.Node) {
        let index = Int32(truncatingIfNeeded: nodes.count), top = open.count - 1
        nodes.append(node)
        if open[top].last < 0 {
            nodes[Int(open[top].mapping)].first = index
        } else {
            nodes[Int(open[top].last)].next = index
        }
        open[top].last = index
    }

    /// Nothing but spaces and a comment may follow.
    private mutating func endLine() -> Bool {
        let end = position
        skipSpaces()
        if current == UInt8(ascii: "#"), position > end { skipLine() }
        return isLineEnd(current)
    }

    // MARK: Values

    /// A key and its colon.
    private mutating func key() -> YAMLNodes.Node? {
        let start = position
        guard Self.isStart(current) else { return nil }
        var key = node(.scalar, .plain)
        while Self.isWord(current) { position += 1 }
        guard current == UInt8(ascii: ":"), position - start <= 128 else { return nil }
        key.end = Int32(truncatingIfNeeded: position)
        key.textEnd = key.end
        position += 1
        return key
    }

    private mutating func value(isFlow: Bool, depth: Int) -> Bool {
        switch current {
        case UInt8(ascii: "{"): depth < 8 && flowMapping(depth: depth + 1)
        case UInt8(ascii: "["): depth < 8 && flowSequence(depth: depth + 1)
        case 0x22: quoted(.doubleQuoted)
        case 0x27: quoted(.singleQuoted)
        default: plain(isFlow: isFlow)
        }
    }

    private mutating func plain(isFlow: Bool) -> Bool {
        guard Self.isStart(current) else { return false }
        var scalar = node(.scalar, .plain)
        var end = position
        while true {
            let byte = current
            if Self.isWord(byte) {
                position += 1
                end = position
            } else if byte == UInt8(ascii: ":") {
                position += 1
                guard Self.isWord(current) else { return false }
            } else if byte == 0x20 {
                skipSpaces()
                let isEnd = isLineEnd(current) || current == UInt8(ascii: "#") || isFlow && Self.isFlowEnd(current)
                if isEnd { break }
                guard Self.isWord(current) else { return false }
            } else {
                break
            }
        }
        position = end
        scalar.end = Int32(truncatingIfNeeded: end)
        scalar.textEnd = scalar.end
        nodes.append(scalar)
        return true
    }

    private mutating func quoted(_ style: YAMLNodes.Style) -> Bool {
        var scalar = node(.scalar, style)
        let quote = current
        position += 1
        scalar.textStart = Int32(truncatingIfNeeded: position)
        while current != quote {
            guard (0x20..<0x80).contains(current), current != UInt8(ascii: "\\") else { return false }
            position += 1
        }
        scalar.textEnd = Int32(truncatingIfNeeded: position)
        position += 1
        scalar.end = Int32(truncatingIfNeeded: position)
        nodes.append(scalar)
        return current != quote
    }

    // MARK: Flow collections

    private mutating func flowMapping(depth: Int) -> Bool {
        flow(.mapping, UInt8(ascii: "}")) { scanner, append in
            guard let key = scanner.key(), scanner.current == 0x20 else { return false }
            append(&scanner.nodes)
            scanner.nodes.append(key)
            scanner.skipSpaces()
            append(&scanner.nodes)
            return scanner.value(isFlow: true, depth: depth)
        }
    }

    private mutating func flowSequence(depth: Int) -> Bool {
        flow(.sequence, UInt8(ascii: "]")) { scanner, append in
            append(&scanner.nodes)
            return scanner.value(isFlow: true, depth: depth)
        }
    }

    /// Reads items between commas. Each calls its second argument before it adds a child.
    private mutating func flow(
        _ kind: YAMLNodes.Kind, _ close: UInt8,
        item: (inout PlainScanner, (inout ContiguousArray<YAMLNodes.Node>) -> Void) -> Bool
    ) -> Bool {
        let parent = nodes.count
        nodes.append(node(kind, .flow))
        position += 1
        skipSpaces()
        var last = -1
        while current != close || last >= 0 {
            let isRead = item(&self) { nodes in
                let index = Int32(truncatingIfNeeded: nodes.count)
                if last < 0 { nodes[parent].first = index } else { nodes[last].next = index }
                last = nodes.count
            }
            guard isRead else { return false }
            skipSpaces()
            if current == close { break }
            guard current == UInt8(ascii: ",") else { return false }
            position += 1
            skipSpaces()
        }
        position += 1
        return true
    }

    // MARK: Characters

    private func node(_ kind: YAMLNodes.Kind, _ style: YAMLNodes.Style) -> YAMLNodes.Node {
        let start = Int32(truncatingIfNeeded: position)
        var node = YAMLNodes.Node(
            kind: kind, style: style, start: start, line: line,
            column: Int32(truncatingIfNeeded: position - lineStart + 1))
        if kind == .scalar { node.textStart = start }
        return node
    }

    @inline(__always) private func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0 }

    @inline(__always)
    private static func isFlowEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
    }

    /// What may start a word: nothing that YAML gives a meaning.
    @inline(__always)
    static func isStart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "/"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// Whether a word may go on with it: what may start one, and `-`, `+`, `@`, `=`.
    ///
    /// One bit for each ASCII character, as this is asked about nearly every byte.
    @inline(__always)
    static func isWord(_ byte: UInt8) -> Bool {
        let bits: UInt64 = byte < 64 ? 0x23FF_E800_0000_0000 : byte < 128 ? 0x07FF_FFFE_87FF_FFFF : 0
        return bits >> UInt64(byte & 63) & 1 == 1
    }
}
