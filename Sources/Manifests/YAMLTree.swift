import Domain

/// A YAML file that was read. Not shared between threads.
final class YAMLTree {
    struct Document {
        /// The root; -1 where the document could not be read.
        var root: Int32
        var problems: [FieldProblem] = []
        /// Whether something was left out, so that reading on would only give false complaints.
        var isDamaged = false
    }

    let source: [UInt8]
    let nodes: YAMLNodes
    let documents: [Document]
    /// Names to values, for mappings so large that a search would take long.
    private var indices: [Int32: [String: Int32]] = [:]

    init(source: [UInt8], nodes: YAMLNodes, documents: [Document]) {
        self.source = source
        self.nodes = nodes
        self.documents = documents
    }

    /// The value under `key` of a mapping, or -1.
    func member(_ key: String, of index: Int32) -> Int32 { find(key, of: index)?.value ?? -1 }

    /// The same, and which key that is, from 0, or `Int.max` beyond the first 64.
    func find(_ key: String, of index: Int32) -> (index: Int, value: Int32)? {
        guard nodes[index].kind == .mapping else { return nil }
        var key = key
        return key.withUTF8 { bytes in
            var child = nodes[index].first
            var count = 0
            while child >= 0 {
                let value = nodes[child].next
                if nodes.text(child, is: bytes) { return (count, value) }
                child = nodes[value].next
                count += 1
                if count == 64 { return indexed(index)[String(decoding: bytes, as: UTF8.self)].map { (Int.max, $0) } }
            }
            return nil
        }
    }

    private func indexed(_ index: Int32) -> [String: Int32] {
        if let known = indices[index] { return known }
        var names: [String: Int32] = [:]
        var child = nodes[index].first
        while child >= 0 {
            let value = nodes[child].next
            names[nodes.text(child)] = value
            child = nodes[value].next
        }
        indices[index] = names
        return names
    }
}

extension StaticString {
    /// The bytes of the literal.
    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }
}
