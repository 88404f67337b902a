extension Sequence {
    /// One after another.
    func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}

extension Array where Element: Sendable {
    /// At most `width` at a time; the values come in the order of the elements. The first error ends it.
    func asyncMap<Value: Sendable>(
        atMost width: Int, _ transform: @escaping @Sendable (Element) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: (Int, Value).self) { group in
            var values = [Value?](repeating: nil, count: count)
            for index in indices {
                if index >= width, let (done, value) = try await group.next() { values[done] = value }
                group.addTask { (index, try await transform(self[index])) }
            }
            for try await (done, value) in group { values[done] = value }
            return values.compactMap(\.self)
        }
    }
}
