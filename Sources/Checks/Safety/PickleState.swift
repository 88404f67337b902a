/// The states that honest pickles give to what they make.
enum PickleState {
    /// What is wrong with giving `state` to `value`, or `nil`; a state is given once.
    ///
    /// A name with two underscores at its start is a promise to Python or NumPy: `__array_interface__` is an address to read from.
    static func objection(to state: PickleItem, of value: PickleItem) -> String? {
        guard case .made(let made) = value else { return objection(to: state, of: nil) }
        defer { made.isBuilt = true }
        return made.isBuilt ? "sets the state of \(made.name) twice" : objection(to: state, of: made.name)
    }

    private static func objection(to state: PickleItem, of type: String?) -> String? {
        let isHarmless = type.map(HarmlessNames.contains) ?? false
        switch state {
        case .dictionary(let dictionary): return objection(to: dictionary, type, isHarmless)
        case .tuple(let items) where items.count == 2:
            // The second may be what Python sets with setattr.
            return items.lazy.compactMap { item in
                switch item {
                case .dictionary(let dictionary): objection(to: dictionary, type, isHarmless)
                case .made(let made) where made.name.hasPrefix("numpy.random."): nil
                case .other, .made, .object: isHarmless ? unknown(type) : nil
                default: nil
                }
            }.first
        case .other, .made, .object: return isHarmless ? unknown(type) : nil
        default: return nil
        }
    }

    private static func objection(to dictionary: PickleDictionary, _ type: String?, _ isHarmless: Bool) -> String? {
        guard let members = dictionary.members else { return isHarmless ? unknown(type) : nil }
        return members.keys.sorted().first {
            $0.hasPrefix(isHarmless || type == nil ? "__" : "__array") || $0 == "__class__" || $0 == "__setstate__"
        }.map { "sets \($0) of \(type ?? "a value")" }
    }

    private static func unknown(_ type: String?) -> String { "gives \(type ?? "a value") a state that cannot be known" }

    /// Dictionaries that the state is made of may not change once it is given.
    static func seal(_ state: PickleItem) {
        switch state {
        case .dictionary(let dictionary): dictionary.isSealed = true
        case .tuple(let items): for item in items { seal(item) }
        default: break
        }
    }

    /// Whether values are appended to instances of `type` (`putsKeys`: set by key); with others that would call what their state
    /// names so.
    static func takesValues(_ type: String, putsKeys: Bool) -> Bool {
        guard HarmlessNames.contains(type) else { return true }
        return (putsKeys ? mappings : sequences).contains(type)
    }

    private static let mappings: Set<String> = [
        "collections.OrderedDict", "collections.defaultdict", "collections.Counter", "sklearn.utils._bunch.Bunch",
        "scipy.sparse._dok.dok_array", "scipy.sparse._dok.dok_matrix",
    ]
    private static let sequences: Set<String> = [
        "collections.deque", "sklearn.compose._column_transformer._RemainderColsList",
    ]
}
