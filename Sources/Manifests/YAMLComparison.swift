/// Whether two trees say the same but for some fields of one mapping.
struct YAMLComparison {
    private let one: YAMLNodes
    private let other: YAMLNodes
    private let ignored: Set<String>
    /// The mapping of the first tree in which fields are ignored.
    private let exception: Int32
    private(set) var holds = false

    init(_ one: YAMLTree, _ other: YAMLTree, ignoring ignored: Set<String>, in exception: Int32) {
        self.one = one.nodes
        self.other = other.nodes
        self.ignored = ignored
        self.exception = exception
        let roots = (one.documents.map(\.root), other.documents.map(\.root))
        holds = roots.0.count == roots.1.count && zip(roots.0, roots.1).allSatisfy(isSame)
    }

    /// Depth is limited by the reader.
    private func isSame(_ left: Int32, _ right: Int32) -> Bool {
        guard left >= 0, right >= 0 else { return left == right }
        let (a, b) = (one[left], other[right])
        guard a.kind == b.kind, a.style == b.style else { return false }
        switch a.kind {
        case .scalar: return one.withText(left) { text in other.text(right, is: text) }
        case .sequence, .mapping:
            let isException = left == exception
            let (children, others) = (
                children(of: left, in: one, isException), children(of: right, in: other, isException)
            )
            return children.count == others.count && zip(children, others).allSatisfy(isSame)
        }
    }

    private func children(of parent: Int32, in nodes: YAMLNodes, _ isException: Bool) -> [Int32] {
        var children: [Int32] = []
        var child = nodes[parent].first
        while child >= 0 {
            let value = nodes[child].next
            if isException, value >= 0, ignored.contains(nodes.text(child)) {
                child = nodes[value].next
                continue
            }
            children.append(child)
            child = value
            if isException, value >= 0 {
                children.append(value)
                child = nodes[value].next
            }
        }
        return children
    }
}
