/// The values of one column that divides rows into groups: slices, or groups to be treated alike.
struct Grouping: Sendable {
    /// What a row without a value is listed under.
    static let null = "(null)"

    /// Beyond this many values a column names rows rather than groups.
    static let limit = 10_000

    let name: String

    /// The groups' names, sorted by their bytes.
    let values: [String]

    /// For each row the index of its value.
    let codes: [Int32]

    init(name: String, values: [String], codes: [Int32]) {
        self.name = name
        self.values = values
        self.codes = codes
    }

    init(name: String, _ column: TextColumn) {
        self.name = name
        var dictionary = column.dictionary
        let null: Int32 = column.codes.contains { $0 < 0 } ? dictionary.code(of: Self.null) : -1
        let texts = (0..<dictionary.count).map { dictionary[$0] }
        let order = texts.indices.sorted { texts[$0].utf8.lexicographicallyPrecedes(texts[$1].utf8) }
        var rank = Array(repeating: Int32(0), count: order.count)
        for (position, code) in order.enumerated() { rank[code] = Int32(position) }
        values = order.map { texts[$0] }
        codes = column.codes.map { rank[Int($0 < 0 ? null : $0)] }
    }
}

/// Rows in some order, dealt out to their groups; each group keeps the order.
struct Buckets {
    /// Where each group starts in `rows`; one more element than there are groups.
    let starts: [Int]

    /// Positions in the given order.
    let positions: [Int32]

    init(order: [Int32], of grouping: Grouping) {
        var counts = Array(repeating: 0, count: grouping.values.count + 1)
        for code in grouping.codes { counts[Int(code) + 1] += 1 }
        for index in 1..<counts.count { counts[index] += counts[index - 1] }
        starts = counts
        let codes = grouping.codes
        positions = Array(unsafeUninitializedCapacity: order.count) { buffer, initialized in
            for (position, row) in order.enumerated() {
                let code = Int(codes[Int(row)])
                buffer[counts[code]] = Int32(truncatingIfNeeded: position)
                counts[code] += 1
            }
            initialized = order.count
        }
    }

    var count: Int { starts.count - 1 }

    subscript(group: Int) -> ArraySlice<Int32> { positions[starts[group]..<starts[group + 1]] }
}
