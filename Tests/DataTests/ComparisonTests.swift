import Domain
import Foundation
import Testing

@testable import Data

struct ComparisonTests {
    struct Case: CustomTestStringConvertible {
        let json: JSON
        var testDescription: String { "\(json["first"]?.string ?? "") \(json["second"]?.string ?? "")" }

        func predictions(_ key: String) throws -> Predictions {
            let task = try #require(ModelTask(rawValue: json["how"]?["task"]?.string ?? ""))
            let columns = PredictionColumns(
                id: "row_id", score: task == .binaryClassification ? "score" : nil,
                scores: task == .multiclassClassification ? "score_*" : nil)
            return try Predictions(Reference.fixture(json[key]?.string ?? ""), task: task, columns: columns)
        }

        static var all: [Case] { get throws { try Reference.json("comparison.json").array?.map(Case.init) ?? [] } }
    }

    @Test(arguments: try Case.all)
    func `agrees with statsmodels and NumPy's resamples`(one: Case) throws {
        let comparison = try Comparison(of: one.predictions("first"), and: one.predictions("second"))
        Reference.expect(comparison.json, toAgreeWith: try #require(one.json["expected"]), one.testDescription)
    }

    private func predictions(_ text: String, id: String? = "id") throws -> Predictions {
        try Predictions(
            Array(text.utf8), task: .binaryClassification, columns: PredictionColumns(id: id, score: "score"))
    }

    @Test func `rows are matched by id, whatever their order`() throws {
        let header = "id,label,prediction,score\n"
        let rows = (0..<200).map { "r\($0),\($0 % 3 == 0 ? 1 : 0),\($0 % 2),0.\(100 + $0)\n" }
        let other = (0..<200).map { "r\($0),\($0 % 3 == 0 ? 1 : 0),\($0 % 5 == 0 ? 1 : 0),0.\(400 - $0)\n" }
        let first = try predictions(header + rows.joined())
        let straight = try Comparison(of: first, and: predictions(header + other.joined()))
        let turned = try Comparison(of: first, and: predictions(header + other.reversed().joined()))
        #expect(straight.json == turned.json)
        #expect(straight.warnings.isEmpty, "\(straight.warnings)")
        let part = try Comparison(of: first, and: predictions(header + other.dropFirst(20).joined()))
        #expect(part.rows == 180 && part.warnings.contains { $0.contains("20 rows of the first and 0") })
    }

    @Test(arguments: try Case.all)
    func `where few metrics are needed they are the same`(one: Case) throws {
        let (first, second) = (try one.predictions("first"), try one.predictions("second"))
        let all = try Comparison(of: first, and: second, bootstrap: nil)
        for name in all.first.values.map(\.name) + ["no such metric"] {
            let some = try Comparison(of: first, and: second, bootstrap: nil, named: [name])
            #expect(some.first[name] == all.first[name] && some.second[name] == all.second[name])
            #expect(some.mcNemar == all.mcNemar && some.auc == (name == "auc" ? all.auc : nil))
        }
    }

    @Test(arguments: [
        ("id,label,prediction,score\nx,1,1,0.5\n", "no row of one table"),
        ("id,label,prediction,score\na,0,1,0.5\n", "another label in the second table, first id `a`"),
        ("id,label,prediction,score\na,1,1,0.5\na,1,1,0.5\n", "`a` stands twice"),
        ("id,label,prediction,score\n,1,1,0.5\n", "has no id"),
    ])
    func `tables that do not belong together are refused`(text: String, words: String) throws {
        let first = try predictions("id,label,prediction,score\na,1,1,0.5\nb,0,1,0.5\n")
        let error = #expect(throws: DataError.self) { try Comparison(of: first, and: predictions(text)) }
        #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    }

    /// `make_class_comparison.py` has scikit-learn's and NumPy's numbers.
    @Test(arguments: try Reference.json("class_comparison.json").array ?? [])
    func `means over classes are over those of each model's own table`(one: JSON) throws {
        func table(_ key: String, turned: Bool = false) throws -> Predictions {
            let rows = zip(one["label"]?.array ?? [], one[key]?.array ?? []).enumerated().map { row, pair in
                "\(row),\(pair.0.string ?? ""),\(pair.1.string ?? "")\n"
            }
            return try Predictions(
                Array(("id,label,prediction\n" + (turned ? rows.reversed() : rows).joined()).utf8),
                task: .multiclassClassification, columns: PredictionColumns(id: "id"))
        }
        for turned in [false, true] {
            let (first, second) = (try table("one"), try table("two", turned: turned))
            let comparison = try Comparison(of: first, and: second)
            for member in try #require(one["expected"]?.members) {
                let found = try #require(comparison.differences.first { $0.name == member.key })
                let numbers = [
                    ("first", found.first), ("second", found.second), ("low", found.spread?.interval?.lower),
                    ("high", found.spread?.interval?.upper), ("se", found.spread?.standardError),
                ]
                for (name, number) in numbers {
                    let expected = try #require(member.value[name]?.double)
                    #expect(
                        Reference.near(number ?? .nan, expected), "\(member.key).\(name): \(String(describing: number))"
                    )
                }
            }
            #expect(comparison.first == Evaluation(of: first).metrics)
            #expect(comparison.second["f1_macro"] == Evaluation(of: second).metrics["f1_macro"])
        }
    }

