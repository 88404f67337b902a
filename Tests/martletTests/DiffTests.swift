import Domain
import Foundation
import TestSupport
import Testing

/// `martlet diff` on versions whose manifests are the same.
struct DiffTests {
    @Test func `another artifact and other files are shown, and long values cut in text only`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let list = (0..<200).map(String.init).joined(separator: ", ")
            func push(_ note: String, _ columns: String) throws -> String {
                let manifest = House.model("tumor") + "  training: {params: params.yaml}\n"
                try house.push(right: 9, note)
                return try house.commit([
                    "models/tumor/model.yaml": manifest,
                    "models/tumor/params.yaml": "columns: [\(columns)]\nrate: 1.0000000\(note == "one" ? 1 : 2)\n",
                    "models/tumor/\(note).txt": "x\n",
                ])
            }
            let first = try push("one", list), second = try push("two", list + ", 200")
            let text = try house.martlet(["diff", "tumor@\(first)", "tumor@\(second)"])
            #expect(text.code == 0, "\(text)")
            for word in ["content", "model.bin", "two.txt", "columns"] {
                #expect(text.output.contains(word), "\(text)")
            }
            #expect(text.output.contains("1.00000001") && text.output.contains("1.00000002"), "\(text)")
            #expect(text.output.split(separator: "\n").allSatisfy { $0.count < 160 }, "\(text)")
            let json = try JSON(
                parsing: Array(
                    house.martlet(["diff", "tumor@\(first)", "tumor@\(second)", "--output", "json"]).output.utf8))
            #expect(json["files"]?["two.txt"]?["first"] == .null)
            #expect(json["files"]?["model.bin"] != nil && json["files"]?["one.txt"] == nil)
            #expect(json["artifact"]?["content"]?["first"] != json["artifact"]?["content"]?["second"])
            #expect(json["parameters"]?["columns"]?["second"]?.array?.count == 201)
            #expect(json["metrics"]?["accuracy"]?["first"]?.double != nil, "\(json.text())")
            #expect(json["missing"] == [])
        }
    }

    @Test func `metrics of other rows or of other labels are told`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let manifest = House.model("tumor", evaluation: "{predictions: predictions.csv, columns: {id: id}}")
            func push(_ note: String, _ labels: [Int]) throws -> String {
                let rows = labels.enumerated().map { "r\($0.offset),\($0.element),1\n" }.joined()
                try house.push(right: 9, note)
                return try house.commit([
                    "models/tumor/model.yaml": manifest, "models/tumor/predictions.csv": "id,label,prediction\n" + rows,
                ])
            }
            let first = try push("one", [1, 0, 1, 1]), second = try push("two", [1, 0, 1, 0])
            let third = try push("three", [1, 0, 1, 1, 1])
            func remarks(_ one: String, _ two: String) throws -> String {
                let text = try house.martlet(["diff", "tumor@\(one)", "tumor@\(two)", "--output", "json"]).output
                return (try JSON(parsing: Array(text.utf8))["remarks"]?.array ?? []).compactMap(\.string).joined()
            }
            #expect(
                try remarks(first, second)
                    == "the metrics are not of the same rows and labels: 1 rows have another label in the second table, first id `r3`: `1` and `0`"
            )
            #expect(
                try remarks(first, third)
                    == "the metrics are of other rows: 4 of 4 and of 5 have predictions of both")
            #expect(try remarks(first, first).isEmpty)
            let text = try house.martlet(["diff", "tumor@\(first)", "tumor@\(second)"]).output
            #expect(text.contains("  the metrics are not of the same rows and labels: 1 rows"), "\(text)")
        }
    }

    @Test func `parameters behind a pointer are compared, and what cannot be had is named`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let manifest = House.model("tumor") + "  training: {params: params.yaml}\n"
            func push(_ rate: String, _ predictions: String) throws -> String {
                let bytes = Array("rate: \(rate)\n".utf8), digits = SHA256.digest(of: bytes).digits
                let place = URL(
                    filePath:
                        "\(house.work)/.git/lfs/objects/\(digits.prefix(2))/\(digits.dropFirst(2).prefix(2))/\(digits)")
                try FileManager.default.createDirectory(
                    at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(bytes).write(to: place)
                try house.push(right: 9, rate)
                return try house.commit([
                    "models/tumor/model.yaml": manifest, "models/tumor/predictions.csv": predictions,
                    "models/tumor/params.yaml":
                        "version https://git-lfs.github.com/spec/v1\noid sha256:\(digits)\nsize \(bytes.count)\n",
                ])
            }
            let lost =
                "version https://git-lfs.github.com/spec/v1\noid sha256:\(String(repeating: "1", count: 64))\nsize 9\n"
            let first = try push("0.1", House.predictions(right: 8)), second = try push("0.25", lost)
            let text = try house.martlet(["diff", "tumor@\(first)", "tumor@\(second)"])
            #expect(text.code == 0 && text.output.contains("+0.15"), "\(text)")
            #expect(text.output.contains("predictions.csv is a Git LFS pointer"), "\(text)")
            let json = try JSON(
                parsing: Array(
                    house.martlet(["diff", "tumor@\(second)", "tumor@\(second)", "--output", "json"]).output.utf8))
            #expect(json["missing"]?.array?.count == 2 && json["missing"]?.array?[0]["section"] == "metrics")
            let same = try house.martlet(["diff", "tumor@\(second)", "tumor@\(second)"])
            #expect(same.output.contains("metrics: not to be had\n"), "\(same)")
        }
    }
}
