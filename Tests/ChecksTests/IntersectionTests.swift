import Domain
import Testing

@testable import Checks

/// Groups of two columns together, and rows of which a sensitive column was changed.
@Suite struct IntersectionTests {
    private func specimen(_ lines: [String], sensitive: JSON = ["race", "sex"]) throws -> Specimen {
        var specimen = try Specimen.version("v1").setting("evaluation", "sensitive", to: sensitive)
        specimen.files["predictions.csv"] = Array(
            (["row_id,label,prediction,score,race,sex"] + lines).joined(separator: "\n").utf8)
        return specimen
    }

    /// The table of `Reference/make_inclusion.py`.
    private var table: [String] {
        (0..<1200).map { row in
            let race = row * 7 % 11 % 3, sex = row * 5 % 13 % 2, label = row * 31 % 17 < 6 ? 1 : 0
            let isChosen = row * 29 % 23 < 7 + 3 * label + (race == 0 && sex == 0 ? 1 : 0)
            return "r\(row),\(label),\(isChosen ? 1 : 0),0.5,\(["a", "b", "c"][race]),\(["F", "M"][sex])"
        }
    }

    @Test func `rates of two columns' groups together are fairlearn's`() async throws {
        let found = try await specimen(table).run(Inclusion.self).measurements["race × sex"]
        for (name, reference) in [
            ("demographic_parity_ratio", 0.8597680642283675), ("equal_opportunity_difference", 0.14231499051233398),
            ("false_positive_rate_difference", 0.04028757460661969),
        ] {
            let value = try #require(found?[name]?["value"]?.double, "\(name)")
            #expect(abs(value - reference) <= 1e-9 * reference, "\(name): \(value)")
        }
    }

    /// Each column by itself has equal rates; of its groups together the two mixed ones are chosen more often.
    private func mixed(_ rows: Int = 400, few: Int = 400) -> [String] {
        [("a", "F", 100, few), ("a", "M", 200, rows), ("b", "F", 200, rows), ("b", "M", 100, rows)].flatMap {
            race, sex, chosen, rows in
            (0..<rows).map { row in
                "\(race)\(sex)\(row),\(row % 2),\(row < chosen ? 1 : 0),0.5,\(race),\(sex)"
            }
        }
    }

    @Test func `what two columns hide is found where they are crossed`() async throws {
        let outcome = try await specimen(mixed()).run(Inclusion.self)
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(outcome.summary.hasPrefix("race × sex: selection rates"), "\(outcome.words)")
        #expect(outcome.findings.allSatisfy { $0.message.hasPrefix("race × sex: ") })
        let apart = try await specimen(mixed()).run(Inclusion.self, ["intersections": false])
        #expect(apart.verdict == .pass && apart.measurements["race × sex"] == nil, "\(apart.words)")
        let one = try await specimen(mixed(), sensitive: ["race"]).run(Inclusion.self)
        #expect(one.verdict == .pass, "\(one.words)")
        let twice = try await specimen(mixed(), sensitive: ["race", "race"]).run(Inclusion.self)
        #expect(twice.verdict == .pass && twice.measurements.members?.count == 1, "\(twice.words)")
    }

    @Test func `groups of too few rows are listed in one sentence and not judged`() async throws {
        let loose: JSON = ["minRatio": 0.4, "maxEqualizedOdds": 0.4]
        // All seven are chosen, none of the 400 others.
        let outcome = try await specimen(mixed(few: 7)).run(Inclusion.self, loose)
        #expect(outcome.verdict == .warn, "\(outcome.words)")
        #expect(outcome.summary == "race × sex: 1 group has fewer than 100 rows and cannot be judged: a × F (7)")
        let strict = try await specimen(mixed(few: 7)).run(
            Inclusion.self, ["minRatio": 0.4, "maxEqualizedOdds": 0.4, "thin": "inconclusive"])
        #expect(strict.verdict == .inconclusive, "\(strict.words)")
        let all = try await specimen(mixed(few: 400)).run(
            Inclusion.self, ["minRatio": 0.4, "maxEqualizedOdds": 0.4, "minRows": 500])
        #expect(all.verdict == .warn, "\(all.words)")
        #expect(all.measurements["race × sex"]?["rows"]?["a × F"]?.int == 400)
    }

    @Test func `columns of very many groups are not crossed, and that is said`() async throws {
        let rows = (0..<400).map { "r\($0),\($0 % 2),\($0 / 2 % 2),0.5,x\($0 % 200),y\($0)" }
        let outcome = try await specimen(rows).run(Inclusion.self)
        #expect(outcome.words.contains("race × sex: these are more groups than are looked at"), "\(outcome.words)")
    }

    // MARK: Counterfactuals

