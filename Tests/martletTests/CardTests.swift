import Domain
import Foundation
import TestSupport
import Testing

@testable import martlet

/// `martlet card` as people use it.
struct CardTests {
    private let readme = """
        # Tumor

        ## Intended use
        Screening only | never <b>alone</b>.

        ```
        # no heading
        ```

        ## Limitations
        Trained on one clinic.

        ## Empty

        """

    /// A version with slices, data and a README, which entered dev.
    private func push(_ house: House) throws -> String {
        let model = """
            apiVersion: martlet.dev/v1
            kind: Model
            metadata: {name: tumor}
            spec:
              task: binary-classification
              owners: [lab]
              licence: Apache-2.0
              artifact: {path: model.bin, format: other}
              training: {data: [train]}
              evaluation: {predictions: predictions.csv, columns: {score: score}, slices: [band], sensitive: [band]}

            """
        let data = """
            apiVersion: martlet.dev/v1
            kind: Dataset
            metadata: {name: train}
            spec: {path: train.csv, format: csv}

            """
        let rows = (0..<40).map { row -> String in
            let label = row % 2, isRight = row % 5 != 0
            let prediction = isRight ? label : 1 - label
            let band = row % 4 < 2 ? "a|b" : "c"
            return "\(label),\(prediction),0.\(prediction == 1 ? 8 : 2),\(band)"
        }
        try house.push(right: 9)
        return try house.commit([
            "models/tumor/model.yaml": model, "models/tumor/README.md": readme, "data/train.yaml": data,
            "data/train.csv": "a\n1\n",
            "models/tumor/predictions.csv":
                "label,prediction,score,band\n" + rows.joined(separator: "\n") + "\n",
        ])
    }

    @Test func `a card holds what Git has of a version, as a page and for programs`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let revision = try push(house)
            try house.reconcile()
            let page = try house.martlet(["card", "tumor", "-C", house.origin])
            #expect(page.code == 0, "\(page)")
            for words in [
                "# Model card: tumor", "| owners | lab |", "| licence | Apache-2.0 |", "| commit | \(revision) |",
                "## Intended use\n\nScreening only", "# no heading", "## Limitations\n\nTrained on one clinic.",
                "| train | training | git:", "| metric | value | 95 % interval |", "| accuracy | 0.8 | ",
                "| band=a\\|b | ", "## Fairness by band", "| infra.quality-gate | pass | ",
                "| check | verdict | found | when | counts in |", "Z | dev |",
            ] {
                #expect(page.output.contains(words), "\(words)\n\(page.output)")
            }
            #expect(!page.output.contains("## Empty") && !page.output.contains("## Missing"), "\(page.output)")
            let json = try JSON(
                parsing: Array(
                    house.martlet(["card", "tumor@dev", "-C", house.origin, "--output", "json"]).output.utf8))
            #expect(json["model_details"]?["version"]?["commit"]?.string == revision)
            #expect(json["considerations"]?["limitations"]?.array?.first?["description"] == "Trained on one clinic.")
            let metrics = json["quantitative_analysis"]?["performance_metrics"]?.array ?? []
            let accuracy = metrics.first { $0["type"] == "accuracy" && $0["slice"] == .null }
            // statsmodels' proportion_confint(32, 40, method="wilson")
            #expect(abs((accuracy?["confidence_interval"]?["lower_bound"]?.double ?? 0) - 0.6524) < 1e-3)
            #expect(metrics.contains { $0["type"] == "n" && $0["slice"] == "band=c" && $0["value"] == 20.0 })
            #expect(json["evidence"]?.array?.first?["verdict"] == "pass" && json["missing"] == [])
        }
    }

    @Test func `verdicts say in which environments they count, and one environment's may be asked for`() async throws {
        try await withHouse(rooms: [.init(name: "dev"), .init(name: "staging", from: ["dev"])]) { house in
            // The same check with other settings is another verdict.
            let staging = house.environment(.init(name: "staging", from: ["dev"]))
            try house.commit([
                "gates/strict.yaml": House.gate(0.99).replacing("name: g}", with: "name: strict}"),
                "environments/staging/environment.yaml": staging.replacing("gate: g", with: "gate: strict"),
            ])
            _ = try push(house)
            for _ in 0..<4 { try house.reconcile() }
            func verdicts(_ arguments: [String]) throws -> [String] {
                let text = try house.martlet(["card", "tumor", "-C", house.origin, "--output", "json"] + arguments)
                    .output
                return (try JSON(parsing: Array(text.utf8))["evidence"]?.array ?? []).map { evidence in
                    let names = (evidence["environments"]?.array ?? []).compactMap(\.string).joined(separator: " ")
                    return "\(evidence["verdict"]?.string ?? "") \(names)"
                }
            }
            #expect(try verdicts(["--environment", "dev"]) == ["pass dev"])
            #expect(try verdicts(["--environment", "staging"]) == ["fail staging"])
            #expect(try verdicts([]) == ["fail staging"])
            #expect(try house.martlet(["card", "tumor", "--environment", "stagin"]).code == 2)
        }
    }

    @Test func `what is not there is said, and a wrong name is a wrong use`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.commit([
                "models/tumor/model.yaml": House.model("tumor").replacing("predictions.csv", with: "gone.csv")
            ])
            let page = try house.martlet(["card", "tumor"])
            #expect(page.code == 0 && page.output.contains("- considerations: the model has no README.md"), "\(page)")
            #expect(page.output.contains("- metrics: ") && page.output.contains("gone.csv"), "\(page)")
            #expect(try house.martlet(["card", "tumro"]).code == 2)
            #expect(try house.martlet(["card", "tumor@nothing"]).code == 2)
        }
    }
}
