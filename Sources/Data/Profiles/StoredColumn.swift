import Domain

/// A column of a stored profile while it is read.
struct StoredColumn {
    let node: StoredNode
    private let name: String
    private let rows: Int

    init(_ node: StoredNode, name: String, rows: Int) {
        self.node = node
        self.name = name
        self.rows = rows
    }

    /// `nil` for a column that could not be read in the table.
    func profile() throws(DataError) -> ColumnProfile? {
        guard let word = node.value["kind"]?.string, let kind = StoredKind(rawValue: word) else {
            let kinds = StoredKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw node.fault("`kind` is missing, or none of \(kinds)")
        }
        switch kind {
        case .unread:
            _ = try node.members(["kind"])
            return nil
        case .empty: return try column(try node.members(["kind", "nulls"]), .empty, values: 0)
        case .numbers: return try numbers()
        case .texts: return try texts()
        }
    }

    private func column(
        _ members: [String: StoredNode], _ content: ColumnProfile.Content, values: Int
    ) throws(DataError) -> ColumnProfile {
        let nulls = try members["nulls"]?.count() ?? 0
        guard nulls + values == rows else {
            throw node.fault("\(nulls) nulls and \(values) values do not add up to \(rows) rows")
        }
        return ColumnProfile(name: name, rows: rows, nulls: nulls, content: content)
    }

    // MARK: Numbers

    private func numbers() throws(DataError) -> ColumnProfile {
        let members = try node.members(
            ["kind", "nulls", "distinct", "exact", "values"],
            optional: [
                "counts", "nan", "positive_infinity", "negative_infinity", "rank_error", "distance_error", "moments",
                "tenths", "distinct_registers",
            ])
        let values = try limited(members["values"], \.array?.count)?.ascending() ?? []
        let counts = try members["counts"]?.counts(least: 1) ?? [Int](repeating: 1, count: values.count)
        guard counts.count == values.count else {
            throw node.fault("\(values.count) values have \(counts.count) counts")
        }
        var unusual = UnusualNumbers()
        unusual.nan = try members["nan"]?.count() ?? 0
        unusual.positiveInfinity = try members["positive_infinity"]?.count() ?? 0
        unusual.negativeInfinity = try members["negative_infinity"]?.count() ?? 0
        let sum = try sum(counts + [unusual.nan, unusual.positiveInfinity, unusual.negativeInfinity])
        let sorted = SortedValues(ascending: zip(values, counts).map { ($0, $1) })
        return try column(members, .numbers(profile(members, sorted, unusual)), values: sum)
    }

    private func profile(
        _ members: [String: StoredNode], _ values: SortedValues, _ unusual: UnusualNumbers
    ) throws(DataError) -> NumberProfile {
        let distinct = try members["distinct"]?.count() ?? 0
        let exact = try members["exact"]?.flag() ?? false
        guard let rank = members["rank_error"] else {
            if let other = ["distance_error", "moments", "tenths"].first(where: { members[$0] != nil }) {
                throw node.fault("`\(other)` comes without `rank_error`")
            }
            let known = values.distinct + unusual.distinctInfinities
            // Whole numbers from 2^53 on are told apart better than these are.
            guard values.distinctWide > 0 ? distinct >= known - values.distinctWide : distinct == known else {
                throw node.fault("`distinct` is \(distinct), but there are \(known) values")
            }
            return NumberProfile(
                stored: values, unusual: unusual, distinct: distinct, exact: exact, registers: try registers(members))
        }
        guard !exact else { throw node.fault("`rank_error` comes with `exact`") }
        guard let moments = members["moments"] else { throw node.fault("`moments` is missing") }
        let tenths = try members["tenths"]?.ascending(infinite: true)
        guard tenths?.count ?? 0 < 10 else { throw node.fault("there are more than nine `tenths`") }
        let error = SketchError(
            rank: try rank.number(least: 0), distance: try members["distance_error"]?.number(least: 0))
        guard error.rank <= 1 else { throw rank.fault("expected a number from 0 to 1") }
        return NumberProfile(
            stored: values, moments: try self.moments(moments, values), unusual: unusual, distinct: distinct,
            error: error, tenths: tenths, registers: try registers(members))
    }

    private func registers(_ members: [String: StoredNode]) throws(DataError) -> HyperLogLog? {
        guard let node = members["distinct_registers"] else { return nil }
        guard let registers = HyperLogLog(digits: try node.text()) else {
            throw node.fault("these are no registers")
        }
        return registers
    }

