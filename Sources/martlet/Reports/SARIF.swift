import Domain

/// SARIF 2.1.0, the OASIS standard for what analysis tools find: GitHub code scanning, editors and others read it.
enum SARIF {
    /// GitHub refuses a whole file that has more in one run ("SARIF results exceed one or more limits"): the worst are what it gets.
    static let mostResults = 25_000

    static func text(_ report: CIReport) -> String {
        var rules: [(id: String, about: String)] = []
        for one in report.cases where !rules.contains(where: { $0.id == one.rule }) {
            rules.append((one.rule, one.about))
        }
        let driver: JSON = [
            "name": "martlet", "version": .string(Martlet.version),
            "rules": .array(
                rules.map { rule in
                    // GitHub asks for all three of them.
                    let about: JSON = ["text": .string(rule.about.isEmpty ? rule.id : rule.about)]
                    return ["id": .string(rule.id), "shortDescription": about, "fullDescription": about, "help": about]
                }),
        ]
        let places = Dictionary(rules.enumerated().map { ($1.id, $0) }) { first, _ in first }
        let items = report.items
        let results = items.prefix(mostResults).map { one, item in result(one, item, rule: places[one.rule] ?? 0) }
        let run: JSON = [
            "tool": ["driver": driver], "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": ["SRCROOT": ["description": ["text": "The root of the model repository."]]],
            "results": .array(results), "properties": ["leftOut": .int(items.count - results.count)],
        ]
        let log: JSON = [
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": .array([run]),
        ]
        return log.text(pretty: true)
    }

    private static func result(_ one: CIReport.Case, _ item: CIReport.Item, rule: Int) -> JSON {
        let file: JSON = ["uri": .string(reference(to: item.file)), "uriBaseId": "SRCROOT"]
        let column = item.column.map { [("startColumn", JSON.int($0))] } ?? []
        let region = JSON.object([("startLine", .int(item.line))] + column)
        let place: JSON = ["artifactLocation": file, "region": region]
        return [
            "ruleId": .string(one.rule), "ruleIndex": .int(rule), "level": .string(item.level.rawValue),
            "message": ["text": .string(item.message)], "locations": .array([["physicalLocation": place]]),
            "partialFingerprints": ["martlet/v1": .string(CodeQuality.fingerprint(one, item, 0))],
            "properties": ["verdict": .string(one.verdict.rawValue), "suite": .string(one.suite)],
        ]
    }

    /// A path as a relative reference (RFC 3986).
    static func reference(to path: String) -> String {
        path.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
