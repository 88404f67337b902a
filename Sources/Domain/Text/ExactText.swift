/// A text that equals only one of the same bytes.
///
/// Swift holds canonically equivalent texts equal, such as an é in one scalar and one in two; tables keep them apart, as SQL, NumPy
/// and pandas do, and so does `TextDictionary`.
public struct ExactText: Hashable, Sendable {
    public let text: String

    public init(_ text: String) { self.text = text }

    public static func == (one: ExactText, other: ExactText) -> Bool { one.text.hasBytes(of: other.text) }

    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension String {
    /// Whether the two are the same byte for byte.
    public func hasBytes(of other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension Sequence<String> {
    /// Whether one of them is the same byte for byte.
    public func containsExactly(_ text: String) -> Bool { contains { $0.hasBytes(of: text) } }
}

extension Collection {
    /// The place of what is called `name` byte for byte; without one, of what a person would read as that.
    public func place(of name: String, by names: (Element) -> String) -> Index? {
        firstIndex { names($0).hasBytes(of: name) } ?? firstIndex { names($0) == name }
    }
}

extension Collection<String> {
    /// The place of `name` byte for byte; without one, of what a person would read as that.
    public func place(of name: String) -> Index? { place(of: name) { $0 } }
}

extension [String] {
    /// For each of these names the place of the one in `asked` that it answers, or -1: byte for byte; one that no name answers so is
    /// answered by what a person would read as it.
    public func places(of asked: [String]) -> [Int] {
        let known = Dictionary(asked.enumerated().map { (ExactText($1), $0) }) { first, _ in first }
        var places = map { known[ExactText($0)] ?? -1 }
        let answered = Set(places)
        for (place, name) in asked.enumerated() where !answered.contains(place) {
            if let index = indices.first(where: { places[$0] < 0 && self[$0] == name }) { places[index] = place }
        }
        return places
    }
}
