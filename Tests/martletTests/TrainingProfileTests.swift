import Domain
import Foundation
import TestSupport
import Testing

/// A dataset in a real repository whose table nobody here can have, with its stored profile in Git.
struct TrainingProfileTests {
    private static func table(shift: Int = 0) -> String {
        "size\n" + (0..<2_000).map { "\(($0 * 7919 + shift) % 1_009)\n" }.joined()
    }

    private static let gate = """
        apiVersion: martlet.dev/v1
        kind: Gate
        metadata: {name: g}
        spec:
          checks:
            - {check: monitor.data-invariants, threshold: 0.3}

        """

    private func dataset(_ digest: Digest, _ more: String) -> String {
        """
        apiVersion: martlet.dev/v1
        kind: Dataset
        metadata: {name: train}
        spec:
          uri: https://127.0.0.1:9/train.csv
          sha256: "\(digest.digits)"
        \(more)

        """
    }

    @Test func `served requests are compared with the profile, and without it the table is missed`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let digest = SHA256.digest(of: Array(Self.table().utf8))
            let log = (0..<2_000).map { #"{"request_id":"r\#($0)","features":{"size":\#(($0 * 7919) % 1_009)}}"# }
            try house.push(right: 9)
            let manifest = House.model("tumor") + "  training: {data: [train]}\n  serving: {log: log.jsonl}\n"
            let none = try house.commit([
                "gates/g.yaml": Self.gate, "models/tumor/model.yaml": manifest,
                "models/tumor/log.jsonl": log.joined(separator: "\n") + "\n", "data/train.yaml": dataset(digest, ""),
            ])
            func check() throws -> (code: Int, output: String) {
                let run = try house.martlet(["check", "tumor"])
                return (run.code, run.output)
            }
            #expect(try check().code != 0)

            try house.commit(["data/train.yaml": dataset(digest, "  profile: train.profile.json")])
            let validated = try house.martlet(["validate"])
            let words = "data/train.yaml:7:12: warning: profile: there is no file 'train.profile.json' in data"
            #expect((validated.output + validated.errors).contains(words), "\(validated)")
            let missing = try check()
            #expect(missing.code != 0 && missing.output.contains("but there is no such file"), "\(missing)")

            func save(_ table: String) throws -> String {
                try Data(table.utf8).write(to: URL(filePath: house.folder + "/train.csv"))
                let saved = try house.martlet([
                    "profile", house.folder + "/train.csv", "--save", "data/train.profile.json",
                ])
                try #require(saved.code == 0, "\(saved)")
                return try house.commit([:])
            }
            _ = try save(Self.table(shift: 1))
            let other = try check()
            #expect(other.code != 0 && other.output.contains("is a profile of sha256:"), "\(other)")
            let right = try save(Self.table())
            #expect(try house.martlet(["validate"]).code == 0)
            let passed = try check()
            #expect(passed.code == 0 && passed.output.contains("none of 1 features has drifted"), "\(passed)")
            let differences = try house.martlet(["diff", "tumor@\(none)", "tumor@\(right)"])
            #expect(differences.output.contains("train (profile)"), "\(differences)")
        }
    }
}
