import Domain
import Testing

@testable import Data

struct HardExamplesTests {
    /// Thirty rows that are right and sure, after these: at most three of one reason are listed.
    private func predictions(
        _ rows: [String], _ head: String, _ rest: String, _ task: ModelTask, _ columns: PredictionColumns
    ) throws -> Predictions {
        let text = ([head] + rows + (0..<30).map { "s\($0),\(rest)" }).joined(separator: "\n")
        return try Predictions(Array(text.utf8), task: task, columns: columns)
    }

    private func listed(_ examples: [HardExample]?) -> [String] {
        (examples ?? []).map {
            "\($0.id) \($0.reason.rawValue) \($0.score.map { "\($0)" } ?? "-") \($0.label) \($0.prediction)"
        }
    }

    @Test func `the most confidently wrong come first, then the least certain, each row once`() throws {
        let rows = ["a,1,0,0.4", "b,1,0,0.1", "c,0,1,0.95", "d,0,0,0.45", "e,1,1,nan", "f,0,1,0.51"]
        let table = try predictions(
            rows, "id,label,prediction,score", "1,1,0.99", .binaryClassification,
            PredictionColumns(id: "id", score: "score"))
        #expect(
            listed(try table.hardExamples()) == [
                "c confidently-wrong 0.95 0 1", "b confidently-wrong 0.1 1 0", "a confidently-wrong 0.4 1 0",
                "f uncertain 0.51 0 1", "d uncertain 0.45 0 0",
            ])
    }

    @Test func `of more classes the probability of the true label and of the likeliest count`() throws {
        let rows = ["a,x,y,0.1,0.8,0.1", "b,x,x,0.4,0.3,0.3", "c,z,y,0.0,0.9,0.1", "d,y,z,0.3,0.3,0.4"]
        let table = try predictions(
            rows, "id,label,prediction,p_x,p_y,p_z", "x,x,1,0,0", .multiclassClassification,
            PredictionColumns(id: "id", scores: "p_*"))
        #expect(
            listed(try table.hardExamples()) == [
                "a confidently-wrong 0.8 x y", "c confidently-wrong 0.9 z y", "d confidently-wrong 0.4 y z",
                "b uncertain 0.4 x x",
            ])
    }

    @Test func `of numbers the largest errors are listed, and rows without an id by their number`() throws {
        let table = try predictions(
            ["a,1,3", "b,5,1", "c,2,2.5"], "id,label,prediction", "1,1", .regression, PredictionColumns())
        #expect(
            listed(try table.hardExamples()) == [
                "2 large-error - 5.0 1.0", "1 large-error - 1.0 3.0", "3 large-error - 2.0 2.5",
            ])
    }

    // MARK: Another version

    @Test func `rows on which two versions say different things are listed, the furthest apart first`() throws {
        let columns = PredictionColumns(id: "id", score: "score"), head = "id,label,prediction,score"
        let one = try predictions(
            ["a,1,1,0.9", "b,1,1,0.8", "c,0,0,0.3", "d,0,0,0.2"], head, "1,1,0.99", .binaryClassification, columns)
        // The other has its rows in another order, and one more.
        let other = try predictions(
            ["c,0,1,0.6", "d,0,0,0.1", "b,1,0,0.4", "x,0,1,0.9", "a,1,0,0.1"], head, "1,1,0.97", .binaryClassification,
            columns)
        let examples = try #require(try one.hardExamples(against: other))
        #expect(
            listed(examples) == [
                "a versions-disagree 0.9 1 1", "b versions-disagree 0.8 1 1", "c versions-disagree 0.3 0 0",
                "d uncertain 0.2 0 0",
            ])
        #expect(examples.map(\.against) == ["0", "0", "1", "0"])
    }

    @Test func `of more classes and of numbers the distance counts, too`() throws {
        let columns = PredictionColumns(id: "id", scores: "p_*"), head = "id,label,prediction,p_x,p_y,p_z"
        let one = try predictions(
            ["a,x,x,0.6,0.4,0", "b,x,x,0.9,0.1,0"], head, "x,x,1,0,0", .multiclassClassification, columns)
        let other = try predictions(
            ["a,x,y,0.4,0.6,0", "b,x,z,0.1,0.1,0.8"], head, "x,x,1,0,0", .multiclassClassification, columns)
        let classes = try #require(try one.hardExamples(against: other)).filter { $0.reason == .disagreement }
        #expect(classes.map { "\($0.id) \($0.against ?? "")" } == ["b z", "a y"])
        func numbers(_ rows: [String]) throws -> Predictions {
            try predictions(rows, "id,label,prediction", "1,1", .regression, PredictionColumns(id: "id"))
        }
        let pair = try numbers(["a,1,1", "b,1,1"]).hardExamples(against: try numbers(["a,1,1.5", "b,1,3"]))
        #expect(listed(pair) == ["b versions-disagree - 1.0 1.0", "a versions-disagree - 1.0 1.0"])
        #expect(pair?.map(\.against) == ["3.0", "1.5"])
    }

    @Test func `another version needs no scores, and must be of the same rows`() throws {
        let columns = PredictionColumns(id: "id"), head = "id,label,prediction"
        func table(_ row: String) throws -> Predictions {
            try predictions([row], head, "1,1", .binaryClassification, columns)
        }
        #expect(
            listed(try table("a,1,1").hardExamples(against: try table("a,1,0"))) == ["a versions-disagree - 1 1"])
        #expect(throws: DataError.self) { try table("a,1,1").hardExamples(against: try table("a,0,1")) }
    }

    @Test func `without scores, and of a ranking, there are none`() throws {
        let plain = try predictions([], "id,label,prediction", "1,1", .binaryClassification, PredictionColumns())
        #expect(try plain.hardExamples() == nil)
        let classes = try predictions([], "id,label,prediction", "x,y", .multiclassClassification, PredictionColumns())
        #expect(try classes.hardExamples() == nil)
        let ranking = try predictions(
            [], "id,label,score,query", "1,0.5,q", .ranking, PredictionColumns(score: "score", query: "query"))
        #expect(try ranking.hardExamples() == nil)
    }

    @Test func `at most a tenth of the rows for each reason, and of many rows the hardest`() {
        var hard = HardExamples(rows: 100_000, atMost: 50)
        for row in 0..<100_000 {
            hard.add(row, .uncertain, rank: Double((row * 7919) % 100_000))
            hard.add(row, .wrong, rank: .nan)
        }
        let picked = hard.picked
        #expect(picked.map(\.reason) == Array(repeating: .uncertain, count: 50))
        #expect(picked.map { ($0.row * 7919) % 100_000 } == Array(0..<50))
        var same = HardExamples(rows: 30)
        for row in (0..<30).reversed() { same.add(row, .far, rank: 0) }
        #expect(same.picked.map(\.row) == [0, 1, 2])
        #expect(HardExamples(rows: 3).limit == 1)
    }
}
