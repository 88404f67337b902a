/// Finds the column of a member's name; objects mostly name their members in one order, spelled alike.
public struct MemberLookup {
    /// More different names are refused: each is a column of all rows, however few have it.
    static let limit = 10_000

    private var names: [[UInt8]]
    private var places: [[UInt8]: Int]

    /// How each name was spelled last, with its escapes; what cannot be where it has not come yet and needs some.
    private var spellings: [[UInt8]]
    private var expected = 0

    public init(_ texts: [String] = []) {
        names = texts.map { Array($0.utf8) }
        places = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
        spellings = names.map { $0.contains(Self.backslash) ? Self.impossible : $0 }
    }

    /// In the order of their columns.
    public var texts: [String] { names.map { String(decoding: $0, as: UTF8.self) } }

    func text(at place: Int) -> String { String(decoding: names[place], as: UTF8.self) }

    /// The next name is an object's first.
    public mutating func startRow() { expected = 0 }

    /// The column of a member, which is added where it is not there.
    mutating func place(of field: JSONLinesField, _ scanner: JSONLinesScanner) throws(DataError) -> Int {
        if let known = column(of: field.name) { return known }
        guard names.count < Self.limit else {
            throw scanner.error(
                "the objects have more than \(Self.limit) different members", at: field,
                remedy: "write what has so many names as one member of names and one of values")
        }
        add(field.name)
        return names.count - 1
    }

    /// Adds a name that is not there, as it is spelled in the text.
    public mutating func add(_ name: UnsafeBufferPointer<UInt8>) {
        names.append(Self.value(of: name))
        places[names[names.count - 1]] = names.count - 1
        spellings.append(Array(name))
    }

    /// `nil` where no column has that name.
    public mutating func column(of name: UnsafeBufferPointer<UInt8>) -> Int? {
        if expected < names.count, spellings[expected].elementsEqual(name) {
            expected += 1
            return expected - 1
        }
        guard let found = nearby(name) ?? otherwise(name) else { return nil }
        expected = found + 1
        return found
    }

    /// Among few names, or the next of many, a look at each is quicker than a hash.
    private func nearby(_ name: UnsafeBufferPointer<UInt8>) -> Int? {
        let near = names.count <= 32 ? spellings.indices : expected..<min(expected + 8, names.count)
        return near.first { spellings[$0].elementsEqual(name) }
    }

    private mutating func otherwise(_ name: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let found = places[Self.value(of: name)] else { return nil }
        spellings[found] = Array(name)
        return found
    }

    private static func value(of name: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        guard name.contains(backslash) else { return Array(name) }
        var value: [UInt8] = []
        JSONEscapes.resolve(name, into: &value)
        return value
    }

    private static let impossible = [UInt8(ascii: "\"")]
    private static let backslash = UInt8(ascii: "\\")
}

extension JSONLinesScanner {
    /// That the object of `field` has two members of a name.
    func error(twice name: String, at field: JSONLinesField) -> DataError {
        error("member `\(name)` stands twice in the object", at: field, remedy: "remove one of them")
    }
}
