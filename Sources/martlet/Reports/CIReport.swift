import ArgumentParser
import ControlLoop
import Domain

/// What a command found, as continuous-integration systems take it in: each writes it in its own form.
struct CIReport {
    var cases: [Case]

    /// One check of one version, or the manifests.
    struct Case {
        /// What was looked at, such as `credit-risk in production`.
        let suite: String
        /// The check's id, or what is wrong with a manifest.
        let rule: String
        /// What the rule is about, in one sentence.
        let about: String
        let verdict: Verdict
        /// Whether it is in order, or does not matter enough to say no.
        let isAccepted: Bool
        let summary: String
        let items: [Item]
    }

    /// One thing to show, at its place in the repository.
    struct Item {
        let level: Level
        let message: String
        let file: String
        let line: Int
        /// In characters, from 1, where it is known.
        var column: Int?

        var place: String { "\(file):\(line)" + (column.map { ":\($0)" } ?? "") }
    }

    enum Level: String { case error, warning, note }

    /// Every item with its case, the worst first: systems show only some of them.
    var items: [(of: Case, item: Item)] {
        let all = cases.flatMap { one in one.items.map { (of: one, item: $0) } }
        return [Level.error, .warning, .note].flatMap { level in all.filter { $0.item.level == level } }
    }
}

enum CIFormat: String, ExpressibleByArgument, CaseIterable {
    case github, gitlab, junit, sarif

    func text(_ report: CIReport) -> String {
        switch self {
        case .github: GitHubCommands.text(report)
        case .gitlab: CodeQuality.text(report)
        case .junit: JUnitXML.text(report)
        case .sarif: SARIF.text(report)
        }
    }
}

extension CIReport {
    /// - Parameter exists: Whether the repository has a file of that path.
    init(_ results: [CheckRunner.Result], exists: (String) -> Bool) {
        cases = results.map { result in
            let verdict = result.outcome.verdict
            let isAccepted = verdict.admits || !result.requirement.required
            let found = result.outcome.findings.filter { $0.verdict != .pass }
            let told = found.isEmpty && verdict != .pass ? [Finding(verdict, result.outcome.summary)] : found
            return Case(
                suite: "\(result.model) in \(result.environment)", rule: result.requirement.check,
                about: BuiltIns.checks[result.requirement.check]?.summary ?? "", verdict: verdict,
                isAccepted: isAccepted, summary: result.outcome.summary,
                items: told.map { finding in
                    let (file, line) = Self.place(of: finding, result, exists)
                    let level: Level = finding.verdict.admits || isAccepted ? .warning : .error
                    return Item(
                        level: finding.verdict == .skipped && isAccepted ? .note : level,
                        message: "\(result.model) \(finding.verdict.rawValue): \(finding.message)", file: file,
                        line: line)
                })
        }
        guard cases.isEmpty else { return }
        // Some systems take a report in which nothing stands for a job that broke.
        cases = [
            Case(
                suite: "gates", rule: "none", about: "What gates ask for.", verdict: .skipped, isAccepted: true,
                summary: "no gate asks for a check", items: [])
        ]
    }

    /// The file that a finding is about; else where the gate asks for the check; else the model's manifest.
    private static func place(
        of finding: Finding, _ result: CheckRunner.Result, _ exists: (String) -> Bool
    ) -> (file: String, line: Int) {
        let folder = "models/\(result.model)/"
        if let file = finding.file, let path = [folder + file, file, "data/" + file].first(where: exists) {
            return (path, max(1, finding.line ?? 1))
        }
        if let gate = result.gateFile { return (gate, max(1, result.requirement.settings.place.line)) }
        return (folder + "model.yaml", 1)
    }

    init(_ diagnostics: [Diagnostic]) {
        cases = diagnostics.map { diagnostic in
            let isError = diagnostic.severity == .error
            let message = diagnostic.message + (diagnostic.hint.map { " (\($0))" } ?? "")
            return Case(
                suite: "manifests", rule: diagnostic.code, about: "What manifests may say.",
                verdict: isError ? .fail : .warn, isAccepted: !isError, summary: message,
                items: [
                    Item(
                        level: isError ? .error : .warning, message: message, file: diagnostic.file,
                        line: diagnostic.place.line, column: diagnostic.place.column)
                ])
        }
        guard cases.isEmpty else { return }
        cases = [
            Case(
                suite: "manifests", rule: "valid", about: "What manifests may say.", verdict: .pass, isAccepted: true,
                summary: "all manifests are valid", items: [])
        ]
    }
}
