extension Predictions {
    /// The same with more slices: for each two of `columns`, which are slices already, those of both together.
    ///
    /// The slices of `island` and `sex` are called `island × sex`, and their values such as `Dream × female`.
    public func crossing(_ columns: [String]) -> Predictions {
        let crossed = columns.compactMap { name in groups.first { $0.name == name } }
        let more = crossed.indices.flatMap { one in
            crossed[(one + 1)...].map { Grouping(crossed[one], $0) }
        }
        var columns = self.columns
        columns.slices += more.map(\.name)
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
