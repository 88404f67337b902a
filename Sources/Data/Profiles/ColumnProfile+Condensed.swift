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

extension ColumnProfile {
    /// How far figures may be off that come from a stored profile's summary or from sketches, as the end of a sentence that starts with
    /// the column.
    var summaryNote: String? {
        var parts: [String] = []
        if let numbers, let error = numbers.error {
            let rank = DriftUncertainty.rounded(error.rank)
            let chance =
                error.distance == nil ? "more than \(rank) of all in one case of a hundred" : "at most \(rank) of all"
            parts.append("a rank is off by \(chance)")
        }
        if let error = numbers?.distinctError ?? texts?.distinctError {
            parts.append(
                "distinct_non_null is an estimate, with a standard error of \(DriftUncertainty.rounded(error))")
        }
        if let low = texts?.uncertainty, low > 0 { parts.append("counts may be too low by \(low) each") }
        let source = numbers?.isWhole ?? texts?.isSketched ?? false ? "sketches" : "a summary"
        return parts.isEmpty ? nil : "is known from \(source): \(parts.joined(separator: "; "))"
    }
}

extension NumberProfile {
    fileprivate func condensed(_ limits: StoredProfile.Limits) -> NumberProfile {
        if isCondensed { return self }
        let values = values, registers = distinctSketch?.folded(to: limits.precision)
        if values.distinct <= limits.exact, error == nil {
            return NumberProfile(
                stored: SortedValues(ascending: values.runs), unusual: unusual, distinct: distinct, exact: exact,
                registers: exact && values.distinctWide == 0 ? nil : registers)
        }
        let tenths = ownTenths
        let summary = NumberSummary(of: values, cuts: tenths ?? [], steps: limits.steps)
        return NumberProfile(
            stored: summary.values, moments: moments, unusual: unusual, distinct: distinct,
            error: error?.plus(summary.error) ?? summary.error, tenths: tenths, registers: registers)
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
        let stored = TextCounts(table)
        return TextProfile(
            stored: stored, others: others,
            // So that a text which is not kept came at most so much more often than the rarest that is.
            uncertainty: max(uncertainty, mostUnlisted - stored.least), distinct: distinct, lengths: lengths,
            registers: others.isEmpty ? nil : distinctSketch?.folded(to: limits.precision))
    }
}

extension TextCounts {
    /// The places of all texts.
    fileprivate var indices: Range<Int> { 0..<distinct }
}
