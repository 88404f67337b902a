import Domain
import Testing

@testable import Checks

@Suite struct ModelCardTests {
    private func specimen(_ text: String?) throws -> Specimen {
        var specimen = try Specimen.version("v1")
        specimen.files["README.md"] = text.map { Array($0.utf8) }
        return specimen
    }

    private let body = "These are more than ten words that say something about it, really.\n"

    @Test func `a whole card passes`() async throws {
        let card =
            "# Tumor\n## Intended use\n\(body)## Training data\n\(body)## Metrics\n### By slice\n\(body)## Limitations\n\(body)"
        let outcome = try await specimen(card).run(ModelCard.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test func `a missing or empty section fails`() async throws {
        let card = "# Tumor\n## Intended use\n\(body)## Training data\nsome\n## Metrics\n\(body)"
        let outcome = try await specimen(card).run(ModelCard.self)
        #expect(outcome.verdict == .fail)
        #expect(
            outcome.words.contains("no section on limitations") && outcome.words.contains("data has 1 words"),
            "\(outcome.words)")
        #expect(
            try await specimen("```\n## Limitations\n```\n").run(ModelCard.self, ["sections": ["limitations|caveats"]])
                .verdict == .fail)
    }

    @Test func `headings may be underlined`() async throws {
        let titles = ["Intended use", "Training data", "Metrics", "Limitations"]
        let card = "Tumor\n=====\n\n" + titles.map { "\($0)\n---\n\(body)\n" }.joined()
        let outcome = try await specimen(card).run(ModelCard.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        // A line below a list, a table or nothing is none.
        let lines = "- metrics\n---\n\(body)| metrics |\n---\n\(body)\n---\n\(body)"
        #expect(try await specimen(lines).run(ModelCard.self, ["sections": ["metrics"]]).verdict == .fail)
    }

    @Test func `no card fails`() async throws {
        #expect(try await specimen(nil).run(ModelCard.self).verdict == .fail)
    }

    @Test func `lines may end in CR and LF`() async throws {
        let card = ["Intended use", "Datasets", "Metrics", "Limitations"].map { "## \($0)\n\(body)" }.joined()
        let outcome = try await specimen(card.replacing("\n", with: "\r\n")).run(ModelCard.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test func `comments are no words, and metadata is no data`() async throws {
        let comment = "<!-- write here what\nit is, in at least ten words, or more if you have them -->\n"
        let card =
            "## Metadata\n\(body)## Metrics\n\(comment)## Limitations <!-- of use -->\nNone <!-- x --> known. \(body)"
        let outcome = try await specimen(card).run(
            ModelCard.self, ["sections": ["data", "metrics", "limitations"]])
        #expect(outcome.words.contains("no section on data"), "\(outcome.words)")
        #expect(outcome.words.contains("the section on metrics has 0 words"), "\(outcome.words)")
        #expect(!outcome.words.contains("limitations"), "\(outcome.words)")
    }
}
