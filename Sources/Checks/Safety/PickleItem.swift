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
    /// Anything but a text.
    case object
    case other

    var isMark: Bool { if case .mark = self { true } else { false } }

    /// The values of a tuple without the tuples in it, so that nothing nests deeply.
    static func flatTuple(_ items: [PickleItem]) -> PickleItem {
        guard items.count <= 64 else { return .other }
        return .tuple(
            items.map { item in
                switch item {
                case .tuple(let inner): inner.isEmpty ? item : .other
                default: item
                }
            })
    }
}

/// A dictionary of a pickle, shared as the pickle shares it.
final class PickleDictionary {
    /// `nil` where not every member is known.
    private(set) var members: [String: PickleItem]? = [:]

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
        case .tuple(let items):
            .tuple(items.map { if case .dictionary = $0 { .other } else if case .wrapper = $0 { .other } else { $0 } })
        default: item
        }
    }
}
