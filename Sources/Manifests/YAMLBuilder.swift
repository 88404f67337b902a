import CLibyaml
import Domain

/// Makes nodes of libyaml's events, and refuses what manifests may not use.
struct YAMLBuilder {
    enum Step {
        case goOn, endOfStream, stop
        /// Leave this document; look for the next one from this byte on.
        case nextDocument(Int)
    }

    private struct Open {
        let node: Int32
        var last: Int32 = -1
        /// Of a mapping: whether the next child is a key.
        var isAtKey: Bool
    }

    private var nodes = YAMLNodes()
    private var documents: [YAMLTree.Document] = []
    /// The byte where the current document starts.
    private(set) var documentStart: Int
    private var offsets: CharacterOffsets
    private var open: [Open] = []
    private var document: YAMLTree.Document?
    private var nodesBefore = 0

    init(_ source: SourceText) {
        nodes.nodes.reserveCapacity(32)
        nodes.text.reserveCapacity(source.bytes.count)
        open.reserveCapacity(8)
        documentStart = source.start
        offsets = CharacterOffsets(source)
    }

    /// What was built.
    func tree(of source: SourceText) -> YAMLTree {
        YAMLTree(source: source.bytes, nodes: nodes, documents: documents)
    }

    mutating func enterRegion(at offset: Int) {
        offsets.enterRegion(at: offset)
        documentStart = offset
    }

    mutating func take(_ event: yaml_event_t) -> Step {
        switch event.type {
        case YAML_SCALAR_EVENT: return scalar(event)
        case YAML_MAPPING_START_EVENT:
            let mapping = event.data.mapping_start
            refuse(anchor: mapping.anchor, tag: mapping.tag, at: event.start_mark)
            return begin(.mapping, isFlow: mapping.style == YAML_FLOW_MAPPING_STYLE, event)
        case YAML_SEQUENCE_START_EVENT:
            let sequence = event.data.sequence_start
            refuse(anchor: sequence.anchor, tag: sequence.tag, at: event.start_mark)
            return begin(.sequence, isFlow: sequence.style == YAML_FLOW_SEQUENCE_STYLE, event)
        case YAML_MAPPING_END_EVENT, YAML_SEQUENCE_END_EVENT: end()
        case YAML_ALIAS_EVENT: return alias(event)
        case YAML_DOCUMENT_START_EVENT:
            documentStart = max(documentStart, offsets.byte(event.start_mark.index))
            document = YAMLTree.Document(root: -1)
            nodesBefore = nodes.nodes.count
        case YAML_DOCUMENT_END_EVENT:
            if let document { documents.append(document) }
            document = nil
        case YAML_STREAM_END_EVENT: return .endOfStream
        default: break
        }
        return .goOn
    }

    private mutating func scalar(_ event: yaml_event_t) -> Step {
        let scalar = event.data.scalar
        if scalar.anchor != nil || scalar.tag != nil {
            refuse(anchor: scalar.anchor, tag: scalar.tag, at: event.start_mark)
        }
        let style: YAMLNodes.Style =
            switch scalar.style {
            case YAML_PLAIN_SCALAR_STYLE: .plain
            case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
            case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
            case YAML_LITERAL_SCALAR_STYLE: .literal
            default: .folded
            }
        var node = node(.scalar, style, event)
        node.end = Int32(offsets.byte(event.end_mark.index))
        node.textStart = Int32(nodes.text.count)
        nodes.text.append(contentsOf: UnsafeBufferPointer(start: scalar.value, count: scalar.length))
        node.textEnd = Int32(nodes.text.count)
        if style == .doubleQuoted { refuseControls(in: node) }
        return add(node) == nil ? tooManyNodes(event) : .goOn
    }

    private mutating func begin(_ kind: YAMLNodes.Kind, isFlow: Bool, _ event: yaml_event_t) -> Step {
        guard open.count < YAMLReader.depthLimit else {
            fail(
                "too-deep", at: place(event.start_mark), "nested more than \(YAMLReader.depthLimit) levels deep",
                hint: "no manifest needs that many")
            return .nextDocument(offsets.byte(event.start_mark.index))
        }
        guard let index = add(node(kind, isFlow ? .flow : .block, event)) else { return tooManyNodes(event) }
        open.append(Open(node: index, isAtKey: kind == .mapping))
        return .goOn
    }

    private mutating func end() {
        guard let closed = open.popLast() else { return }
        if nodes[closed.node].kind == .mapping { noteDuplicates(of: closed.node) }
    }

    private mutating func alias(_ event: yaml_event_t) -> Step {
        note(
            "alias", at: place(event.start_mark), "aliases (*name) are not allowed in manifests",
            hint: "write the value out")
        document?.isDamaged = true
        var node = node(.scalar, .plain, event)
        node.end = Int32(offsets.byte(event.end_mark.index))
        return add(node) == nil ? tooManyNodes(event) : .goOn
    }

    // MARK: Nodes

