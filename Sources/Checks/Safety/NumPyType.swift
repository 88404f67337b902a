/// A dtype of NumPy in a pickle, as far as it says how many bytes an array of it takes.
///
/// Only what NumPy itself writes is understood: `numpy.dtype('f8', False, True)`, then one state that agrees with it.
final class NumPyType {
    /// The bytes of an element; `nil` where they are not known.
    private(set) var size: Int?
    /// Whether elements are Python objects, which are pickled.
    private(set) var holdsObjects = false

    private var kind: Character = "V"
    private var isBuilt = false

    init(calledWith arguments: [PickleItem]) {
        guard arguments.count <= 3, case .text(let name)? = arguments.first, let kind = name.first,
            name.utf8.dropFirst().allSatisfy({ $0 &- 0x30 < 10 }), name.utf8.count <= 9,
            let number = Int(name.dropFirst()), number > 0
        else { return }
        self.kind = kind
        holdsObjects = kind == "O"
        switch kind {
        case "b", "i", "u", "f", "c", "M", "m", "O": size = Self.numbers.contains(name) ? number : nil
        case "S", "V": size = number
        case "U": size = number * 4
        default: break
        }
    }

    private static let numbers: Set<String> = [
        "b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "f16", "c8", "c16", "c32", "M8", "m8",
        "O8",
    ]

    /// Sets the state: version, byte order, subarray, names, fields, size, alignment, flags.
    func build(_ state: PickleItem) {
        defer { isBuilt = true }
        guard !isBuilt, case .tuple(let items) = state, items.count == 8 || items.count == 9,
            case .text = items[1], case .none = items[2], case .int(let stated) = items[5],
            case .int(let flags) = items[7], "SUV".contains(kind) ? stated == size : true,
            (flags & 1 == 1) == hasObjects(names: items[3], fields: items[4])
        else { return size = nil }
        holdsObjects = flags & 1 == 1
    }

    /// `nil` where it cannot be told.
    private func hasObjects(names: PickleItem, fields: PickleItem) -> Bool? {
        if case .none = names, case .none = fields { return kind == "O" }
        guard kind == "V", case .dictionary(let fields) = fields, let members = fields.members else { return nil }
        var found = false
        for member in members.values {
            guard case .tuple(let field) = member, case .dtype(let type)? = field.first, type.size != nil else {
                return nil
            }
            found = found || type.holdsObjects
        }
        return found
    }
}
