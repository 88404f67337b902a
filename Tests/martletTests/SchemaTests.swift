import Domain
import Foundation
import TestSupport
import Testing

/// `martlet schema KIND` and `martlet schema infer FILE`.
struct SchemaTests {
    @Test func `the schema of a kind is printed, and that of a table inferred`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            for command in [["schema", "Model"], ["schema", "kind", "Model"]] {
                let kind = try house.martlet(command)
                #expect(kind.code == 0 && kind.output.contains("json-schema.org"), "\(kind)")
            }
            try house.write("x,y\n1,a\n2.5,\n-3,b\n", to: "train.csv")
            try house.write("{\"x\": 9, \"y\": null}\n", to: "eval.jsonl")
            let text = try house.martlet(["schema", "infer", "train.csv", "eval.jsonl", "--label", "y"])
            #expect(text.code == 0 && text.output.contains("  name: train\n"), "\(text)")
            #expect(text.output.contains("- {name: x, type: float, min: -3, max: 9}"), "\(text)")
            #expect(
                text.output.contains("{name: \"y\", type: string, role: label, nullable: true, maxNullShare: 1}"),
                "\(text)"
            )
            let json = try house.json(["schema", "infer", "train.csv", "--name", "risk", "--output", "json"])
            #expect((json["metadata"] as? [String: Any])?["name"] as? String == "risk")
            #expect(((json["spec"] as? [String: Any])?["columns"] as? [[String: Any]])?.count == 2)
        }
    }

    @Test func `columns that no schema can hold are told of`() async throws {
        try await withHouse(rooms: []) { house in
            let table = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "Fixtures/formats/nested.parquet").path()
            let (schema, profile) = (
                try house.martlet(["schema", "infer", table]), try house.martlet(["profile", table])
            )
            #expect(schema.code == 0 && schema.errors.contains("is nested, and is left out"), "\(schema)")
            #expect(profile.output.contains("is nested, and is left out"), "\(profile)")
            #expect(!schema.output.contains("nested,"))
        }
    }

    @Test func `what was not meant is told`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.write("x,y\n1,a\n", to: "train.csv")
            let cases: [([String], Int, String)] = [
                (["train.csv", "--name", "a b"], 2, "no name"), (["none.csv"], 3, "none.csv"), ([], 2, "files"),
                (["train.csv", "--label", "z"], 2, "no column 'z'"),
            ]
            for (arguments, code, words) in cases {
                let run = try house.martlet(["schema", "infer"] + arguments)
                #expect(run.code == code && run.errors.contains(words), "\(arguments): \(run)")
            }
            #expect(try house.martlet(["schema", "Modl"]).errors.contains("did you mean 'Model'?"))
        }
    }
}
