import Domain

/// A value of a stored profile while it is read: what it is, and where it stands.
struct StoredNode {
    /// What counts may be at most, so that their sums fit whatever a file says.
    static let most = 1 << 40

    let value: JSON

    /// The names that lead there: `columns.age.counts`.
    let path: String

    func fault(_ message: String) -> DataError { DataError("\(path): \(message)", remedy: StoredProfile.remedy) }

    /// The members by name. Each is known and comes once; those that are not `optional` are there.
    func members(_ needed: [String], optional: [String] = []) throws(DataError) -> [String: StoredNode] {
        guard let members = value.members else { throw fault("expected an object") }
        var found: [String: StoredNode] = [:]
        for member in members {
            guard needed.contains(member.key) || optional.contains(member.key) else {
                throw fault("there is no field `\(Excerpt.line(member.key))`")
            }
            guard found.updateValue(child(member.key, member.value), forKey: member.key) == nil else {
                throw fault("`\(member.key)` comes twice")
            }
        }
        if let lacking = needed.first(where: { found[$0] == nil }) { throw fault("`\(lacking)` is missing") }
        return found
    }

    func child(_ name: String, _ value: JSON) -> StoredNode {
        StoredNode(value: value, path: path.isEmpty ? Excerpt.line(name) : "\(path).\(Excerpt.line(name))")
    }

    func items() throws(DataError) -> [JSON] {
        guard let items = value.array else { throw fault("expected a list") }
        return items
    }

    func texts() throws(DataError) -> [String] {
        let items = try items()
        let texts = items.compactMap(\.string)
        guard texts.count == items.count else { throw fault("expected texts") }
        return texts
    }

    func text() throws(DataError) -> String {
        guard let text = value.string else { throw fault("expected a text") }
        return text
    }

    func flag() throws(DataError) -> Bool {
        guard let flag = value.bool else { throw fault("expected true or false") }
        return flag
    }

    /// A whole number from `least` to `StoredNode.most`.
    func count(least: Int = 0) throws(DataError) -> Int {
        guard let count = value.int, count >= least, count <= Self.most else {
            throw fault("expected a whole number from \(least) to \(Self.most)")
        }
        return count
    }

    func counts(least: Int) throws(DataError) -> [Int] {
        var counts: [Int] = []
        for (place, item) in try items().enumerated() {
            counts.append(try StoredNode(value: item, path: "\(path)[\(place)]").count(least: least))
        }
        return counts
    }

    /// A number that is finite, and not less than `least`.
    func number(least: Double = -.infinity) throws(DataError) -> Double {
        guard let number = value.double, number.isFinite, number >= least else {
            throw fault(least.isFinite ? "expected a number from \(least) on" : "expected a number")
        }
        return number + 0
    }

    /// A number, or the text `inf`, `-inf` or `nan`.
    func anyNumber() throws(DataError) -> Double {
        switch value {
        case "inf": return .infinity
        case "-inf": return -.infinity
        case "nan": return .nan
        default: return try number()
        }
    }

    /// Numbers, each greater than the one before.
    func ascending(infinite: Bool = false) throws(DataError) -> [Double] {
        var numbers: [Double] = []
        for (place, item) in try items().enumerated() {
            let node = StoredNode(value: item, path: "\(path)[\(place)]")
            let number = try infinite ? node.anyNumber() : node.number()
            guard !number.isNaN, numbers.last.map({ $0 < number }) ?? true else {
                throw node.fault("expected a number greater than the one before it")
            }
            numbers.append(number)
        }
        return numbers
    }
}