    private func moments(_ node: StoredNode, _ values: SortedValues) throws(DataError) -> Moments {
        let members = try node.members([
            "zeros", "negatives", "min", "max", "mean", "mean_rest", "squares", "sum", "sum_rest",
        ])
        func number(_ name: String) throws(DataError) -> Double { try members[name]?.anyNumber() ?? .nan }
        let (zeros, negatives) = (try members["zeros"]?.count() ?? 0, try members["negatives"]?.count() ?? 0)
        let (least, greatest) = (try members["min"]?.number() ?? .nan, try members["max"]?.number() ?? .nan)
        guard let first = values.minimum, let last = values.maximum, least <= first, greatest >= last else {
            throw node.fault("`min` and `max` do not enclose the values")
        }
        guard zeros + negatives <= values.count else {
            throw node.fault("there are more zeros and negatives than values")
        }
        let sums = Moments.Sums(
            mean: try number("mean"), meanRest: try number("mean_rest"), squares: try number("squares"),
            sum: try number("sum"), sumRest: try number("sum_rest"))
        guard !(sums.squares < 0) else { throw node.fault("`squares` is negative") }
        return Moments(
            count: values.count, zeros: zeros, negatives: negatives, minimum: least, maximum: greatest, sums: sums)
    }

    // MARK: Texts

    private func texts() throws(DataError) -> ColumnProfile {
        let members = try node.members(
            ["kind", "nulls", "distinct", "exact", "counts"],
            optional: ["lengths", "too_low_by", "others", "distinct_registers"])
        guard let counted = try limited(members["counts"], \.members?.count), let all = counted.value.members else {
            throw node.fault("`counts` is no object")
        }
        var table = TextTable(capacity: all.count)
        for member in all {
            let count = try counted.child(member.key, member.value).count(least: 1)
            try add(member.key, count, to: &table, counted)
        }
        let others = try members["others"]?.counts(least: 0) ?? []
        guard others.isEmpty || others.count == TextGroups.count else {
            throw node.fault("`others` has \(others.count) groups, expected \(TextGroups.count)")
        }
        let exact = try members["exact"]?.flag() ?? false
        guard exact == others.isEmpty else { throw node.fault("`exact` is \(exact), and `others` says otherwise") }
        let sum = try sum((0..<table.distinct).map { table.count(at: $0) } + others)
        let distinct = try members["distinct"]?.count() ?? 0
        guard !exact || distinct == table.distinct else {
            throw node.fault("`distinct` is \(distinct), but there are \(table.distinct) texts")
        }
        let profile = TextProfile(
            stored: TextCounts(table), others: others, uncertainty: try members["too_low_by"]?.count() ?? 0,
            distinct: distinct, lengths: try lengths(members["lengths"], count: sum), registers: try registers(members))
        return try column(members, .texts(profile), values: sum)
    }

    private func add(_ text: String, _ count: Int, to table: inout TextTable, _ node: StoredNode) throws(DataError) {
        var text = text
        let before = table.distinct
        let fits = text.withUTF8 { bytes in
            let raw = UnsafeRawBufferPointer(bytes)
            guard raw.count <= TextArena.longest else { return false }
            table.add(raw, hash: StableHash.of(raw), times: count)
            return true
        }
        guard fits else {
            throw node.fault("`\(Excerpt.line(text))` is longer than \(TextArena.longest) bytes")
        }
        guard table.distinct > before else { throw node.fault("`\(Excerpt.line(text))` comes twice") }
    }

    private func lengths(_ node: StoredNode?, count: Int) throws(DataError) -> TextLengths {
        guard let node else {
            guard count == 0 else { throw self.node.fault("`lengths` is missing") }
            return TextLengths()
        }
        let members = try node.members(["min", "max", "total", "padded"])
        guard let least = try members["min"]?.count(), let greatest = try members["max"]?.count(),
            let total = members["total"]?.value.int, let padded = try members["padded"]?.count()
        else { throw node.fault("a length is missing or no whole number") }
        let bounds = (least.multipliedReportingOverflow(by: count), greatest.multipliedReportingOverflow(by: count))
        guard count > 0, least <= greatest, padded <= count, !bounds.0.overflow, bounds.0.partialValue <= total,
            bounds.1.overflow || total <= bounds.1.partialValue, total <= 1 << 50
        else { throw node.fault("the lengths contradict each other") }
        return TextLengths(count: count, minimum: least, maximum: greatest, total: total, padded: padded)
    }

    /// Refuses what no table's profile has.
    private func limited(_ node: StoredNode?, _ count: (JSON) -> Int?) throws(DataError) -> StoredNode? {
        guard let node, let count = count(node.value), count > StoredProfile.Limits.most else { return node }
        throw node.fault("has \(count) values, expected at most \(StoredProfile.Limits.most)")
    }

    /// Of counts each of which is at most `StoredNode.most`.
    private func sum(_ counts: [Int]) throws(DataError) -> Int {
        var sum = 0
        for count in counts {
            sum += count
            guard sum <= rows else { throw node.fault("the counts are more than \(rows) rows") }
        }
        return sum
    }
}
