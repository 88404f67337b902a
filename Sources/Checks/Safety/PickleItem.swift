/// All that the walk through a pickle must know of a value; what it need not know is `other`.
enum PickleItem {
    case mark
    case text(String)
    case int(Int)
    case none
    /// A class or function, by the name that it is imported by.
    case global(String)
    case tuple([PickleItem])
    case dictionary(PickleDictionary)
    case dtype(NumPyType)
    case wrapper(JoblibWrapper)
    case bytes
    /// An instance of a class that is imported, or what a function gave that is.
    case made(PickleInstance)
    /// Anything but a text.
    case object
    case other

    var isMark: Bool { if case .mark = self { true } else { false } }

    /// Itself, which something is made of now: a dtype in it may not change any more.
    func used() -> PickleItem {
        switch self {
        case .dtype(let type): type.isUsed = true
        case .tuple(let items): for item in items { _ = item.used() }
        default: break
        }
        return self
    }

    /// The values of a tuple with the small tuples in it, not many and not deep, so that no pickle makes this slow.
    static func flatTuple(_ items: [PickleItem]) -> PickleItem {
        guard items.count <= 64 else { return .other }
        var room = 96
        return .tuple(items.map { trimmed($0, depth: 2, &room) })
    }

    private static func trimmed(_ item: PickleItem, depth: Int, _ room: inout Int) -> PickleItem {
        guard case .tuple(let items) = item, !items.isEmpty else { return item }
        guard depth > 0, items.count <= min(16, room) else { return .other }
        room -= items.count
        return .tuple(items.map { trimmed($0, depth: depth - 1, &room) })
    }
}

/// What a pickle makes, by the name of its class or of the function that made it. Its state is set once.
final class PickleInstance {
    let name: String
    var isBuilt = false

    init(_ name: String) { self.name = name }
}

/// A dictionary of a pickle, shared as the pickle shares it.
final class PickleDictionary {
    /// `nil` where not every member is known.
    private(set) var members: [String: PickleItem]? = [:]
    /// Whether it is the state of something already.
    var isSealed = false

    /// Puts keys and values that follow one another.
    func put(_ items: [PickleItem]) {
        guard items.count.isMultiple(of: 2) else { return members = nil }
        for index in stride(from: 0, to: items.count, by: 2) {
            guard case .text(let key) = items[index], (members?.count ?? 0) < 256 else { return members = nil }
            members?[key] = Self.shallow(items[index + 1])
        }
    }

    /// Nothing that could lead back to a dictionary.
    private static func shallow(_ item: PickleItem) -> PickleItem {
        switch item {
        case .dictionary, .wrapper: .other
        case .tuple(let items): .tuple(items.map(shallow))
        default: item
        }
    }
}
