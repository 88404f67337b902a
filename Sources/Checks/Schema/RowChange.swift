import Domain

extension Subject {
    /// How many rows the dataset of that name has in the version that runs now; `nil` where there is nothing to compare with.
    ///
    /// As that version's manifest says, else counted; the same bytes are not counted again.
    func deployedRows(of name: String, whichHasNow rows: Int) async throws -> Int? {
        guard let deployed, let before = deployed.datasets[name] else { return nil }
        if let now = datasets[name], let digest = before.pointer.sha256, now.pointer.sha256 == digest,
            now.format == before.format
        {
            return rows
        }
        if let declared = before.rows { return declared }
        return try await deployed.tools.data(deployed.version, name).rowCount(of: before)
    }
}

extension Schema.Rows {
    /// What is wrong where a table has `rows` rows now and had `before` of them, which are not none.
    func finding(_ rows: Int, in file: String, before: Int, in title: String, _ path: String) -> Finding? {
        let fraction = Double(rows) / Double(before)
        let bound = fraction < minFraction ? minFraction : fraction > maxFraction ? maxFraction : nil
        guard let bound else { return nil }
        return Finding(
            .fail,
            "\(file): \(rows.grouped) rows are \(fraction.brief) times the \(before.grouped) of \(title), which runs now; "
                + "expected \(minFraction.brief) to \(maxFraction.brief) times\(place.map { "; \(path):\($0.line)" } ?? "")",
            file: file, value: fraction, threshold: bound)
    }
}
