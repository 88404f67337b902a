import Domain
import Testing

@testable import Data

@Suite struct PredictedRowsTests {
    private func table(_ text: String, _ columns: PredictedRows.Columns, _ task: ModelTask) throws -> Table {
        try Array(text.utf8).withUnsafeBytes {
            try TableSource($0, format: .csv).table(columns.requests(for: task))
        }
    }

    private func found(
        _ predictions: String, in data: String, _ task: ModelTask = .binaryClassification,
        _ columns: PredictedRows.Columns = PredictedRows.Columns(id: "id", label: "label"), positive: String? = nil,
        query: String? = nil
    ) throws -> PredictedRows? {
        let read = try Predictions(
            Array(predictions.utf8), task: task,
            columns: PredictionColumns(
                id: predictions.hasPrefix("id") ? "id" : nil, positiveLabel: positive, query: query))
        return PredictedRows(read, in: try table(data, columns, task), columns)
    }

    @Test func `rows are found by id, in whatever order, and other labels are told with the first`() throws {
        let data = "id,label\na,1\nb,0\nc,1\n"
        let same = try #require(try found("id,label,prediction\nc,1,1\na,true,1\nb,0.0,1\n", in: data))
        #expect(same.covered == 3 && same.rows == 3 && same.isByID && same.compared == 3)
        #expect(same.strangers == nil && same.otherLabels == nil)
        let other = try #require(try found("id,label,prediction\nc,1,1\nb,1,1\nz,1,1\n", in: data))
        #expect(other.covered == 2 && other.strangers?.count == 1 && other.strangers?.id == "z")
        #expect(other.otherLabels?.count == 1 && other.otherLabels?.first == 1 && other.otherLabels?.id == "b")
        #expect(other.otherLabels?.said == "1" && other.otherLabels?.known == "0")
    }

    @Test func `ids that are numbers may be spelled in two ways, and codes are none`() throws {
        let data = "id,label\n1.0,1\n2.0,0\n007,1\n"
        let found = try #require(try found("id,label,prediction\n1,1,1\n2,0,1\n7,0,1\n", in: data))
        #expect(found.covered == 2 && found.strangers?.id == "7" && found.otherLabels == nil)
    }

    @Test func `an id that stands twice in the data tells nothing of a label, a row without one cannot be predicted`()
        throws
    {
        let data = "id,label\na,1\na,0\nb,0\n,1\n"
        let found = try #require(try found("id,label,prediction\na,0,1\nb,0,1\n", in: data))
        #expect(found.rows == 3 && found.covered == 2 && found.compared == 1 && found.otherLabels == nil)
    }

    @Test func `labels that the data has not yet are not compared`() throws {
        let found = try #require(try found("id,label,prediction\na,1,1\nb,1,1\n", in: "id,label\na,\nb,1\n"))
        #expect(found.compared == 1 && found.otherLabels == nil)
    }

