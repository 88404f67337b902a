extension Predictions {
    /// Rows that their id does not tell from all others.
    public struct UnclearRows: Hashable, Sendable {
        public let count: Int
        /// The first of them, from 0.
        public let first: Int
        /// The id of that one, which a row before it has as well; `nil` where it has none.
        public let id: String?
    }

    /// The rows whose id another row before them has, in a ranking one of the same query; `nil` where there are none, or no ids.
    public var repeatedIDs: UnclearRows? {
        guard let ids, let keys = rowKeys(withQuery: true) else { return nil }
        if keys.dictionary.count == rowCount { return nil }
        var seen = Array(repeating: false, count: keys.dictionary.count)
        var (count, first): (Int, Int?) = (0, nil)
        for (row, code) in keys.codes.enumerated() where code >= 0 {
            if seen[Int(code)] {
                count += 1
                first = first ?? row
            }
            seen[Int(code)] = true
        }
        return first.map { UnclearRows(count: count, first: $0, id: ids[$0]) }
    }

    /// The rows that have no id though a column names them.
    public var rowsWithoutID: UnclearRows? {
        guard let ids, let first = ids.codes.firstIndex(where: { $0 < 0 }) else { return nil }
        return UnclearRows(count: ids.codes.count { $0 < 0 }, first: first, id: nil)
    }

    /// What names the rows: their ids, of a ranking those of a query. Documents may come in several queries.
    func rowKeys(withQuery: Bool) -> TextColumn? {
        guard withQuery, let ids, case .ranking(let rows) = values else { return ids }
        return TextColumn(TextColumn(rows.queries), ids)
    }
}

extension TextColumn {
    /// The names of groups.
    init(_ groups: Grouping) {
        self.init()
        for name in groups.values { _ = dictionary.code(of: name) }
        codes = groups.codes
    }

    /// Two columns as one, null where either is.
    init(_ one: TextColumn, _ other: TextColumn) {
        self.init()
        var known: [UInt64: Int32] = [:]
        codes.reserveCapacity(one.codes.count)
        for (left, right) in zip(one.codes, other.codes) {
            guard left >= 0, right >= 0 else {
                codes.append(-1)
                continue
            }
            let pair = UInt64(left) << 32 | UInt64(right)
            if let code = known[pair] {
                codes.append(code)
                continue
            }
            // The length keeps `a` and `bc` from being `ab` and `c`.
            let text = one.dictionary[Int(left)]
            let code = dictionary.code(of: "\(text.utf8.count) \(text)\(other.dictionary[Int(right)])")
            known[pair] = code
            codes.append(code)
        }
    }

    /// With one spelling for what is one number, as classes have: `1` and `1.0`.
    var canonical: TextColumn {
        var column = TextColumn()
        let codes = (0..<dictionary.count).map { column.dictionary.code(of: ClassLabel.canonical(dictionary[$0])) }
        column.codes = self.codes.map { $0 < 0 ? -1 : codes[Int($0)] }
        return column
    }
}
