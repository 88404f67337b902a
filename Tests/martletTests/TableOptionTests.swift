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
}