    @Test func `a model of more classes is compared by the metrics that both have`() throws {
        func table(_ classes: Int) throws -> Predictions {
            let names = (0..<classes).map { "score_c\($0)" }
            let rows = (0..<60).map { row in
                let scores = (0..<classes).map { $0 == row % 2 ? "0.9" : "\(0.1 / Double(classes - 1))" }
                return "c\(row % 2),c\(row % 3 % 2)," + scores.joined(separator: ",") + "\n"
            }
            return try Predictions(
                Array(("label,prediction,\(names.joined(separator: ","))\n" + rows.joined()).utf8),
                task: .multiclassClassification, columns: PredictionColumns(scores: "score_*"))
        }
        for (one, other) in [(3, 6), (6, 3)] {
            let comparison = try Comparison(of: table(one), and: table(other), bootstrap: Bootstrap(replicates: 20))
            let names = comparison.differences.map(\.name)
            #expect(names.contains("top_2_accuracy") && !names.contains("top_3_accuracy"))
            let loss = try #require(comparison.differences.first { $0.name == "log_loss" })
            #expect(loss.difference == 0 && loss.spread?.standardError == 0, "scores of both are their own")
        }
    }

    @Test func `without ids the rows must be as many`() throws {
        let first = try predictions("id,label,prediction,score\na,1,1,0.5\nb,0,1,0.5\n", id: nil)
        #expect(throws: DataError.self) {
            try Comparison(of: first, and: predictions("id,label,prediction,score\na,1,1,0.5\n", id: nil))
        }
        #expect(try Comparison(of: first, and: first).predictionDisagreementRate == 0)
    }

    @Test func `a score that is missing leaves the score comparisons null, with a warning`() throws {
        let first = try predictions("id,label,prediction,score\na,1,1,0.5\nb,0,1,0.5\n")
        let second = try predictions("id,label,prediction,score\na,1,1,0.5\nb,0,0,nan\n")
        let json = try Comparison(of: first, and: second).json
        #expect(json["auc_delong"] == .null && json["max_abs_score_difference"] == .null)
        #expect(json["paired_bootstrap"]?["log_loss"]?["difference"] == .null)
        #expect(json["paired_bootstrap"]?["accuracy"]?["difference"] == 0.5)
        #expect(json["warnings"]?.array?.contains { $0.string?.contains("log_loss") == true } == true)
    }

    private func regression(_ text: String) throws -> Predictions {
        try Predictions(
            Array(("id,label,prediction\n" + text).utf8), task: .regression, columns: PredictionColumns(id: "id"))
    }

    @Test func `labels of a regression are the same by value, and those that are not are shown`() throws {
        let first = try regression("a,0.0,1\nb,nan,1\nc,0.1,1\n")
        #expect(try Comparison(of: first, and: regression("a,-0.0,2\nb,NaN,2\nc,0.1,2\n")).rows == 3)
        let error = #expect(throws: DataError.self) {
            try Comparison(of: first, and: regression("a,0,2\nb,nan,2\nc,0.10000000149011612,2\n"))
        }
        #expect(
            error?.message.contains("first id `c`: `0.1` and `0.10000000149011612`") == true,
            "\(String(describing: error))")
    }

    @Test func `ids that never match are shown`() throws {
        let error = #expect(throws: DataError.self) {
            try Comparison(of: regression("1,1,1\n2,1,1\n"), and: regression("1.0,1,1\n2.0,1,1\n"))
        }
        #expect(error?.message.contains("`1` in the first, `1.0` in the second") == true)
    }
}
