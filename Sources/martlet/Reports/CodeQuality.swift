import Domain

/// GitLab's Code Quality report: findings beside the changed lines of a merge request.
enum CodeQuality {
    static func text(_ report: CIReport) -> String {
        var seen: [String: Int] = [:]
        let issues = report.items.map { one, item -> JSON in
            let number = seen[fingerprint(one, item, 0), default: 0]
            seen[fingerprint(one, item, 0)] = number + 1
            let severity =
                switch item.level {
                case .error: "major"
                case .warning: "minor"
                case .note: "info"
                }
            return [
                "description": .string(item.message), "check_name": .string(one.rule),
                "fingerprint": .string(fingerprint(one, item, number)), "severity": .string(severity),
                "location": location(item),
            ]
        }
        return JSON.array(issues).text(pretty: true)
    }

    private static func location(_ item: CIReport.Item) -> JSON {
        guard let column = item.column else {
            return ["path": .string(item.file), "lines": ["begin": .int(item.line)]]
        }
        let begin: JSON = ["line": .int(item.line), "column": .int(column)]
        return ["path": .string(item.file), "positions": ["begin": begin]]
    }

    /// The same for the same problem in another run: its numbers may have changed. Equal ones are counted.
    static func fingerprint(_ one: CIReport.Case, _ item: CIReport.Item, _ number: Int) -> String {
        let words = item.message.filter { !$0.isNumber }
        let text = [one.suite, one.rule, item.file, words, String(number)].joined(separator: "\n")
        return SHA256.digest(of: Array(text.utf8)).digits
    }
}
