/// GitHub's workflow commands: annotations of the files of a pull request.
///
/// A line that starts with `::` is a command, whoever wrote it: text of the repository is escaped, and stands in no other line.
enum GitHubCommands {
    static func text(_ report: CIReport) -> String {
        var lines = report.items.map { one, item in
            let kind = item.level == .note ? "notice" : item.level.rawValue
            let column = item.column.map { [("col", String($0))] } ?? []
            let properties =
                [("file", item.file), ("line", String(item.line))] + column + [("title", "\(one.rule), \(one.suite)")]
            return "::\(kind) " + properties.map { "\($0)=\(property($1))" }.joined(separator: ",")
                + "::\(data(item.message))"
        }
        let refused = report.cases.count { !$0.isAccepted }
        lines.append("\(report.cases.count - refused) of \(report.cases.count) are in order.")
        return lines.joined(separator: "\n")
    }

    private static func data(_ text: String) -> String { escape(text, "%\r\n") }

    private static func property(_ text: String) -> String { escape(text, "%\r\n:,") }

    private static func escape(_ text: String, _ special: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            if special.unicodeScalars.contains(scalar) {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                escaped += "%" + (digits.count < 2 ? "0" : "") + digits
            } else {
                escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
