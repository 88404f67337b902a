public import Domain

/// D7: all code that makes features is tested: the tests pass, they cover the code, and every feature has one.
public struct FeatureCodeTests: Check {
    public static let id = "data.feature-code-tests"
    public static let reads: [DeclaredFile] = [.junit, .coverage]
    public static let version = 4
    public static let summary = "The tests of the feature code pass, cover it, and name every feature."

    public static let looksAt: Set<CheckInput> = [.deployed]

    let files: [String]
    let root: String?
    let minChanged: Double
    let minLines: Double
    let everyFeature: Bool
    let untested: [String]
    let tests: [String: String]

    public init(_ fields: Fields) throws(FieldErrors) {
        files = fields.value("files", default: [], "the feature code in the coverage report; without them all files")
        root = fields.optional(
            "root",
            "the folder of the repository that the report's paths begin in, so that changed lines can be looked at")
        minChanged = fields.value(
            "minChanged", default: 0.8,
            within: .between(0, 1), "the least share of the lines changed since the running version that the tests run")
        minLines = fields.value(
            "minLines", default: 0.8, within: .between(0, 1), "the least share of lines that the tests run")
        everyFeature = fields.value(
            "everyFeature", default: true, "whether a test must name every feature of the schema")
        untested = fields.value("untested", default: [], "features that need no test of their own")
        tests = fields.value(
            "tests", default: [:],
            "how the tests of features are called whose name is not in it, by feature, such as geo_hash5: test_geo*; a test that is "
                + "called test_NAME, test_NAME_… or has NAME as a word needs none")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let tests = subject.manifest.training.tests, let junit = tests.junit else {
            return Outcome(.skipped, "no tests configured; name their report in spec.training.tests.junit")
        }
        return try await Outcome.from {
            let report = try await subject.testReport(junit)
            var findings = report.findings(in: junit)
            var covered: Double?
            if let path = tests.coverage {
                let coverage = try await subject.coverageReport(path)
                covered = coverage.share
                findings += coverage.findings(in: path, files: files, atLeast: minLines)
                findings += try await changed(subject, coverage)
            } else {
                findings.append(Finding(.inconclusive, "no coverage report; name it in spec.training.tests.coverage"))
            }
            if everyFeature { findings += features(subject.schema, report, junit) }
            return Outcome(
                findings,
                otherwise: "\(report.count(.passed)) tests pass, \((covered ?? 0).percent) of the lines are covered",
                measurements: report.measurements([JSON.Member("lines", JSON(covered))]))
        }
    }

    /// Of the lines that are new since the version that runs now, those that the report knows must have been run.
    private func changed(_ subject: Subject, _ coverage: CoverageReport) async throws -> [Finding] {
        guard let root, let deployed = subject.deployed else { return [] }
        let folder = root.isEmpty || root.hasSuffix("/") ? root : root + "/"
        var findings: [Finding] = []
        for file in coverage.chosen(files) {
            let path = folder + file, lines = coverage.files[file] ?? [:]
            guard let now = try await subject.source(path, at: subject.version.revision) else {
                findings.append(
                    Finding(
                        .inconclusive, "\(path) is in the coverage report and not in the version's commit", file: path))
                continue
            }
            let before = try await subject.source(path, at: deployed.version.revision) ?? []
            guard let new = ChangedLines.numbers(in: now, since: before) else {
                findings.append(Finding(.inconclusive, "\(path) is too long to look for changed lines", file: path))
                continue
            }
            let known = new.filter { lines[$0] != nil }
            let idle = known.filter { lines[$0] == 0 }
            let share = known.isEmpty ? 1 : 1 - Double(idle.count) / Double(known.count)
            guard share < minChanged, let first = idle.first else { continue }
            findings.append(
                Finding(
                    .fail,
                    "\(path): tests run \(share.percent) of the \(known.count) lines changed since "
                        + "\(deployed.version.title), expected \(minChanged.percent); first idle line \(first)",
                    file: path,
                    line: first, value: share, threshold: minChanged))
        }
        return findings
    }

    private func features(_ schema: Schema?, _ report: TestReport, _ path: String) -> [Finding] {
        guard let schema else {
            return [
                Finding(
                    .inconclusive,
                    "no schema says which features must have a test; name it in spec.schema, or set everyFeature: false"
                )
            ]
        }
        let ran = report.cases.filter { $0.result != .skipped }.map(\.name)
        let features = schema.columns.filter { $0.role == .feature && !untested.contains($0.name) }.map(\.name)
        let missing = features.filter { feature in
            if let pattern = tests[feature].map(NamePattern.init) {
                // Reports put the class before the name.
                return !ran.contains { name in
                    pattern.matches(name) || name.split(separator: ".").last.map { pattern.matches(String($0)) } == true
                }
            }
            let longer = features.filter { $0.utf8.count > feature.utf8.count && $0.hasPrefix(feature) }
            return !ran.contains { $0.names(feature, notAs: longer) }
        }
        guard !missing.isEmpty else { return [] }
        return [
            Finding(
                .fail, "\(path): no test names \(missing.listed()) (\(missing.count) of \(features.count) features)",
                file: path, value: Double(missing.count), threshold: 0)
        ]
    }
}

extension String {
    /// Whether `word` stands in the text by itself, not as a part of a longer name; `test_age_bounds` names `age`, unless `age_bounds` is
    /// one of `longer`.
    func names(_ word: String, notAs longer: [String] = []) -> Bool {
        let text = Array(utf8), needle = Array(word.utf8)
        guard !needle.isEmpty, text.count >= needle.count else { return false }
        let isPart = { (byte: UInt8) in
            byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte >= 0x80
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        return (0...(text.count - needle.count)).contains { start in
            let end = start + needle.count
            guard text[start..<end].elementsEqual(needle) else { return false }
            // `test_mean_radius` names `mean_radius`.
            let isTest = text[..<start].suffix(5).elementsEqual("test_".utf8)
            guard start == 0 || !isPart(text[start - 1]) || isTest else { return false }
            if end == text.count || !isPart(text[end]) { return true }
            return isTest && text[end] == UInt8(ascii: "_") && !longer.contains { text[start...].starts(with: $0.utf8) }
        }
    }
}
