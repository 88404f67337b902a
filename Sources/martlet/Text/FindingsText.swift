import Domain

/// What a check found beside its summary, for people: the first findings, and how many more there are.
struct FindingsText {
    let lines: [String]

    static let most = 20

    init(_ outcome: Outcome) {
        let others = outcome.findings.filter { $0.message != outcome.summary }
        var lines = others.prefix(Self.most).map { finding in
            let place = finding.file.map { " (\($0)\(finding.line.map { ":\($0)" } ?? ""))" } ?? ""
            return "\(finding.verdict.rawValue): \(finding.message)\(place)"
        }
        let rest = others.dropFirst(Self.most)
        if !rest.isEmpty {
            let counts = Verdict.allCases.compactMap { verdict -> String? in
                let count = rest.count { $0.verdict == verdict }
                return count == 0 ? nil : "\(count) \(verdict.rawValue)"
            }
            lines.append("… and \(rest.count) more (\(counts.joined(separator: ", "))); --output json tells all")
        }
        self.lines = lines
    }
}
