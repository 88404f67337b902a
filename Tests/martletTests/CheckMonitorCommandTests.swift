import Domain
import Foundation
import TestSupport
import Testing

/// A version in production that is asked what it was not trained for goes back by itself: the binary, a real check, a real log.
struct CheckMonitorCommandTests {
    private static func log(_ shift: Int) -> String {
        (0..<2_000).map { #"{"request_id":"r\#($0)","features":{"size":\#(($0 * 7919) % 1_009 + shift)}}"# + "\n" }
            .joined()
    }

    @Test(arguments: ["rollback", "hold"])
    func `served requests that drift from the training data call for the monitor's action`(action: String) async throws
    {
        try await withHouse(rooms: []) { house in
            let log = "file://\(house.folder)/served/{model}/{revision}.jsonl"
            let monitor = """
                  monitors:
                    - name: inputs
                      check: {check: monitor.data-invariants, threshold: 0.3}
                      files: {log: "\(log)"}
                      action: \(action)
                """
            let table = "size\n" + (0..<2_000).map { "\(($0 * 7919) % 1_009)\n" }.joined()
            let dataset =
                "apiVersion: martlet.dev/v1\nkind: Dataset\nmetadata: {name: train}\nspec: {path: train.csv}\n"
            let model = House.model("tumor") + "  training: {data: [train]}\n"
            try house.commit([
                "environments/dev/environment.yaml": house.environment(.init(name: "dev", more: monitor)),
                "environments/dev/tumor.yaml": House.deployment("tumor"), "data/train.csv": table,
                "data/train.yaml": dataset,
            ])
            func push(right: Int, served: String) throws -> String {
                try house.push(right: right)
                let revision = try house.commit(["models/tumor/model.yaml": model + "# \(right)\n"])
                let folder = house.folder + "/served/tumor"
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                try Data(served.utf8).write(to: URL(filePath: "\(folder)/\(revision).jsonl"))
                return revision
            }
            let first = try push(right: 8, served: Self.log(0))
            try house.reconcile()
            #expect(try house.martlet(["validate"]).code == 0)
            let status = try house.martlet(["status", "-C", house.origin]).output
            #expect(status.contains("verified") && status.contains(first.prefix(7)), "\(status)")
            let second = try push(right: 9, served: Self.log(400))
            _ = try house.martlet(["reconcile", "-C", house.origin])
            _ = try house.martlet(["reconcile", "-C", house.origin])
            let message = try git("log", "--format=%B", "-1", "main", in: house.origin)
            #expect(message.contains("Martlet-Action: \(action)"), "\(message)")
            #expect(message.contains("monitor inputs"), "\(message)")
            #expect(message.contains("size: Wasserstein distance"), "\(message)")
            let after = try house.martlet(["status", "-C", house.origin]).output
            #expect(after.contains((action == "rollback" ? first : second).prefix(7)), "\(after)")
        }
    }
}