    /// Four hundred rows and the same with another sex, which moves each score by what `move` says.
    private func changed(
        rows: Range<Int> = 0..<400, sex: String? = "M", _ move: (Int) -> Double
    ) throws -> Specimen {
        func score(_ row: Int) -> Double { Double(row % 97) / 100 }
        var specimen = try specimen(
            (0..<400).map {
                "r\($0),\($0 % 2),\($0 / 2 % 2),\(score($0)),\($0 % 3 == 0 ? "a" : "b"),\($0 % 5 < 2 ? "F" : "G")"
            })
        specimen = specimen.setting("evaluation", "counterfactual", to: "flipped.csv")
        let lines = rows.map { row in
            "r\(row),\(row / 2 % 2),\(score(row) + move(row))" + (sex.map { ",\($0)" } ?? "")
        }
        specimen.files["flipped.csv"] = Array(
            (["row_id,prediction,score" + (sex == nil ? "" : ",sex")] + lines).joined(separator: "\n").utf8)
        return specimen
    }

    private func counterfactual(_ specimen: Specimen, _ settings: JSON = .empty) async throws -> [Finding] {
        let outcome = try await specimen.run(Inclusion.self, settings)
        return outcome.findings.filter { $0.file == "flipped.csv" || $0.message.contains("flipped.csv") }
    }

    @Test func `scores that another sex moves little pass, and the percentile is NumPy's`() async throws {
        let specimen = try changed { Double($0 * 13 % 101) / 1000 }
        let outcome = try await specimen.run(Inclusion.self, ["maxCounterfactualChange": 0.099, "minRows": 40])
        #expect(
            outcome.verdict == .pass && outcome.summary.contains("another sex moves scores by 0.099"),
            "\(outcome.words)")
        let found = outcome.measurements["counterfactual"]?["sex"]
        #expect(found?["rows"]?.int == 400)
        #expect(abs((found?["score_change_p99"]?.double ?? 0) - 0.09899999999999998) <= 1e-9)
        let findings = try await counterfactual(specimen)
        #expect(findings.map(\.verdict) == [.fail])
        #expect(
            findings.first?.message
                == "flipped.csv: with another sex scores of 400 rows change by 0.099 (99th percentile), expected 0.05")
    }

    @Test func `one row of a hundred may move, and a score that is none may not`() async throws {
        #expect(try await counterfactual(try changed { $0 % 100 == 0 ? 0.5 : 0 }).isEmpty)
        #expect(try await counterfactual(try changed { $0 % 80 == 0 ? 0.5 : 0 }).map(\.verdict) == [.fail])
        #expect(try await counterfactual(try changed { $0 == 3 ? .nan : 0 }).map(\.verdict) == [.fail])
    }

    @Test func `a class without a score counts as one of 0 or 1`() async throws {
        func classes(_ flips: Int) throws -> Specimen {
            var specimen = try changed { _ in 0 }.setting("evaluation", "columns", to: ["id": "row_id"])
                .setting("task", to: "multiclass-classification")
            let rows = (0..<400).map { "r\($0),\($0 / 2 % 2 == 0 ? "no" : "yes"),a,F" }
            specimen.files["predictions.csv"] = Array(
                ("row_id,prediction,race,sex,label\n" + rows.map { "\($0),no\n" }.joined()).utf8)
            let other = (0..<400).map { "r\($0),\(($0 / 2 % 2 == 0) != ($0 < flips) ? "no" : "yes"),M\n" }
            specimen.files["flipped.csv"] = Array(("row_id,prediction,sex\n" + other.joined()).utf8)
            return specimen
        }
        #expect(try await counterfactual(try classes(4)).isEmpty)
        #expect(try await counterfactual(try classes(5)).map(\.verdict) == [.fail])
    }

    @Test func `few rows, unknown ones, and tables that show no change are inconclusive`() async throws {
        let few = try await counterfactual(try changed(rows: 0..<12) { _ in 0 })
        #expect(few.map(\.verdict) == [.inconclusive] && few[0].message.contains("12 rows have another sex"))
        for (specimen, words) in [
            (try changed(sex: nil) { _ in 0 }, "has no column race or sex that shows what was changed"),
            (try changed(rows: 0..<2, sex: "F") { _ in 0 }, "no row has another sex"),
            (try changed(rows: 390..<410) { _ in 0 }, "row 'r400' is not among the predictions"),
            (try changed { _ in 0 }.setting("evaluation", "columns", "id", to: .null), "spec.evaluation.columns.id"),
        ] {
            let outcome = try await specimen.run(Inclusion.self)
            #expect(outcome.verdict == .inconclusive && outcome.summary.contains(words), "\(outcome.words)")
        }
        var missing = try changed { _ in 0 }
        missing.files["flipped.csv"] = nil
        #expect(try await missing.run(Inclusion.self).verdict == .inconclusive)
    }
}
