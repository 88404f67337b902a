extension ColumnProfile {
    /// The same with no more than a stored profile keeps.
    func condensed(_ limits: StoredProfile.Limits) -> ColumnProfile {
        let content: Content =
            switch content {
            case .empty: .empty
            case .numbers(let numbers): .numbers(numbers.condensed(limits))
            case .texts(let texts): .texts(texts.condensed(limits))
            }
        return ColumnProfile(name: name, rows: rows, nulls: nulls, content: content)
    }
}

extension NumberProfile {
    fileprivate func condensed(_ limits: StoredProfile.Limits) -> NumberProfile {
        // It is condensed already.
        if self.tenths != nil { return self }
        let values = values
        if values.distinct <= limits.exact, error == nil {
            return NumberProfile(
                stored: SortedValues(ascending: values.runs), unusual: unusual, distinct: distinct, exact: exact)
        }
        let tenths = PopulationStabilityIndex.edges(ranked)
        let summary = NumberSummary(of: values, cuts: tenths, steps: limits.steps)
        return NumberProfile(
            stored: summary.values, moments: moments, unusual: unusual, distinct: distinct,
            error: error?.plus(summary.error) ?? summary.error, tenths: tenths)
    }
}

extension TextProfile {
    /// All texts where they are few; else the heaviest that occur more than once, and groups of the others.
    fileprivate func condensed(_ limits: StoredProfile.Limits) -> TextProfile {
        let sizes = (0..<counts.distinct).map { counts.withBytes(at: $0, \.count) }
        let isSmall = counts.distinct <= limits.exact && sizes.reduce(0, +) <= limits.textBytes
        var others = others
        var kept: [Int] = []
        if isSmall {
            kept = Array(counts.indices)
        } else {
            if others.isEmpty { others = [Int](repeating: 0, count: TextGroups.count) }
            var room = limits.textBytes
            let heaviest = Heaviest(of: counts, among: counts.candidates, limit: limits.steps).indices
            kept = Array(
                heaviest.prefix { index in
                    room -= sizes[index]
                    return room >= 0 && counts.count(at: index) > 1
                })
            let isKept = Set(kept)
            for index in counts.indices where !isKept.contains(index) {
                others[TextGroups.group(of: counts.hash(at: index))] += counts.count(at: index)
            }
        }
        var table = TextTable(capacity: kept.count)
        for index in kept {
            counts.withBytes(at: index) { table.add($0, hash: counts.hash(at: index), times: counts.count(at: index)) }
        }
        return TextProfile(
            stored: TextCounts(table), others: others, uncertainty: uncertainty, distinct: distinct, lengths: lengths)
    }
}

extension TextCounts {
    /// The places of all texts.
    fileprivate var indices: Range<Int> { 0..<distinct }
}
