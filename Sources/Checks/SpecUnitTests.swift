public import Domain

/// I2: the code of the model's specification is unit-tested, and training visibly learns.
///
/// Tests that are required fail where they are missing. Where none are named, the customary ones are looked for by what such tests
/// are usually called, and those that nobody finds are a warning at most: a name proves little, and neither does its absence.
public struct SpecUnitTests: Check {
    public static let id = "infra.spec-unit-tests"
    public static let reads: [DeclaredFile] = [.junit, .coverage, .trainingLog]
    public static let version = 5
    public static let summary = "The model code's tests pass and cover it, the required ones are there, the loss falls."

    let files: [String]
    let minLines: Double
    let requiredTests: [String]?
    let minDecrease: Double
    let loss: Bool

    public init(_ fields: Fields) throws(FieldErrors) {
        files = fields.value("files", default: [], "the model code in the coverage report; without them all files")
        minLines = fields.value(
            "minLines", default: 0.7, within: .between(0, 1), "the least share of lines that the tests run")
        requiredTests = fields.optional(
            "requiredTests",
            "tests that must be there and pass, such as *overfit*; * stands for anything; without it a warning names what no "
                + "passing test seems to be about: the API, output, and of models trained in steps one step, a tiny batch, checkpoints"
        )
        minDecrease = fields.value(
            "minDecrease", default: 0.01, within: .between(0, 1), "the least share by which the loss must fall")
        loss = fields.value(
            "loss", default: true, "whether the training log must show it; not of a model that is not trained in steps")
    }

    public func run(on subject: Subject) async throws -> Outcome {
        guard let tests = subject.manifest.training.tests, let junit = tests.junit else {
            return Outcome(.skipped, "no tests configured; name their report in spec.training.tests.junit")
        }
        return try await Outcome.from {
            let report = try await subject.testReport(junit)
            let absent =
                requiredTests.map { missing($0, report, junit) }
                ?? [CustomaryTests.missing(in: report, junit, isInSteps: loss)].compactMap(\.self)
            var findings = report.findings(in: junit) + absent
            if let path = tests.coverage {
                findings += try await subject.coverageReport(path).findings(in: path, files: files, atLeast: minLines)
            } else {
                findings.append(Finding(.inconclusive, "no coverage report; name it in spec.training.tests.coverage"))
            }
            if loss { findings += try await decrease(subject) }
            return Outcome(
                findings, otherwise: "\(report.count(.passed)) tests pass\(loss ? " and the loss falls" : "")",
                measurements: report.measurements())
        }
    }

    private func decrease(_ subject: Subject) async throws -> [Finding] {
        guard let log = subject.manifest.training.log else {
            return [
                Finding(.inconclusive, "no training log shows that the loss falls; name it in spec.training.log")
            ]
        }
        return try LossCurve(try await subject.runTable(log, "training log"), path: log).decrease(atLeast: minDecrease)
    }

    private func missing(_ required: [String], _ report: TestReport, _ path: String) -> [Finding] {
        required.compactMap { name in
            let pattern = NamePattern(name)
            let found = report.cases.filter { pattern.matches($0.name) }
            if found.contains(where: { $0.result == .passed }) { return nil }
            return Finding(
                .fail, "\(path): \(found.isEmpty ? "no test matches" : "no test passed that matches") \"\(name)\"",
                file: path)
        }
    }
}