    private mutating func node(_ kind: YAMLNodes.Kind, _ style: YAMLNodes.Style, _ event: yaml_event_t)
        -> YAMLNodes.Node
    {
        let mark = event.start_mark
        return YAMLNodes.Node(
            kind: kind, style: style, start: Int32(offsets.byte(mark.index)),
            line: Int32(truncatingIfNeeded: mark.line + offsets.lines + 1),
            column: Int32(truncatingIfNeeded: mark.column + 1))
    }

    /// Hangs the node into the collection that is open. Returns its index, or `nil` where there are too many.
    private mutating func add(_ node: YAMLNodes.Node) -> Int32? {
        guard nodes.nodes.count < YAMLReader.nodeLimit else { return nil }
        let index = Int32(nodes.nodes.count)
        nodes.nodes.append(node)
        guard !open.isEmpty else {
            document?.root = index
            return index
        }
        let top = open.count - 1
        let last = open[top].last
        if last < 0 {
            nodes.nodes[Int(open[top].node)].first = index
        } else {
            nodes.nodes[Int(last)].next = index
        }
        open[top].last = index
        if nodes[open[top].node].kind == .mapping {
            if open[top].isAtKey { checkKey(index) }
            open[top].isAtKey.toggle()
        }
        return index
    }

    private mutating func checkKey(_ index: Int32) {
        let key = nodes[index]
        if key.kind != .scalar {
            note("complex-key", at: nodes.place(index), "a key must be text, not a list or mapping")
            document?.isDamaged = true
        } else if key.style == .plain, nodes.text(index, is: "<<") {
            note(
                "merge-key", at: nodes.place(index), "merge keys (<<) are not allowed in manifests",
                hint: "write the fields out")
            document?.isDamaged = true
        }
    }

    private mutating func noteDuplicates(of mapping: Int32) {
        for (first, second) in nodes.duplicateKeys(of: mapping) {
            note(
                "duplicate-key", at: nodes.place(second), "'\(Excerpt.line(nodes.text(second)))' is given twice",
                hint: "the first is on line \(nodes[first].line); remove one")
        }
    }

    // MARK: Problems

    private mutating func refuse(anchor: UnsafePointer<UInt8>?, tag: UnsafePointer<UInt8>?, at mark: yaml_mark_t) {
        if anchor != nil {
            note(
                "anchor", at: place(mark), "anchors (&name) are not allowed in manifests", hint: "write the value out")
        }
        if tag != nil {
            note(
                "tag", at: place(mark), "tags (!name) are not allowed in manifests",
                hint: "the type of a value follows from its field; put text in quotes")
        }
    }

    /// Escapes must not bring in what the text of a file may not hold.
    private mutating func refuseControls(in node: YAMLNodes.Node) {
        let bytes = nodes.text[Int(node.textStart)..<Int(node.textEnd)]
        guard bytes.contains(where: { $0 < 0x20 || $0 >= 0x7F }) else { return }
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            guard let problem = SourceText.problem(with: scalar) else { continue }
            note(
                "forbidden-character", at: Place(line: Int(node.line), column: Int(node.column)),
                "the text holds an escape that is \(problem)", hint: "remove it")
            return
        }
    }

    private mutating func tooManyNodes(_ event: yaml_event_t) -> Step {
        fail(
            "too-many-values", at: place(event.start_mark),
            "the file holds more than \(YAMLReader.nodeLimit) values; the rest is not read",
            hint: "a manifest describes; put data into a file beside it")
        return .stop
    }

    private mutating func note(_ code: String, at place: Place, _ message: String, hint: String? = nil) {
        document?.problems.append(FieldProblem(code, at: place, message, hint: hint))
    }

    /// Gives up the current document.
    mutating func fail(_ code: String, at place: Place, _ message: String, hint: String? = nil) {
        var broken = document ?? YAMLTree.Document(root: -1)
        broken.root = -1
        broken.isDamaged = true
        broken.problems.append(FieldProblem(code, at: place, message, hint: hint))
        if document != nil { nodes.nodes.removeLast(nodes.nodes.count - nodesBefore) }
        document = nil
        open.removeAll(keepingCapacity: true)
        documents.append(broken)
    }

    /// Gives up everything from this byte on.
    mutating func failRest(at offset: Int) {
        offsets.enterRegion(at: offset)
        fail(
            "too-many-errors", at: Place(line: offsets.lines + 1, column: 1),
            "\(YAMLReader.errorLimit) documents are broken; the rest of the file is not read")
    }

    /// Gives up the current document for a syntax error. Returns the byte where it was noticed.
    mutating func fail(_ problem: SyntaxProblem) -> Int {
        fail(problem.code, at: place(problem.mark), problem.message, hint: problem.hint)
        return offsets.byte(problem.noticedAt.index)
    }

    private func place(_ mark: yaml_mark_t) -> Place {
        Place(line: mark.line + offsets.lines + 1, column: mark.column + 1)
    }
}
