import Domain
import Foundation
import Testing

@testable import Data

private func read(
    _ text: String, _ task: ModelTask = .binaryClassification,
    _ columns: PredictionColumns = PredictionColumns(score: "score"),
    format: TextFormat = .csv, options: TableOptions = TableOptions()
) throws -> Predictions {
    try Predictions(Array(text.utf8), task: task, columns: columns, format: format, options: options)
}

struct PredictionsTests {
    @Test(arguments: [
        "label,prediction,score\n1,0,0.3\n0,1,0.6\n", "label,prediction,score\n1.0,0.0,0.3\n0.0,1e0,0.6\n",
        "score,extra,prediction,label\n0.3,x,false,TRUE\n0.6,y,True,False\n",
        "label;prediction;score\n1;0;.3\n0;1;6e-1\n",
    ])
    func `labels are compared by value, columns by name`(text: String) throws {
        guard case .binary(let rows) = try read(text).values else { return }
        #expect(rows.labels == [1, 0] && rows.predictions == [0, 1] && rows.scores == [0.3, 0.6])
    }

    @Test func `JSON Lines give the same predictions as CSV`() throws {
        let csv = try read(
            "label,prediction,score,g\n1,0,0.3,ä\n0,1,,\n", .binaryClassification, columns(slices: ["g"]))
        let json = try read(
            "{\"label\": 1, \"prediction\": false, \"score\": 0.3, \"g\": \"\\u00e4\"}\n{\"g\": null, \"prediction\": 1, \"label\": 0}\n",
            .binaryClassification, columns(slices: ["g"]), format: .jsonLines)
        #expect(Evaluation(of: csv).json == Evaluation(of: json).json)
        #expect(csv.groups[0].values == ["(null)", "ä"])
    }

    private func columns(slices: [String]) -> PredictionColumns { PredictionColumns(score: "score", slices: slices) }

