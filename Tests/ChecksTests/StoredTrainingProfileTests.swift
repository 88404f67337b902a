import Domain
import Testing

@testable import Checks
@testable import Data

/// `monitor.data-invariants` with a dataset that names a stored profile in place of its table.
@Suite struct StoredTrainingProfileTests {
    private static func csv(_ rows: Int) -> [UInt8] {
        let lines = (0..<rows).map { row in "\((row * 7919) % 50_021),\(["a", "b", "c"][row % 3])\n" }
        return Array(("size,plan\n" + lines.joined()).utf8)
    }

    /// Requests like the data, each size moved by `shift`.
    private func specimen(
        _ csv: [UInt8], shift: Double = 0, profile: [UInt8]? = nil, more: [(String, JSON)] = []
    ) async throws -> Specimen {
        var specimen = Specimen(
            manifest: [
                "task": "regression", "artifact": ["path": "m"], "training": ["data": ["train"]],
                "serving": ["log": "log.jsonl"],
            ])
        let log = (0..<3_000).map { row in
            let (size, plan) = (Double((row * 6007) % 50_021) + shift, ["a", "b", "c"][row % 3])
            return #"{"request_id":"r\#(row)","features":{"size":\#(size),"plan":"\#(plan)"}}"#
        }
        specimen.files["log.jsonl"] = Array(log.joined(separator: "\n").utf8)
        let digest = SHA256.digest(of: csv)
        let pointer: [(String, JSON)] = [
            ("uri", "https://example.com/train.csv"), ("sha256", .string(digest.digits)),
            ("profile", "train.profile.json"),
        ]
        specimen.datasets["train"] = .object(pointer + more)
        // The table itself cannot be had.
        specimen.data["train"] = Array("size\nnothing\n".utf8)
        if let profile {
            let blob = try await specimen.store.write { try $0.write(blob: profile) }
            specimen.blobs["data/train.profile.json"] = blob
        }
        return specimen
    }

    private func profile(_ csv: [UInt8], of bytes: [UInt8]? = nil, nulls: [String] = []) throws -> [UInt8] {
        let source = StoredProfile.Source(sha256: SHA256.digest(of: bytes ?? csv), size: csv.count)
        let options = TableOptions(nullSpellings: nulls)
        return try StoredProfile(
            of: TableProfile(csv, options: ProfileOptions(table: options)), sources: [source], options: options
        ).bytes()
    }

    @Test(arguments: [3_000, 50_021]) func `the profile stands in for the table`(rows: Int) async throws {
        let csv = Self.csv(rows)
        let stored = try profile(csv)
        for shift in [0.0, 5_000] {
            let outcome = try await specimen(csv, shift: shift, profile: stored).run(DataInvariants.self)
            var plain = try await specimen(csv, shift: shift)
            plain.datasets = [:]
            plain.data["train"] = csv
            let expected = try await plain.run(DataInvariants.self)
            #expect(
                outcome.verdict == expected.verdict && outcome.verdict == (shift > 0 ? .fail : .pass),
                "\(outcome.words)")
            if rows == 3_000 { #expect(outcome.measurements == expected.measurements) }
        }
    }

    @Test func `a profile that is missing, torn, of other bytes or read otherwise is inconclusive, with the reason`()
        async throws
    {
        let csv = Self.csv(2_000), stored = try profile(csv)
        func words(_ bytes: [UInt8]?, more: [(String, JSON)] = []) async throws -> String {
            let outcome = try await specimen(csv, profile: bytes, more: more).run(DataInvariants.self)
            #expect(outcome.verdict == .inconclusive, "\(outcome.words)")
            return outcome.words
        }
        let missing = try await words(nil)
        #expect(
            missing.contains("data/train.yaml names the profile data/train.profile.json, but there is no such file"))
        let torn = try await words(Array(stored.dropLast(40)))
        #expect(torn.contains("data/train.profile.json: line ") && torn.contains("write the profile anew"), "\(torn)")
        let other = try await words(profile(csv, of: [1]))
        #expect(other.contains("data/train.profile.json is a profile of sha256:4bf5122f"), "\(other)")
        #expect(other.contains("but the dataset is \(SHA256.digest(of: csv))"), "\(other)")
        let nulls = try await words(stored, more: [("nulls", ["NA"])])
        #expect(nulls.contains("write it anew with martlet profile --null 'NA' --save"), "\(nulls)")
        let read = try await specimen(csv, profile: profile(csv, nulls: ["NA"]), more: [("nulls", ["NA"])])
        #expect(try await read.run(DataInvariants.self).verdict == .pass)
    }

    @Test func `texts of which too few are kept leave it open whether they drift`() async throws {
        let lines = (0..<60_000).map { "k\(($0 * 7919) % 30_000)\n" }
        let csv = Array(("plan\n" + lines.joined()).utf8)
        var specimen = try await specimen(csv, profile: profile(csv))
        let log = (0..<60_000).map { #"{"request_id":"r\#($0)","features":{"plan":"k\#(($0 * 7919) % 30_000 + 9)"}}"# }
        specimen.files["log.jsonl"] = Array(log.joined(separator: "\n").utf8)
        let outcome = try await specimen.run(DataInvariants.self, ["threshold": 0.5])
        #expect(outcome.verdict == .inconclusive, "\(outcome.words)")
        #expect(outcome.words.contains("what is kept of large or stored data cannot tell: its distance is between"))
    }
}
