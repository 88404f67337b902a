import Domain

extension Predictions {
    /// The same with more groups: for each two of `columns`, those of both together. Two slices make a slice, two sensitive columns
    /// a sensitive one; columns that would make more than ten thousand groups, or with the pairs before them twice as many, are not crossed.
    ///
    /// The slices of `island` and `sex` are called `island × sex`, and their values such as `Dream × female`.
    public func crossing(_ columns: [String]) -> Predictions {
        let crossed = columns.compactMap { name in groups.place(of: name, by: \.name).map { groups[$0] } }
        var room = 2 * Grouping.limit
        let pairs = crossed.indices.flatMap { one in
            crossed[(one + 1)...].map { (crossed[one], $0) }
        }.filter { one, other in
            let cells = one.values.count * other.values.count
            guard cells <= min(room, Grouping.limit) else { return false }
            room -= cells
            return true
        }
        let more = pairs.map { Grouping($0, $1) }
        var columns = self.columns
        for (pair, grouping) in zip(pairs, more) {
            let names = [pair.0.name, pair.1.name]
            if names.allSatisfy(columns.slices.contains) { columns.slices.append(grouping.name) }
            if names.allSatisfy(columns.sensitive.contains) { columns.sensitive.append(grouping.name) }
        }
        return Predictions(
            task: task, columns: columns, rowCount: rowCount, values: values, ids: ids, groups: groups + more,
            clusters: clusters)
    }
}

extension Grouping {
    /// By the values of two columns together; a combination that no row has is no group.
    fileprivate init(_ one: Grouping, _ other: Grouping) {
        let width = other.values.count
        let cells = zip(one.codes, other.codes).map { Int($0) * width + Int($1) }
        var used = Array(repeating: false, count: one.values.count * width)
        for cell in cells { used[cell] = true }
        let names = used.indices.filter { used[$0] }
            .map { (name: "\(one.values[$0 / width]) × \(other.values[$0 % width])", cell: $0) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        var codes = Array(repeating: Int32(0), count: used.count)
        for (code, each) in names.enumerated() { codes[each.cell] = Int32(code) }
        self.init(
            name: "\(one.name) × \(other.name)", values: names.map(\.name), codes: cells.map { codes[$0] })
    }
}