    @Test func `a Parquet file gives the predictions of the same table as CSV`() throws {
        let columns = PredictionColumns(label: "species", prediction: "species", slices: ["island"])
        let csv = try Predictions(
            [UInt8](Reference.fixture("penguins/data/train.csv")), task: .multiclassClassification, columns: columns)
        let file = try ParquetFile(path: Reference.fixtures.appending(path: "formats/zstd.parquet").path)
        let parquet = try Predictions(file, task: .multiclassClassification, columns: columns)
        #expect(Evaluation(of: parquet).json == Evaluation(of: csv).json)
        #expect(throws: DataError.self) {
            try Predictions(file, task: .regression, columns: PredictionColumns(label: "weight", prediction: "x"))
        }
    }

    @Test func `a table that was read already gives the same predictions`() throws {
        let text = "id,label,prediction,score,g\n7,1.0,0,0.3,\n8,0,1,,2.0\n9,1,1,0.9,2\n"
        let columns = PredictionColumns(id: "id", score: "score", slices: ["g"])
        let table = try Array(text.utf8).withUnsafeBytes { try TableSource($0).table() }
        let read = try Predictions(table, task: .binaryClassification, columns: columns)
        let evaluation = Evaluation(of: read)
        #expect(
            evaluation.metrics
                == Evaluation(of: try Predictions(Array(text.utf8), task: .binaryClassification, columns: columns))
                .metrics)
        #expect(evaluation.slices[0].slices.map(\.value) == ["(null)", "2"])
        #expect(read.ids?[2] == "9")
        let error = #expect(throws: DataError.self) {
            try Predictions(table, task: .binaryClassification, columns: PredictionColumns(prediction: "id"))
        }
        #expect(error?.message.contains("row 1, column `id`: `7` is no label") == true, "\(String(describing: error))")
    }

    @Test func `a named label is the positive one`() throws {
        let columns = PredictionColumns(score: nil, positiveLabel: "malignant")
        let rows = try Predictions(
            Array("label,prediction\nmalignant,benign\nbenign,malignant\n".utf8), task: .binaryClassification,
            columns: columns)
        guard case .binary(let values) = rows.values else { return }
        #expect(values.labels == [1, 0] && values.predictions == [0, 1])
    }

    @Test(arguments: [
        ("no", "yes"), ("yes", "no"), ("1", "2"), ("2", "1"), ("1", "0"), ("True", "false"), ("2", "2.5"),
    ])
    func `with a named positive label, metrics are those of 0 and 1`(negative: String, positive: String) throws {
        func table(_ zero: String, _ one: String) -> String {
            let rows = [(1, 1, 0.9), (0, 0, 0.2), (1, 0, 0.4), (0, 1, 0.6), (1, 1, 0.8), (0, 0, 0.7)]
            return "label,prediction,score\n"
                + rows.map { "\([zero, one][$0.0]),\([zero, one][$0.1]),\($0.2)\n" }.joined()
        }
        let plain = Evaluation(of: try read(table("0", "1")))
        let columns = PredictionColumns(score: "score", positiveLabel: positive)
        let named = Evaluation(of: try read(table(negative, positive), .binaryClassification, columns))
        #expect(named.metrics == plain.metrics && named.metrics["auc"] != nil)
        #expect(named.json["positive"]?.string == positive && plain.json["positive"] == nil)
    }

    @Test(
        arguments: [
            ("yes,no,0.3\nno,maybe,0.6\n", "yes", 3, "`maybe` is a third label beside `yes` and `no`"),
            ("yes,no,0.3\nno,yes,0.6\n", "Yes", nil, "`Yes` occurs neither in column `label` nor in `prediction`"),
            ("yes,1,0.3\nno,0,0.6\n", "yes", 2, "`1` is a third label"),
        ] as [(String, String, Int?, String)])
    func `a third label, or a positive one that never occurs, is refused`(
        rows: String, positive: String, line: Int?, words: String
    ) throws {
        let columns = PredictionColumns(score: "score", positiveLabel: positive)
        let error = #expect(throws: DataError.self) {
            try read("label,prediction,score\n" + rows, .binaryClassification, columns)
        }
        #expect(
            error?.line == line && error?.message.contains(words) == true, "\(String(describing: error))")
    }

    @Test(arguments: [("good", "bad"), ("2", "1")])
    func `other labels than 0 and 1 are refused with the words that name the positive one`(
        one: String, other: String
    ) throws {
        let error = #expect(throws: DataError.self) {
            try read("label,prediction,score\n\(one),\(other),0.3\n\(other),\(other),0.3\n")
        }
        let remedy = try #require(error?.remedy)
        #expect(remedy.contains([one, other].sorted().map { "`\($0)`" }.joined(separator: " or ")), "\(remedy)")
        #expect(remedy.contains("--positive VALUE") && remedy.contains("spec.evaluation.positive"), "\(remedy)")
    }

    @Test(
        arguments: [
            ("label,prediction,score\n1,0,0.3\n,1,0.6\n", 3, 1, "empty"),
            ("label,prediction,score\n1,0,0.3\nyes,1,0.6\n", 3, 1, "`yes` is no label"),
            ("label,prediction,score\n1,2,0.3\n", 2, 3, "`2` is no label"),
            ("label,prediction,score\n1,0,1.5\n", 2, 5, "1.5 is not a probability"),
            ("label,prediction,score\n1,0,-inf\n", 2, 5, "not a probability"),
            ("label,prediction,score\n1,0,high\n", 2, 5, "`high` is not a number"),
            ("label,prediction,score\n1,0,1e999\n", 2, 5, "larger than a 64-bit float"),
            ("label,prediction,score\n1,0\n", 2, 3, "2 of the 3"),
            ("label,prediction\n1,0\n", 1, nil, "no column `score`"), ("", 1, 1, "empty"),
            ("label,prediction,score\n\"1\n\",0,0.5\n", 2, 2, "no label"),
        ] as [(String, Int, Int?, String)])
    func `an error names line, column and what is wrong`(text: String, line: Int, column: Int?, words: String) throws {
        let error = #expect(throws: DataError.self) { try read(text) }
        #expect(
            error?.line == line && error?.column == column && error?.message.contains(words) == true,
            "\(String(describing: error))")
    }

    @Test func `errors in JSON Lines name line and column, too`() throws {
        let columns = PredictionColumns(score: "score")
        for (text, column) in [("\"high\"", 36), ("2", 35), ("[1]", 35), ("0.5,\"score\":0.5", 47)] {
            let line = "{\"label\":1,\"prediction\":1,\"score\":"
            let text = line + "0.5}\n\n" + line + text + "}\n"
            let error = #expect(throws: DataError.self) {
                try read(text, .binaryClassification, columns, format: .jsonLines)
            }
            #expect(error?.line == 3 && error?.column == column, "\(String(describing: error))")
        }
    }

    @Test func `nulls may be spelled`() throws {
        let options = TableOptions(nullSpellings: ["NA", "-"])
        let text = "label,prediction,score,g\n1,1,NA,-\n0,0,0.5,x\n"
        let predictions = try Predictions(
            Array(text.utf8), task: .binaryClassification, columns: columns(slices: ["g"]), options: options)
        let evaluation = Evaluation(of: predictions)
        #expect(evaluation.slices[0].slices.map(\.value) == ["(null)", "x"])
        #expect(evaluation.metrics["auc"] == nil && evaluation.metrics["accuracy"] == 1)
        #expect(evaluation.warnings.contains { $0.contains("1 of 2 rows have no score") }, "\(evaluation.warnings)")
        #expect(throws: DataError.self) { try read(text) }
    }

    @Test func `classes that are numbers are compared by value, codes with leading zeros are not`() throws {
        let text = "label,prediction,p1,p2.0,p007\n1,1.0,1,0,0\n2,2.0e0,0,1,0\n007,007,0,0,1\n"
        let predictions = try Predictions(
            Array(text.utf8), task: .multiclassClassification, columns: PredictionColumns(scores: "p*"))
        guard case .multiclass(let rows) = predictions.values else { return }
        #expect(rows.classes == ["007", "1", "2"])
        #expect(rows.labels == rows.predictions && rows.scores?.count == 3)
        #expect(Evaluation(of: predictions).metrics["auc_ovr_macro"] == 1)
    }

    @Test func `scores that the first object lacks are there`() throws {
        let rows = (0..<8).map { row in
            let scores = row == 0 ? "" : row == 7 ? ",\"score_b\":NaN" : ",\"score_b\":0.5"
            return "{\"label\":\"\(row % 2 == 0 ? "a" : "b")\",\"prediction\":\"a\",\"score_a\":0.5\(scores)}\n"
        }
        let predictions = try read(
            rows.joined(), .multiclassClassification, PredictionColumns(scores: "score_*"), format: .jsonLines)
        guard case .multiclass(let values) = predictions.values else { return }
        #expect(values.scores?[1].map(\.isNaN) == [true, false, false, false, false, false, false, true])
        #expect(Evaluation(of: predictions).warnings.contains { $0.contains("2 of 8 rows lack a score") })
    }

    @Test func `what was asked for wrongly is told apart from a table that is wrong`() {
        let text = "label,prediction,score\n1,1,1\n"
        for columns in [PredictionColumns(scores: "score"), PredictionColumns(scores: "none_*")] {
            let error = #expect(throws: DataError.self) { try read(text, .multiclassClassification, columns) }
            #expect(error?.isAskedWrong == true, "\(String(describing: error))")
        }
        let both = #expect(throws: DataError.self) {
            try read(text, .regression, PredictionColumns(slices: ["label"]))
        }
        #expect(both?.isAskedWrong == true && both?.message.contains("both a number and a group") == true)
    }

    @Test func `a pattern without a star, or one that matches nothing, is refused`() {
        for pattern in ["score", "a*b*", "none_*"] {
            #expect(throws: DataError.self) {
                try Predictions(
                    Array("label,prediction,score\n1,1,1\n".utf8), task: .multiclassClassification,
                    columns: PredictionColumns(scores: pattern))
            }
        }
    }

    @Test func `tasks without one label a row are refused`() {
        #expect(throws: DataError.self) { try read("label,prediction\n1,1\n", .ranking) }
    }

    @Test func `a column may be slice and sensitive, and even the label`() throws {
        let text = "label,prediction,g\n1,1,a\n0,1,b\n"
        let columns = PredictionColumns(slices: ["g", "label", "g"], sensitive: ["g"])
        let evaluation = Evaluation(
            of: try Predictions(Array(text.utf8), task: .binaryClassification, columns: columns))
        #expect(evaluation.slices.map(\.column) == ["g", "label"])
        #expect(throws: DataError.self) {
            try read(
                "label,prediction,score\n1,1,1\n", .binaryClassification,
                PredictionColumns(score: "score", slices: ["score"]))
        }
    }

    @Test func `a slice is its rows`() throws {
        let text = "label,prediction,score,g\n1,1,0.9,a\n0,1,0.8,b\n0,0,0.1,a\n"
        let predictions = try read(text, .binaryClassification, columns(slices: ["g"]))
        let slice = try #require(predictions.slice("g", "a"))
        #expect(slice.rowCount == 2)
        let metrics = Evaluation(of: slice).metrics.values.filter { !CalibrationLine.names.contains($0.name) }
        #expect(metrics == Evaluation(of: predictions).slices[0].slices[0].metrics.values)
        #expect(predictions.slice("g", "c") == nil && predictions.slice("h", "a") == nil)
    }

    @Test func `an empty table has metrics that are null`() throws {
        let evaluation = Evaluation(of: try read("label,prediction,score\n"))
        #expect(evaluation.rows == 0 && evaluation.metrics["accuracy"] == nil)
        #expect(evaluation.warnings.contains { $0.contains("there are no rows") })
    }

    @Test func `any bytes give an evaluation or an error, for every task`() {
        var random = SplitMix(seed: 21)
        let words = [
            "1", "0", "0.5", "", "nan", "inf", "-1e308", "1e308", "5e-324", "a", "\"b\"", "true", ",", "\n", "\"", "é",
            "\0",
        ]
        let columns = PredictionColumns(id: "id", score: "score", scores: "score*", slices: ["g"], sensitive: ["g"])
        for _ in 0..<6_000 {
            var text = "id,label,prediction,score,score1,score0,g\n"
            for row in 0..<Int.random(in: 0...6, using: &random) {
                var cells = ["r\(row)", "1", "0", "0.25", "0.5", "0.5", "x"]
                for _ in 0..<Int.random(in: 0...2, using: &random) {
                    cells[Int.random(in: 0..<7, using: &random)] =
                        words[Int.random(in: 0..<words.count, using: &random)]
                }
                text += cells.joined(separator: ",") + "\n"
            }
            for task in [ModelTask.binaryClassification, .multiclassClassification, .regression] {
                guard let one = try? Predictions(Array(text.utf8), task: task, columns: columns) else { continue }
                let json = Evaluation(of: one).json.text()
                #expect(!json.contains("nan") || text.contains("nan"))
                let comparison = try? Comparison(of: one, and: one, bootstrap: Bootstrap(replicates: 5))
                #expect(comparison == nil || comparison?.rows == one.rowCount)
            }
        }
    }

    @Test func `truth values are two classes however they are spelled`() throws {
        let text = "label,prediction,score_True,score_False\ntrue,True,0.9,0.1\nfalse,FALSE,0.2,0.8\n"
        let predictions = try Predictions(
            Array(text.utf8), task: .multiclassClassification, columns: PredictionColumns(scores: "score_*"))
        guard case .multiclass(let rows) = predictions.values else { return }
        #expect(rows.classes == ["false", "true"] && rows.labels == rows.predictions && rows.scores?.count == 2)
        #expect(Evaluation(of: predictions).metrics["accuracy"] == 1)
    }

    @Test func `classes that look like numbers and share a double stay apart`() throws {
        let text = "label,prediction\n1e2,100\n9007199254740993,9007199254740992\n"
        let predictions = try Predictions(
            Array(text.utf8), task: .multiclassClassification, columns: PredictionColumns())
        guard case .multiclass(let rows) = predictions.values else { return }
        #expect(rows.classes == ["100", "1e2", "9007199254740992", "9007199254740993"])
        #expect(Evaluation(of: predictions).metrics["accuracy"] == 0)
    }
}
