import Domain

/// What tests of a model's code are usually about, told by the words in their names.
enum CustomaryTests {
    private struct Subject {
        let title: String
        /// Of a model that is trained step by step only.
        let isOfSteps: Bool
        private let patterns: [NamePattern]

        init(_ title: String, isOfSteps: Bool = false, _ words: [String]) {
            self.title = title
            self.isOfSteps = isOfSteps
            patterns = words.map { NamePattern("*\($0)*") }
        }

        func matches(_ name: String) -> Bool { patterns.contains { $0.matches(name) } }
    }

    private static let subjects = [
        Subject("the use of its API", ["api", "predict", "forward", "infer", "signature"]),
        Subject("the shape or range of its output", ["shape", "range", "probabilit", "finite", "sum*to*one"]),
        Subject(
            "one step that reduces the loss", isOfSteps: true,
            [
                "loss*reduc", "reduc*loss", "loss*decreas", "decreas*loss", "loss*fall", "loss*drop", "one*step",
                "single*step",
            ]
        ),
        Subject(
            "overfitting a tiny batch", isOfSteps: true,
            ["overfit", "memori", "tiny*batch", "small*batch", "single*batch", "one*batch"]),
        Subject(
            "a checkpoint that restores the same", isOfSteps: true,
            ["checkpoint", "restor", "reload", "save*load", "round*trip", "seriali"]),
    ]

    /// What no test that passed is about by its name; `nil` where all is there.
    static func missing(in report: TestReport, _ path: String, isInSteps: Bool) -> Finding? {
        let names = report.cases.filter { $0.result == .passed }.map { $0.name.lowercased() }
        let missing = subjects.filter { subject in
            (isInSteps || !subject.isOfSteps) && !names.contains { subject.matches($0) }
        }
        guard !missing.isEmpty else { return nil }
        return Finding(
            .warn,
            "\(path): by its name no test that passed is about \(missing.map(\.title).joined(separator: ", or ")); write it, or "
                + "name the tests that count in requiredTests", file: path)
    }
}
