import Domain
import Testing

@testable import Data

/// The JSON as predictions of a ranking, with the settings beside it.
private func predictions(_ text: String, _ how: JSON) throws -> Predictions {
    let ranking = Model.Ranking(
        gain: Model.Ranking.Gain(rawValue: how["gain"]?.string ?? "") ?? .exponential,
        cutoffs: how["cutoffs"]?.array?.compactMap(\.double).map { Int($0) } ?? [])
    return try Predictions(
        Array(text.utf8), task: .ranking,
        columns: PredictionColumns(
            id: "id", score: "score", slices: how["slices"]?.array?.compactMap(\.string) ?? [], query: "query",
            ranking: ranking))
}

struct RankingEvaluationTests {
    struct Case: CustomTestStringConvertible {
        let json: JSON
        var testDescription: String { json["name"]?.string ?? "" }

        static var all: [Case] {
            get throws { try Reference.json("ranking.json")["evaluations"]?.array?.map(Case.init) ?? [] }
        }
    }

    @Test(arguments: try Case.all)
    func `agrees with scikit-learn, and with every order that ties allow`(one: Case) throws {
        let evaluation = Evaluation(of: try predictions(one.json["text"]?.string ?? "", one.json))
        let expected = try #require(one.json["expected"])
        Reference.expect(evaluation.json, toAgreeWith: expected, one.testDescription)
        #expect(evaluation.metrics.values.map(\.name) == expected["metrics"]?.members?.map(\.key))
        for metric in evaluation.metrics.values where metric.value == nil {
            #expect(
                evaluation.warnings.contains { $0.contains(metric.name) }, "\(metric.name) is null without a reason")
        }
        #expect(evaluation.json["ranking"]?["gain"] == one.json["gain"])
    }

    @Test func `two rankings agree with NumPy's resamples of queries`() throws {
        let json = try #require(try Reference.json("ranking.json")["comparison"])
        let first = try predictions(json["first"]?.string ?? "", json)
        let second = try predictions(json["second"]?.string ?? "", json)
        let comparison = try Comparison(of: first, and: second)
        Reference.expect(comparison.json, toAgreeWith: try #require(json["expected"]), "comparison")
        #expect((comparison.predictionDisagreementRate ?? 0) > 0.1)
        #expect(try Comparison(of: first, and: first).predictionDisagreementRate == 0)
    }

    private let small = "id,query,label,score\na,x,1,0.5\nb,x,0,0.7\nc,y,2,0.1\nd,y,0,0.1\n"

    @Test func `the order of the rows changes nothing`() throws {
        let lines = try #require(try Case.all.first?.json["text"]?.string).split(separator: "\n")
        let how: JSON = ["gain": "exponential", "cutoffs": [1, 3], "slices": ["device"]]
        let straight = Evaluation(of: try predictions(lines.joined(separator: "\n"), how)).json
        let turned = Evaluation(
            of: try predictions(([lines[0]] + lines.dropFirst().reversed()).joined(separator: "\n"), how)
        ).json
        Reference.expect(turned, toAgreeWith: straight, "turned", relative: 1e-13)
    }

    @Test func `scores count by their order alone`() throws {
        let one = Evaluation(of: try predictions(small, ["cutoffs": [1]]))
        let other = small.replacing("0.5", with: "-3").replacing("0.7", with: "1e300")
        #expect(Evaluation(of: try predictions(other, ["cutoffs": [1]])).metrics == one.metrics)
    }

    @Test(arguments: [
        ("id,query,label,score\na,,1,0.5\n", "cell is empty", 2),
        ("id,query,label,score\na,x,,0.5\n", "cell is empty", 2),
        ("id,query,label,score\na,x,1,0.5\nb,x,-1,0.5\n", "no relevance", 3),
        ("id,query,label,score\na,x,nan,0.5\n", "no relevance", 2),
        ("id,query,label,score\na,x,inf,0.5\n", "no relevance", 2),
        ("id,query,label,score\na,x,high,0.5\n", "not a number", 2),
        ("id,q,label,score\na,x,1,0.5\n", "query", 1),
    ])
    func `rows that cannot be judged are refused with their place`(text: String, words: String, line: Int) throws {
        let error = #expect(throws: DataError.self) { try predictions(text, .empty) }
        #expect(error?.message.contains(words) == true && error?.line == line, "\(String(describing: error))")
    }

    @Test func `a ranking without the column of queries is refused`() throws {
        let error = #expect(throws: DataError.self) {
            try Predictions(Array(small.utf8), task: .ranking, columns: PredictionColumns(score: "score"))
        }
        #expect(error?.remedy.contains("columns.query") == true)
    }

    @Test func `without a score column the prediction orders the rows`() throws {
        let other = small.replacing("score", with: "prediction")
        let columns = PredictionColumns(query: "query", ranking: Model.Ranking(cutoffs: [1]))
        let evaluation = Evaluation(of: try Predictions(Array(other.utf8), task: .ranking, columns: columns))
        #expect(evaluation.metrics == Evaluation(of: try predictions(small, ["cutoffs": [1]])).metrics)
        #expect(evaluation.metrics["mrr"] == (0.5 + 0.75) / 2)
    }

    @Test func `rankings of other queries are not compared`() throws {
        let other = small.replacing("c,y", with: "c,x")
        let error = #expect(throws: DataError.self) {
            try Comparison(of: predictions(small, .empty), and: predictions(other, .empty))
        }
        #expect(error?.message.contains("another label or query in the second table, first id `c`") == true)
    }

    @Test func `intervals are of queries, and few perfect ones are not certain`() throws {
        let one = try predictions(small, ["cutoffs": [1]])
        let interval = try #require(one.interval(of: "mrr"))
        #expect(Reference.near(interval.lower, max(0, 0.625 - 12.706204736174705 * 0.125), 1e-9) && interval.upper == 1)
        let share = try #require(one.interval(of: "hit_rate_at_1"))
        #expect(share == Interval.wilson(successes: 0.5, of: 2))
        let perfect = try predictions(
            small.replacing("0.7", with: "0.1").replacing("c,y,2,0.1", with: "c,y,2,9"), .empty)
        #expect(try #require(perfect.interval(of: "ndcg")).lower < 0.4)
        #expect(one.interval(of: "no such metric") == nil)
    }

    @Test func `a slice holds the rows of its value`() throws {
        let text = "id,query,label,score,device\na,x,1,0.5,phone\nb,x,0,0.7,desk\nc,y,2,0.1,phone\nd,y,0,0.2,phone\n"
        let model = try predictions(text, ["slices": ["device"], "cutoffs": [1]])
        let part = try #require(model.slice("device", "phone"))
        let slice = try #require(Evaluation(of: model).slices[0].slices.last)
        #expect(slice.value == "phone" && slice.metrics == Evaluation(of: part).metrics)
        #expect(slice.metrics["mrr"] == 0.75)
    }
}
