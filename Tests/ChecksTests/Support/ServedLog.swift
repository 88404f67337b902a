import Domain

@testable import Checks

extension Specimen {
    /// The same with a serving log of the first rows of the evaluation's dataset, answered as the predictions say.
    func logged(_ count: Int = 5, _ changed: (Int, inout [JSON.Member]) -> Void = { _, _ in }) throws -> Specimen {
        var copy = setting("serving", to: ["log": "log.jsonl"])
        let rows = try Fixture.text("tumor/data/eval.csv").split(separator: "\n").map { $0.split(separator: ",") }
        let answers = String(decoding: files["predictions.csv"] ?? [], as: UTF8.self).split(separator: "\n").dropFirst()
            .map { $0.split(separator: ",") }
        let others = ["sample_id", "size_band", "malignant"]
        let lines = (0..<count).map { row in
            let features = zip(rows[0], rows[row + 1]).filter { !others.contains(String($0.0)) }
            var members = [
                JSON.Member("request_id", .string("r\(row)")), JSON.Member("version", "v1"),
                JSON.Member("features", .object(features.map { JSON.Member(String($0), .double(Double($1) ?? 0)) })),
                JSON.Member("prediction", .int(Int(answers[row][2]) ?? -1)),
                JSON.Member("score", .double(Double(answers[row][3]) ?? .nan)),
            ]
            changed(row, &members)
            return JSON.object(members.map { ($0.key, $0.value) }).text()
        }
        copy.files["log.jsonl"] = Array(lines.joined(separator: "\n").utf8)
        return copy
    }
}
