/// A dtype of NumPy in a pickle, as far as it says how many bytes an array of it takes.
///
/// Only what NumPy itself writes is understood: `numpy.dtype('f8', False, True)`, then one state that agrees with it.
final class NumPyType {
    /// The bytes of an element; `nil` where they are not known.
    private(set) var size: Int?
    /// Whether elements are Python objects, which are pickled.
    private(set) var holdsObjects = false

    /// Whether its state is not one that NumPy writes: it could pass numbers for objects, or reach beyond an element.
    private(set) var isForged = false
    /// Whether something is made of it already.
    var isUsed = false

    private var kind: Character = "V"
    private var isBuilt = false

    init(calledWith arguments: [PickleItem]) {
        guard arguments.count <= 3, case .text(let name)? = arguments.first, let kind = name.first,
            name.utf8.dropFirst().allSatisfy({ $0 &- 0x30 < 10 }), name.utf8.count <= 9,
            let number = Int(name.dropFirst()), number > 0 || "SUV".contains(kind)
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
        guard !isBuilt, !isUsed, case .tuple(let items) = state, items.count == 8 || items.count == 9,
            case .text = items[1], case .int(let stated) = items[5],
            case .int(let flags) = items[7], "SUV".contains(kind) ? stated == size : true,
            let objects = hasObjects(part: items[2], names: items[3], fields: items[4]),
            flags & 7 == (objects ? kind == "O" ? 7 : 3 : 0)
        else {
            isForged = true
            return size = nil
        }
        holdsObjects = objects
    }

    /// `nil` where it cannot be told, or where a part lies outside.
    private func hasObjects(part: PickleItem, names: PickleItem, fields: PickleItem) -> Bool? {
        if case .none = names, case .none = fields {
            if case .none = part { return kind == "O" }
            return kind == "V" ? holdsObjects(part) : nil
        }
        guard case .none = part, kind == "V", let size, case .dictionary(let fields) = fields,
            let members = fields.members
        else { return nil }
        var found = false
        for member in members.values {
            guard case .tuple(let field) = member, field.count >= 2, case .dtype(let type) = field[0],
                case .int(let offset) = field[1], let width = type.size, offset >= 0, offset <= size - width
            else { return nil }
            found = found || type.holdsObjects
        }
        return found
    }

    /// A field that is an array: its dtype and its shape.
    private func holdsObjects(_ part: PickleItem) -> Bool? {
        guard case .tuple(let items) = part, items.count == 2, case .dtype(let type) = items[0], let width = type.size,
            case .tuple(let shape) = items[1], !shape.isEmpty
        else { return nil }
        var total = width
        for item in shape {
            guard case .int(let length) = item, length >= 0 else { return nil }
            let (product, overflow) = total.multipliedReportingOverflow(by: length)
            guard !overflow else { return nil }
            total = product
        }
        return total == size ? type.holdsObjects : nil
    }
}
