import Domain

/// One node of a tree as the types of manifests read it.
struct YAMLValue: ManifestNode {
    let tree: YAMLTree
    let index: Int32

    var place: Place { tree.nodes.place(index) }

    var text: String? { tree.nodes[index].kind == .scalar ? tree.nodes.text(index) : nil }

    var isQuoted: Bool { tree.nodes[index].kind == .scalar && tree.nodes[index].style != .plain }

    var isNull: Bool { tree.nodes.isNull(index) }

    var items: [any ManifestNode]? {
        guard tree.nodes[index].kind == .sequence else { return nil }
        var items: [any ManifestNode] = []
        var child = tree.nodes[index].first
        while child >= 0 {
            items.append(YAMLValue(tree: tree, index: child))
            child = tree.nodes[child].next
        }
        return items
    }

    var keys: [(name: String, place: Place)]? {
        guard tree.nodes[index].kind == .mapping else { return nil }
        var keys: [(name: String, place: Place)] = []
        var child = tree.nodes[index].first
        while child >= 0 {
            keys.append((tree.nodes.text(child), tree.nodes.place(child)))
            child = tree.nodes[tree.nodes[child].next].next
        }
        return keys
    }

    func find(_ key: String) -> (index: Int, value: any ManifestNode)? {
        tree.find(key, of: index).map { ($0.index, YAMLValue(tree: tree, index: $0.value)) }
    }

    var keyCount: Int {
        guard isMapping else { return 0 }
        var count = 0
        var child = tree.nodes[index].first
        while child >= 0 {
            count += 1
            child = tree.nodes[tree.nodes[child].next].next
        }
        return count
    }

    var isMapping: Bool { tree.nodes[index].kind == .mapping }

    func keys(besides known: [String]) -> [(name: String, place: Place)] {
        guard isMapping else { return [] }
        var others: [(name: String, place: Place)] = []
        var child = tree.nodes[index].first
        while child >= 0 {
            if !tree.nodes.text(child, isAmong: known) {
                others.append((tree.nodes.text(child), tree.nodes.place(child)))
            }
            child = tree.nodes[tree.nodes[child].next].next
        }
        return others
    }
}
