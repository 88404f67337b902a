import Domain
import Testing

@testable import Data

/// Twenty people with five rows each; all rows of a person are right, or all are wrong.
private func predictions(cluster: String?, wrong: Int = 4) throws -> Predictions {
    let rows = (0..<100).map { row in
        let label = row % 2
        return "\(row),p\(row / 5),\(label),\(row / 5 < wrong ? 1 - label : label)\n"
    }
    return try Predictions(
        Array(("id,person,label,prediction\n" + rows.joined()).utf8), task: .binaryClassification,
        columns: PredictionColumns(id: "id", cluster: cluster))
}

struct ClustersTests {
    @Test func `are numbered by their first rows, and those without rows are no more`() {
        var column = TextColumn()
        for text in ["never", "b", "a", "b", "c"] { column.codes.append(column.dictionary.code(of: text)) }
        column.codes.removeFirst()
        let clusters = Clusters(column)
        #expect(clusters.codes == [0, 1, 0, 2] && clusters.keys.count == 3)
        let part = clusters.selecting([3, 1, 3])
        #expect(part.codes == [0, 1, 0] && part.keys == [clusters.keys[2], clusters.keys[1]])
    }

    @Test func `clusters of one row each are as rows`() throws {
        let (one, two) = (try predictions(cluster: "id", wrong: 6), try predictions(cluster: "id"))
        let clustered = try Comparison(of: one, and: two, bootstrap: Bootstrap(replicates: 100))
        let (row, other) = (try predictions(cluster: nil, wrong: 6), try predictions(cluster: nil))
        let rows = try Comparison(of: row, and: other, bootstrap: Bootstrap(replicates: 100))
        #expect(clustered.differences == rows.differences && clustered.clusters == 100 && rows.clusters == nil)
    }

    @Test func `rows that depend on each other say less`() throws {
        let people = try predictions(cluster: "person")
        let (clustered, rows) = (
            try #require(people.interval(of: "accuracy")),
            try #require(predictions(cluster: nil).interval(of: "accuracy"))
        )
        #expect(clustered.upper - clustered.lower > 1.8 * (rows.upper - rows.lower))
        let perfect = try predictions(cluster: "person", wrong: 0).interval(of: "accuracy")
        #expect(try perfect == predictions(cluster: nil, wrong: 0).interval(of: "accuracy"))
        #expect(people.clusterCount == 20 && people.interval(of: "ece10_confidence") == nil)
    }

    @Test(arguments: [
        ("id,person,label,prediction\na,,1,1\n", ModelTask.binaryClassification, "cell is empty"),
        ("id,label,prediction\na,1,1\n", .binaryClassification, "person"),
        ("id,person,label,prediction\na,x,1,1\n", .ranking, "drawn by their query"),
    ])
    func `a row without a cluster, and clusters of a ranking, are refused`(
        text: String, task: ModelTask, words: String
    ) {
        let error = #expect(throws: DataError.self) {
            try Predictions(
                Array(text.utf8), task: task, columns: PredictionColumns(id: "id", query: "id", cluster: "person"))
        }
        #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    }
}
