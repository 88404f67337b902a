/// Sorted values in little memory, for as long as nobody looks at them.
struct PackedValues: Sendable {
    private enum Form {
        case plain(SortedValues)
        case decimals(DecimalRun, cumulative: [UInt32]?, distinct: Int)
    }

    private let form: Form

    /// Packs where that `isWanted` and possible.
    init(_ values: SortedValues, isWanted: Bool) {
        guard isWanted, values.count <= UInt32.max,
            let run = values.values.withUnsafeBufferPointer({ DecimalRun($0) })
        else {
            form = .plain(values)
            return
        }
        let cumulative = values.cumulative.map { ends in ends.map { UInt32(truncatingIfNeeded: $0) } }
        form = .decimals(run, cumulative: cumulative, distinct: values.distinct)
    }

    var values: SortedValues {
        switch form {
        case .plain(let values): values
        case .decimals(let run, let cumulative, let distinct):
            SortedValues(
                ascending: run.numbers, cumulative: cumulative.map { ends in ends.map { Int($0) } }, distinct: distinct)
        }
    }
}
