import Data

/// Rows that are worth a look, as CSV: `id`, `reason`, `score`, `label`, `prediction`, what another version predicted, and the slice that fails.
enum HardRowsText {
    static func csv(_ rows: [HardExample]) -> [UInt8] {
        let lines = rows.map { row in
            [
                row.id, row.reason.rawValue, row.score.map { "\($0)" } ?? "", row.label, row.prediction,
                row.against ?? "", row.slice ?? "",
            ].map(field).joined(separator: ",")
        }
        return Array((["id,reason,score,label,prediction,against,slice"] + lines).map { $0 + "\n" }.joined().utf8)
    }

    /// Quoted where it must be (RFC 4180).
    private static func field(_ text: String) -> String {
        guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
