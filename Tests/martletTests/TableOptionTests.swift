import Foundation
import TestSupport
import Testing

/// What the commands that read tables are told about labels and numbers.
struct TableOptionTests {
    @Test func `labels that are not 0 and 1 are evaluated and compared with the positive one named`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.write("id,label,prediction\na,yes,yes\nb,no,yes\nc,no,no\nd,yes,yes\n", to: "p.csv")
            try house.write("id,label,prediction\na,yes,yes\nb,no,no\nc,no,no\nd,yes,no\n", to: "q.csv")
            let columns = ["--task", "binary-classification", "--label", "label", "--prediction", "prediction"]
            let refused = try house.martlet(["evaluate", "p.csv"] + columns)
            #expect(
                refused.code == 3 && refused.errors.contains("`no` or `yes`: --positive VALUE"), "\(refused.errors)")
            let json = try house.json(
                ["evaluate", "p.csv"] + columns + ["--positive", "yes", "--output", "json"])
            let metrics = json["metrics"] as? [String: Any]
            #expect(metrics?["tp"] as? Int == 2 && metrics?["fp"] as? Int == 1 && json["positive"] as? String == "yes")
            let pair = try house.json(
                ["compare", "p.csv", "q.csv", "--id", "id"] + columns + ["--positive", "no", "--output", "json"])
            #expect((pair["mcnemar"] as? [String: Any])?["only_first_correct"] as? Int == 1)
            #expect(try house.martlet(["evaluate", "p.csv"] + columns + ["--positive", "Yes"]).code == 3)
            let wrong = ["evaluate", "p.csv", "--task", "regression"] + columns.dropFirst(2) + ["--positive", "yes"]
            #expect(try house.martlet(wrong).code == 2)
        }
    }

    @Test func `a column that is not there is wrong use`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.write("id,label,prediction\na,1,1\nb,0,1\n", to: "p.csv")
            try house.write("{\"id\": 1, \"label\": 1, \"prediction\": 0}\n", to: "p.jsonl")
            let task = ["--task", "binary-classification"]
            let parquet = URL(filePath: #filePath).deletingLastPathComponent().appending(
                path: "../Fixtures/formats/plain-uncompressed.parquet"
            ).path
            for file in ["p.csv", "p.jsonl", parquet] {
                let columns = ["--label", "zz", "--prediction", "zz2"]
                let run = try house.martlet(["evaluate", file] + task + columns)
                #expect(run.code == 2 && run.errors.contains("there is no column `zz`"), "\(run)")
            }
            // What is wrong with a file is not the user's slip.
            try house.write("id,label\na,1,1\n", to: "torn.csv")
            let run = try house.martlet(["evaluate", "torn.csv"] + task + ["--label", "label", "--prediction", "id"])
            #expect(run.code == 3, "\(run)")
        }
    }

    @Test func `decimal commas are read with an option`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.write("label;prediction\n1,5;1\n2;2,5\n", to: "p.csv")
            let columns = ["p.csv", "--task", "regression", "--label", "label", "--prediction", "prediction"]
            let refused = try house.martlet(["evaluate"] + columns)
            #expect(refused.code == 3 && refused.errors.contains("--decimal ,"), "\(refused.errors)")
            let json = try house.json(["evaluate"] + columns + ["--decimal", ",", "--output", "json"])
            #expect((json["metrics"] as? [String: Any])?["mae"] as? Double == 0.5)
            let profile = try house.json(["profile", "p.csv", "--decimal", ",", "--output", "json"])
            let label = (profile["columns"] as? [String: [String: Any]])?["label"]
            #expect(label?["mean"] as? Double == 1.75)
            #expect(try house.martlet(["profile", "p.csv", "--decimal", "x"]).code == 2)
        }
    }

    @Test func `what stands for no value is named to every command that reads a table`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.write("id,label,prediction,score\na,1,1,0.9\nb,0,0,-999\nc,1,0,0.4\nd,0,0,NA\n", to: "p.csv")
            let columns = [
                "--task", "binary-classification", "--label", "label", "--prediction", "prediction", "--score", "score",
                "--output", "json",
            ]
            let nulls = ["--null", "-999", "--null", "NA"]
            #expect(try house.martlet(["evaluate", "p.csv"] + columns).code == 3)
            let json = try house.json(["evaluate", "p.csv"] + columns + nulls)
            let metrics = try #require(json["metrics"] as? [String: Any])
            #expect(metrics["accuracy"] as? Double == 0.75 && metrics["auc"] is NSNull)
            #expect("\(json["warnings"] ?? "")".contains("2 of 4 rows have no score"))
            let pair = try house.json(["compare", "p.csv", "p.csv", "--id", "id"] + columns + nulls)
            #expect(pair["rows"] as? Int == 4)
            for command in [["profile", "p.csv"], ["drift", "p.csv", "p.csv"], ["schema", "infer", "p.csv"]] {
                let run = try house.martlet(command + nulls + ["--output", "json"])
                #expect(run.code == 0, "\(command): \(run)")
            }
            let profile = try house.json(["profile", "p.csv"] + nulls + ["--output", "json"])
            let score = (profile["columns"] as? [String: [String: Any]])?["score"]
            #expect(score?["nulls"] as? Int == 2 && score?["min"] as? Double == 0.4)
        }
    }

    @Test func `several files are profiled as the one table that they are parts of`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.write("id,code,size\n1,7,2.5\n2,08,\n", to: "a.csv")
            try house.write("size,id,code\n4,3,A9\n,4,7\n", to: "b.csv")
            try house.write("id,code,size\n1,7,2.5\n2,08,\n3,A9,4\n4,7,\n", to: "whole.csv")
            func profile(_ files: String...) throws -> String {
                try house.martlet(["profile"] + files + ["--output", "json"]).output
            }
            let whole = try profile("whole.csv")
            #expect(try profile("a.csv", "b.csv") == whole && whole.contains("A9"), "\(whole)")

            try house.write("{\"a\": 1}\n", to: "a.jsonl")
            try house.write("{\"b\": \"x\", \"a\": 2}\n", to: "b.jsonl")
            try house.write("{\"a\": 1}\n{\"b\": \"x\", \"a\": 2}\n", to: "whole.jsonl")
            #expect(try profile("a.jsonl", "b.jsonl") == profile("whole.jsonl"))

            try house.write("id,size\n5,1\n", to: "c.csv")
            try house.write("id,code,size,more\n5,1,1,1\n", to: "d.csv")
            for (file, words) in [("c.csv", "there is no column `code`"), ("d.csv", "there is a column `more`")] {
                let refused = try house.martlet(["profile", "a.csv", file])
                #expect(refused.code == 3 && refused.errors.contains("\(file): \(words)"), "\(refused.errors)")
            }
        }
    }

    @Test func `columns that are asked for wrongly end with 2`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.write("label,prediction,score,score_1\n1,1,0.5,1\n1,1,0.5,1\n", to: "p.csv")
            let columns = ["evaluate", "p.csv", "--label", "label", "--prediction", "prediction", "--task"]
            let (several, number) = ("multiclass-classification", "regression")
            let runs = [
                ([several, "--scores", "score"], "one star"), ([several, "--scores", "none_*"], "no column `none_*`"),
                ([number, "--slice", "label"], "both a number and a group"),
                ([several, "--score", "nope"], "with --scores"), ([number, "--score", "score"], "--score is of"),
                ([number, "--scores", "score_*"], "--scores is of"),
                (["binary-classification", "--scores", "score_*"], "--score"),
            ]
            for (options, words) in runs {
                let run = try house.martlet(columns + options)
                #expect(run.code == 2 && run.errors.contains(words), "\(options): \(run)")
            }
            #expect(try house.martlet(columns + [several, "--scores", "score_*"]).code == 0)
        }
    }

    /// 300 million rows in 5 KB.
    @Test func `evaluate and compare refuse more rows than fit into memory`() async throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../DataTests/Reference/large/many-rows.parquet"
        ).path
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let columns = ["--task", "binary-classification", "--label", "label", "--prediction", "prediction"]
            for command in [["evaluate", file], ["compare", file, file, "--id", "label"]] {
                let run = try house.martlet(command + columns)
                #expect(run.code == 3, "\(run)")
                #expect(
                    run.errors.contains("300,000,000 rows, more than the 50,000,000")
                        && run.errors.contains("take a sample of them"), "\(run)")
            }
        }
    }

    @Test func `evaluate writes the rows to look at into a new file, and into no other`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let rows = (0..<30).map { "s\($0),1,1,0.99\n" }.joined()
            try house.write("id,label,prediction,score\n\"a, \"\"b\"\"\",1,0,0.1\nc,0,0,0.45\n" + rows, to: "p.csv")
            let columns = [
                "evaluate", "p.csv", "--task", "binary-classification", "--label", "label", "--prediction",
                "prediction", "--id", "id",
            ]
            let list = ["--score", "score", "--hard", "look/at.csv"]
            #expect(try house.martlet(columns + list).code == 0)
            #expect(
                try String(contentsOfFile: house.work + "/look/at.csv", encoding: .utf8).hasPrefix(
                    "id,reason,score,label,prediction,against,slice\n\"a, \"\"b\"\"\",confidently-wrong,0.1,1,0,,\n"
                        + "c,uncertain,0.45,0,0,,\n"
                ))
            let again = try house.martlet(columns + list)
            #expect(again.code == 2 && again.errors.contains("look/at.csv: it is there already"), "\(again.errors)")
            let plain = try house.martlet(columns + ["--hard", "other.csv"])
            #expect(plain.code == 2 && plain.errors.contains("--hard needs the scores"), "\(plain.errors)")
            #expect(!FileManager.default.fileExists(atPath: house.work + "/other.csv"))
            // Another version needs no scores.
            try house.write(
                "id,label,prediction\nc,0,1\n\"a, \"\"b\"\"\",1,0\n" + rows.replacing(",0.99", with: ""), to: "q.csv")
            let pair = columns + ["--hard", "pair.csv", "--against", "q.csv"]
            #expect(try house.martlet(pair).code == 0)
            #expect(
                try String(contentsOfFile: house.work + "/pair.csv", encoding: .utf8)
                    == "id,reason,score,label,prediction,against,slice\nc,versions-disagree,,0,0,1,\n")
            try house.write("id,label,prediction\nc,1,1\n", to: "r.csv")
            let unlike = try house.martlet(columns + ["--hard", "more.csv", "--against", "r.csv"])
            #expect(
                unlike.code == 3 && unlike.errors.contains("p.csv, r.csv: 1 rows have another label"),
                "\(unlike.errors)")
            let alone = try house.martlet(columns + ["--against", "q.csv"])
            #expect(alone.code == 2 && alone.errors.contains("--against is for --hard"), "\(alone.errors)")
        }
    }
}