    @Test func `labels in other words count as what most rows of that word have`() throws {
        let data = "id,label\na,M\nb,B\nc,M\nd,B\ne,M\n"
        let same = try #require(try found("id,label,prediction\na,1,1\nb,0,1\nc,1,1\nd,0,0\ne,1,1\n", in: data))
        #expect(same.isTranslated && same.compared == 5 && same.otherLabels == nil)
        let other = try #require(try found("id,label,prediction\na,1,1\nb,0,1\nc,1,1\nd,0,0\ne,0,1\n", in: data))
        #expect(other.isTranslated && other.otherLabels?.id == "e" && other.otherLabels?.known == "M")
        let named = try #require(
            try found("id,label,prediction\na,no,no\nb,yes,yes\n", in: "id,label\na,no\nb,no\n", positive: "yes"))
        #expect(named.otherLabels?.id == "b")
    }

    @Test func `labels whose names both have mean the same, also beside a third text, and where one is named 1`() throws
    {
        for (positive, negative) in [("1", "2"), ("yes", "no")] {
            for odd in ["", "NA,1\n"] {
                let data = "label,id\n" + odd + "\(negative),b\n\(positive),a\n\(negative),c\n"
                func others(_ labels: [String]) throws -> Int? {
                    let rows = zip(["a", "b", "c"], labels).map { "\($0),\($1),\($1)\n" }.joined()
                    let found = try found("id,label,prediction\n" + rows, in: data, positive: positive)
                    #expect(found?.compared == 3)
                    return found?.otherLabels?.count
                }
                #expect(try others([positive, negative, negative]) == nil)
                #expect(try others([negative, positive, positive]) == 3)
                #expect(try others([positive, negative, positive]) == 1)
            }
        }
    }

    @Test func `one label cannot stand for all of the data's`() throws {
        let data = "id,label\na,M\nb,B\nc,M\n"
        let found = try #require(try found("id,label,prediction\na,1,1\nb,1,1\nc,1,1\n", in: data))
        #expect(found.isTranslated && found.otherLabels?.count == 1 && found.otherLabels?.id == "b")
    }

    @Test func `a cell of the data that is no label switches nothing off`() throws {
        let data = "id,label\na,1\nb,0\nc,1\nd,NA\n"
        let inverted = try #require(try found("id,label,prediction\na,0,0\nb,1,1\nc,0,0\nd,1,1\n", in: data))
        #expect(inverted.otherLabels?.count == 3 && inverted.compared == 3)
        let same = try #require(try found("id,label,prediction\na,1,1\nb,0,0\nc,1,1\nd,1,1\n", in: data))
        #expect(same.otherLabels == nil && same.compared == 3)
        let numbers = try #require(
            try found(
                "id,label,prediction\na,1.5,1\nb,7.25,1\nc,9,1\n", in: "id,label\na,1.5\nb,2.25\nc,NA\n", .regression))
        #expect(numbers.compared == 2 && numbers.otherLabels?.id == "b")
    }

    @Test func `classes that are only numbered otherwise are the same`() throws {
        let data = "id,label\na,1\nb,2\nc,3\nd,2\n"
        let same = try #require(
            try found(
                "id,label,prediction\na,0,0\nb,1,1\nc,2,2\nd,1,1\n", in: data, .multiclassClassification))
        #expect(same.otherLabels == nil && same.compared == 4 && same.isTranslated)
        let other = try #require(
            try found(
                "id,label,prediction\na,0,0\nb,1,1\nc,2,2\nd,2,1\n", in: data, .multiclassClassification))
        #expect(other.otherLabels != nil)
        let german = try #require(
            try found(
                "id,label,prediction\na,0,0\nb,1,1\nc,0,0\n", in: "id,label\na,1\nb,2\nc,1\n", positive: "1"))
        #expect(german.otherLabels == nil && german.isTranslated)
    }

    @Test func `numbers of fewer digits are the data's, rounded`() throws {
        let data = "id,label\na,0.123456789\nb,1.23456\nc,0.5\n"
        func others(_ labels: [String]) throws -> Int? {
            let rows = zip(["a", "b", "c"], labels).map { "\($0),\($1),1\n" }.joined()
            return try found("id,label,prediction\n" + rows, in: data, .regression)?.otherLabels?.count
        }
        #expect(try others(["0.1235", "1.2346", "0.5"]) == nil)
        #expect(try others(["0.1236", "1.2346", "0.5"]) == 1)
        #expect(try others(["0", "1", "1"]) == 3)
    }

    @Test func `ids and labels may be numbers of Parquet`() throws {
        let table = Table(
            rowCount: 3,
            columns: [
                TableColumn(name: "id", values: .numbers(NumberColumn(values: [1, 2, 3]))),
                TableColumn(name: "label", values: .numbers(NumberColumn(values: [1, 0, 1]))),
            ])
        let read = try Predictions(
            Array("id,label,prediction\n1,1,1\n2,1,1\n9,1,1\n".utf8), task: .binaryClassification,
            columns: PredictionColumns(id: "id"))
        let found = try #require(PredictedRows(read, in: table, .init(id: "id", label: "label")))
        #expect(found.isByID && found.strangers?.id == "9" && found.otherLabels?.id == "2")
    }

    @Test func `classes are compared as texts that name one class`() throws {
        let found = try #require(
            try found(
                "id,label,prediction\na,1,2\nb,two,1\nc,3,3\n", in: "id,label\na,1.0\nb,two\nc,4\n",
                .multiclassClassification))
        #expect(!found.isTranslated && found.otherLabels?.count == 1 && found.otherLabels?.id == "c")
    }

    @Test func `numbers may have lost the digits of a 32-bit number, and no more`() throws {
        let found = try #require(
            try found(
                "id,label,prediction\na,0.1,1\nb,151.0,1\nc,7.001,1\n",
                in: "id,label\na,0.10000000149011612\nb,151\nc,7\n", .regression))
        #expect(found.compared == 3 && found.otherLabels?.count == 1 && found.otherLabels?.id == "c")
    }

    @Test func `without ids rows are taken in their order, where there are as many`() throws {
        let columns = PredictedRows.Columns(label: "label")
        let data = "label\n1\n0\n1\n"
        let same = try #require(
            try found("label,prediction\n1,1\n0,1\n1,1\n", in: data, .binaryClassification, columns))
        #expect(!same.isByID && same.otherLabels == nil && same.compared == 3)
        let moved = try #require(
            try found("label,prediction\n0,1\n1,1\n1,1\n", in: data, .binaryClassification, columns))
        #expect(moved.otherLabels?.count == 2 && moved.otherLabels?.id == nil)
        #expect(try found("label,prediction\n1,1\n", in: data, .binaryClassification, columns) == nil)
    }

    @Test func `a document of another query is another row`() throws {
        let data = "id,query,label\nd1,q1,1\nd1,q2,0\nd2,q2,2\n"
        let columns = PredictedRows.Columns(id: "id", label: "label", query: "query")
        let same = try #require(
            try found(
                "id,query,label,prediction\nd1,q2,0,1\nd1,q1,1,1\nd2,q2,2.0,1\n", in: data, .ranking, columns,
                query: "query"))
        #expect(same.covered == 3 && same.rows == 3 && same.strangers == nil && same.otherLabels == nil)
        let other = try #require(
            try found(
                "id,query,label,prediction\nd1,d1,0,1\nd2,q2,1,1\n", in: data, .ranking, columns, query: "query"))
        #expect(other.covered == 1 && other.strangers?.count == 1 && other.otherLabels?.known == "2.0")
        let ordered = try #require(
            try found(
                "label,query,prediction\n1,q1,1\n0,q9,1\n2,q2,1\n", in: data, .ranking, columns, query: "query"))
        #expect(ordered.otherLabels?.said == "q9" && ordered.otherLabels?.known == "q2")
    }

    @Test func `ids that stand twice are counted, in a ranking within their query`() throws {
        func read(_ text: String, _ task: ModelTask = .binaryClassification) throws -> Predictions {
            try Predictions(
                Array(text.utf8), task: task, columns: PredictionColumns(id: "id", query: task == .ranking ? "q" : nil))
        }
        #expect(try read("id,label,prediction\na,1,1\nb,1,1\n").repeatedIDs == nil)
        let twice = try #require(try read("id,label,prediction\na,1,1\nb,1,1\na,0,1\nb,1,1\n,1,1\n").repeatedIDs)
        #expect(twice.count == 2 && twice.first == 2 && twice.id == "a")
        #expect(try read("id,label,prediction\na,1,1\n,1,1\n").rowsWithoutID?.first == 1)
        #expect(try read("id,q,label,prediction\na,x,1,1\na,y,1,1\n", .ranking).repeatedIDs == nil)
        #expect(try read("id,q,label,prediction\na,x,1,1\na,x,0,1\n", .ranking).repeatedIDs?.count == 1)
    }
}
