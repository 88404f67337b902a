import Domain

/// Compares two tables that are too large to be held side by side: a few columns at a time, in as many passes as it takes.
///
/// A pass keeps the columns whose values fit in `heldBytes`, and any whose few different values are counted; the others wait
/// for the next. What a column's figures are does not depend on the pass.
extension Drift {
    /// Which of the two tables.
    public enum Side: Hashable, Sendable {
        case reference
        case current
    }

    /// `profile` profiles a table as the options say; it is called some times for each side.
    public init<Failure: Error>(
        options: ProfileOptions, heldBytes: Int = 25 << 20,
        of profile: (Side, ProfileOptions) throws(Failure) -> TableProfile
    ) throws(Failure) {
        var parts: [Drift] = []
        var options = options
        options.heldBytes = heldBytes
        // Each thread has a block, and what was found in it.
        options.blockBytes = min(options.blockBytes, 1 << 20)
        while true {
            var referenceOptions = options
            referenceOptions.keepsTexts = false
            var reference = try profile(.reference, referenceOptions)
            var currentOptions = options
            currentOptions.skippedColumns.formUnion(reference.missingColumns)
            let current = try profile(.current, currentOptions)
            if reference.lacksTexts(spelling: current) {
                referenceOptions.keepsTexts = true
                reference = try profile(.reference, referenceOptions)
            }
            let part = Drift(reference: reference, current: current)
            parts.append(part)
            let unread = reference.remarks.unread + current.remarks.unread
            let done = part.columns.map(\.name) + part.missing + part.added + unread
            options.skippedColumns.formUnion(done.map(ExactText.init))
            if options.skippedColumns.isSuperset(of: reference.names.map(ExactText.init)) {
                self.init(parts, order: reference.names)
                return
            }
        }
    }
}

extension TableProfile {
    /// Whether of a column only hashes are known, and the texts may spell the numbers that it holds in another table.
    fileprivate func lacksTexts(spelling other: TableProfile) -> Bool {
        columns.contains { column in
            column.texts?.counts.hasTexts == false && other[column.name]?.numbers != nil
        }
    }
}
