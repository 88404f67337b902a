/// A manifest value copied out of its file: free-form settings, kept until the plug-in that they belong to reads them.
public struct ManifestTree: ManifestNode, Hashable, Sendable, FieldValue {
    public indirect enum Content: Hashable, Sendable {
        case scalar(String, quoted: Bool)
        case null
        case sequence([ManifestTree])
        case mapping([Member])
    }

    public struct Member: Hashable, Sendable {
        public let name: String
        public let place: Place
        public let value: ManifestTree
    }

    public let content: Content
    public let place: Place

    public init(_ content: Content, at place: Place = Place(line: 1, column: 1)) {
        self.content = content
        self.place = place
    }

    public init(_ node: any ManifestNode) {
        place = node.place
        if let tree = node as? ManifestTree {
            content = tree.content
        } else if let keys = node.keys {
            content = .mapping(
                keys.compactMap { key in
                    node.member(key.name).map { Member(name: key.name, place: key.place, value: ManifestTree($0)) }
                })
        } else if let items = node.items {
            content = .sequence(items.map { ManifestTree($0) })
        } else if !node.isNull, let text = node.text {
            content = .scalar(text, quoted: node.isQuoted)
        } else {
            content = .null
        }
    }

    public init(node: any ManifestNode) throws(FieldErrors) { self.init(node) }

    public static var schema: JSON { [:] }
    public static var placeholder: ManifestTree { ManifestTree(.mapping([])) }

    /// The same mapping without one of its members.
    public func without(_ key: String) -> ManifestTree {
        guard case .mapping(let members) = content else { return self }
        return ManifestTree(.mapping(members.filter { $0.name != key }), at: place)
    }

    public var text: String? { if case .scalar(let text, _) = content { text } else { nil } }
    public var isQuoted: Bool { if case .scalar(_, true) = content { true } else { false } }
    public var isNull: Bool { content == .null }
    public var items: [any ManifestNode]? { if case .sequence(let items) = content { items } else { nil } }

    public var keys: [(name: String, place: Place)]? {
        guard case .mapping(let members) = content else { return nil }
        return members.map { ($0.name, $0.place) }
    }

    public func find(_ key: String) -> (index: Int, value: any ManifestNode)? {
        guard case .mapping(let members) = content else { return nil }
        return members.firstIndex { $0.name == key }.map { ($0, members[$0].value) }
    }
}

extension ManifestTree {
    /// The value as JSON by the YAML 1.2 core schema, keys sorted: equal settings give equal bytes, wherever they were written.
    public var json: JSON {
        switch content {
        case .null: return .null
        case .sequence(let items): return .array(items.map(\.json))
        case .mapping(let members): return .object(members.map { ($0.name, $0.value.json) }.sorted { $0.0 < $1.0 })
        case .scalar(let text, let quoted):
            if quoted { return .string(text) }
            if let value = Int(text) { return .int(value) }
            if let value = Bool(scalar: text, quoted: false) { return .bool(value) }
            if let value = Double(scalar: text, quoted: false) { return .double(value) }
            return .string(text)
        }
    }

    /// A tree made of JSON, for settings that come from a command line or a test.
    public init(_ json: JSON) {
        switch json {
        case .null: self.init(Content.null)
        case .bool(let value): self.init(.scalar(value ? "true" : "false", quoted: false))
        case .int(let value): self.init(.scalar(String(value), quoted: false))
        case .double(let value): self.init(.scalar("\(value)", quoted: false))
        case .string(let text): self.init(.scalar(text, quoted: true))
        case .array(let items): self.init(.sequence(items.map { ManifestTree($0) }))
        case .object(let members):
            let place = Place(line: 1, column: 1)
            self.init(.mapping(members.map { Member(name: $0.key, place: place, value: ManifestTree($0.value)) }))
        }
    }
}
