import Data
import Domain

/// Evidence that a check needs and does not have, as a sentence that says what to do.
struct MissingEvidence: Error, CustomStringConvertible {
    let message: String
    let file: String?
    let line: Int?

    var description: String { message }

    init(_ message: String, file: String? = nil, line: Int? = nil) {
        self.message = message
        self.file = file
        self.line = line
    }
}

extension Outcome {
    /// The outcome of `body`. Evidence that is missing or cannot be read makes it inconclusive, a store that does not answer an error.
    static func from(_ body: () async throws -> Outcome) async throws -> Outcome {
        do { return try await body() } catch {
            guard let finding = Finding(gap: error) else { throw error }
            return Outcome(finding.verdict, finding.message, findings: [finding])
        }
    }
}

extension Finding {
    /// What an error says about the evidence; `nil` for an error of another kind.
    init?(gap error: any Error) {
        switch error {
        case let gap as MissingEvidence: self.init(.inconclusive, gap.message, file: gap.file, line: gap.line)
        case let gap as Malformed: self.init(.inconclusive, gap.description)
        case let gap as DataError: self.init(.inconclusive, gap.description)
        case let gap as ArtifactFailure:
            self.init(
                gap.reason == .unreachable ? .error : .inconclusive, gap.description, mayChange: gap.mayChange)
        default: return nil
        }
    }
}
