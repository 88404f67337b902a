import Domain

/// JUnit's XML, which Jenkins, GitLab, CircleCI and others read: a suite for each version, a test for each check.
enum JUnitXML {
    static func text(_ report: CIReport) -> String {
        var suites: [(name: String, cases: [CIReport.Case])] = []
        for one in report.cases {
            if let index = suites.firstIndex(where: { $0.name == one.suite }) {
                suites[index].cases.append(one)
            } else {
                suites.append((one.suite, [one]))
            }
        }
        let body = suites.map { suite($0.name, $0.cases) }.joined(separator: "\n")
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"martlet\">\n\(body)\n</testsuites>"
    }

    private enum Ending { case passed, failed, broken, skipped }

    private static func ending(_ one: CIReport.Case) -> Ending {
        if one.verdict.admits { return .passed }
        if one.isAccepted { return .skipped }
        return one.verdict == .error ? .broken : .failed
    }

    private static func suite(_ name: String, _ cases: [CIReport.Case]) -> String {
        let endings = cases.map(ending)
        let counts = [
            ("tests", cases.count), ("failures", endings.count { $0 == .failed }),
            ("errors", endings.count { $0 == .broken }), ("skipped", endings.count { $0 == .skipped }),
        ]
        let numbers = counts.map { "\($0)=\"\($1)\"" }.joined(separator: " ")
        let tests = cases.map { test($0, suite: name) }.joined(separator: "\n")
        return "  <testsuite name=\"\(escape(name))\" \(numbers)>\n\(tests)\n  </testsuite>"
    }

    private static func test(_ one: CIReport.Case, suite: String) -> String {
        let start = "    <testcase classname=\"\(escape(suite))\" name=\"\(escape(one.rule))\""
        let words = "message=\"\(escape(one.summary))\""
        let details = escape(one.items.map { "\($0.place): \($0.message)" }.joined(separator: "\n"))
        switch ending(one) {
        case .passed:
            return details.isEmpty
                ? start + "/>" : "\(start)>\n      <system-out>\(details)</system-out>\n    </testcase>"
        case .skipped: return "\(start)>\n      <skipped \(words)/>\n    </testcase>"
        case .failed, .broken:
            let element = ending(one) == .broken ? "error" : "failure"
            return
                "\(start)>\n      <\(element) type=\"\(one.verdict.rawValue)\" \(words)>\(details)</\(element)>\n    </testcase>"
        }
    }

    /// Text for an element or attribute. What XML 1.0 cannot hold becomes a question mark.
    static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\n": escaped += "&#10;"
            case "\t": escaped += "&#9;"
            case "\r": escaped += "&#13;"
            default:
                let isAllowed = scalar.value >= 0x20 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
                escaped.unicodeScalars.append(isAllowed ? scalar : "?")
            }
        }
        return escaped
    }
}
