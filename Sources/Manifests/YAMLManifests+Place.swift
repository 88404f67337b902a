public import Domain

extension YAMLManifests {
    /// Where a file says something: follows keys, and at last an item of a list by its text, or by that of a value in it. What is missing is shown at what is
    /// around it.
    ///
    /// `nil` where the file holds no document of the kind that its path names.
    public func place(of fields: [String], in bytes: [UInt8], path: String) -> Place? {
        let tree = YAMLReader.tree(of: bytes)
        let kind = ManifestPath.kind(of: path)?.kind
        let roots = tree.documents.map(\.root).filter { root in
            guard root >= 0, let kind else { return root >= 0 }
            let found = tree.member("kind", of: root)
            return found >= 0 && tree.nodes[found].kind == .scalar && tree.nodes.text(found) == kind
        }
        guard var node = roots.first else { return nil }
        for field in fields {
            let next = tree.nodes[node].kind == .sequence ? tree.item(field, of: node) : tree.member(field, of: node)
            guard next >= 0 else { break }
            node = next
        }
        return tree.nodes.place(node)
    }
}

extension YAMLTree {
    /// The item of a sequence that is this text, or the value of this text in one that is a mapping; or -1.
    fileprivate func item(_ text: String, of sequence: Int32) -> Int32 {
        var item = nodes[sequence].first
        while item >= 0 {
            let found = nodes[item].kind == .mapping ? value(text, of: item) : item
            if found >= 0, nodes[found].kind == .scalar, nodes.text(found) == text { return found }
            item = nodes[item].next
        }
        return -1
    }

    private func value(_ text: String, of mapping: Int32) -> Int32 {
        var key = nodes[mapping].first
        while key >= 0 {
            let value = nodes[key].next
            if nodes[value].kind == .scalar, nodes.text(value) == text { return value }
            key = nodes[value].next
        }
        return -1
    }
}
