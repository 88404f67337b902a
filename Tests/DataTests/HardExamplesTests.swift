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
            listed(table.hardExamples()) == [
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
            listed(table.hardExamples()) == [
                "a confidently-wrong 0.8 x y", "c confidently-wrong 0.9 z y", "d confidently-wrong 0.4 y z",
                "b uncertain 0.4 x x",
            ])
    }

    @Test func `of numbers the largest errors are listed, and rows without an id by their number`() throws {
        let table = try predictions(
            ["a,1,3", "b,5,1", "c,2,2.5"], "id,label,prediction", "1,1", .regression, PredictionColumns())
        #expect(
            listed(table.hardExamples()) == [
                "2 large-error - 5.0 1.0", "1 large-error - 1.0 3.0", "3 large-error - 2.0 2.5",
            ])
    }

    @Test func `without scores, and of a ranking, there are none`() throws {
        let plain = try predictions([], "id,label,prediction", "1,1", .binaryClassification, PredictionColumns())
        #expect(plain.hardExamples() == nil)
        let classes = try predictions([], "id,label,prediction", "x,y", .multiclassClassification, PredictionColumns())
        #expect(classes.hardExamples() == nil)
        let ranking = try predictions(
            [], "id,label,score,query", "1,0.5,q", .ranking, PredictionColumns(score: "score", query: "query"))
        #expect(ranking.hardExamples() == nil)
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
