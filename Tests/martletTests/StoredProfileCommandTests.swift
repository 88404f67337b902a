import Domain
import Foundation
import TestSupport
import Testing

@testable import Data
@testable import martlet

/// `profile --save`, and `drift` with what it writes.
struct StoredProfileCommandTests {
    private func csv(_ rows: Int, shift: Int = 0) -> String {
        "size,plan,price\n"
            + (0..<rows).map { row in
                "\(row % 9),\(row % 4 == 0 ? "NA" : "p\(row % 3)"),\((row * 7919 + shift) % 30011)\n"
            }
            .joined()
    }

    @Test func `a saved profile stands in for its table on either side, and says so`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.write(csv(400), to: "train.csv")
            try house.write(csv(300, shift: 99), to: "now.csv")
            let saved = try house.martlet(["profile", "train.csv", "--save", "profiles/train.json", "--output", "json"])
            #expect(saved.code == 0 && saved.errors.hasPrefix("saved profiles/train.json: "), "\(saved.errors)")
            #expect(saved.errors.contains("400 rows of sha256:") && saved.errors.contains("all values of 3 columns"))
            #expect(saved.output == (try house.martlet(["profile", "train.csv", "--output", "json"]).output))
            #expect(saved.output == (try house.martlet(["profile", "profiles/train.json", "--output", "json"]).output))
            try #require(try house.martlet(["profile", "now.csv", "--save", "profiles/now.json"]).code == 0)
            for output in ["json", "text"] {
                func drift(_ one: String, _ other: String) throws -> (output: String, errors: String) {
                    let run = try house.martlet(["drift", one, other, "--output", output])
                    #expect(run.code == 0, "\(run)")
                    return (run.output, run.errors)
                }
                let whole = try drift("train.csv", "now.csv")
                #expect(whole.errors.isEmpty)
                let reference = try drift("profiles/train.json", "now.csv")
                #expect(reference.output == whole.output)
                #expect(
                    reference.errors.hasPrefix("reference: a stored profile, 400 rows of sha256:"),
                    "\(reference.errors)")
                let current = try drift("train.csv", "profiles/now.json")
                #expect(
                    current.output == whole.output && current.errors.hasPrefix("current: a stored profile, 300 rows"))
                #expect(try drift("profiles/train.json", "profiles/now.json").output == whole.output)
            }
        }
    }

    @Test func `a large column is summarized, which is told with its error`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.write(csv(40_000), to: "train.csv")
            try house.write(csv(20_000, shift: 99), to: "now.csv")
            let saved = try house.martlet(["profile", "train.csv", "--save", "train.json"])
            #expect(saved.errors.contains("all values of 2 columns, summaries of 1"), "\(saved.errors)")
            let text = try house.martlet(["drift", "train.json", "now.csv"])
            #expect(
                text.output.contains(
                    "its figures are estimates: ks_statistic, and its p-values with it, is off by at most 0.0001"),
                "\(text)")
            #expect(text.errors.contains("summaries of 1"))
            let json = try house.json(["drift", "train.json", "now.csv", "--output", "json"])
            let columns = try #require(json["columns"] as? [String: [String: Any]])
            #expect(columns["price"]?["exact"] as? Bool == false && columns["size"]?["exact"] as? Bool == true)
        }
    }

    @Test func `the table of now is read as the profile's was, unless other words are given`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.write(csv(400), to: "train.csv")
            try #require(try house.martlet(["profile", "train.csv", "--null", "NA", "--save", "train.json"]).code == 0)
            func nulls(_ more: String...) throws -> Double? {
                let json = try house.json(["drift", "train.json", "train.csv", "--output", "json"] + more)
                return (json["columns"] as? [String: [String: Any]])?["plan"]?["null_rate_current"] as? Double
            }
            #expect(try nulls() == 0.25 && nulls("--null", "none") == 0)
        }
    }

    @Test func `parts have the profile of the whole, and a folder gets it under its digest`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let lines = csv(600).split(separator: "\n", omittingEmptySubsequences: false)
            try house.write(csv(600), to: "whole.csv")
            try house.write(lines[..<200].joined(separator: "\n") + "\n", to: "a.csv")
            try house.write((lines[..<1] + lines[200...]).joined(separator: "\n"), to: "b.csv")
            try FileManager.default.createDirectory(atPath: house.work + "/kept", withIntermediateDirectories: true)
            try #require(try house.martlet(["profile", "whole.csv", "--save", "kept"]).code == 0)
            let name = try #require(FileManager.default.contentsOfDirectory(atPath: house.work + "/kept").first)
            #expect(name.count == 69 && name.hasSuffix(".json"), "\(name)")
            let bytes = Array(try Data(contentsOf: URL(filePath: house.work + "/kept/\(name)")))
            #expect(SHA256.digest(of: bytes).digits == name.dropLast(5))
            try #require(try house.martlet(["profile", "a.csv", "b.csv", "--save", "parts.json"]).code == 0)
            func columns(_ file: String) throws -> Substring {
                let text = try String(contentsOfFile: house.work + "/" + file, encoding: .utf8)
                return text[try #require(text.range(of: "\"columns\"")).lowerBound...]
            }
            #expect(try columns("parts.json") == columns("kept/\(name)"))
        }
    }

    @Test func `stored profiles of parts are merged, with what they say of their errors and how they were read`()
        async throws
    {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let lines = csv(36_000).split(separator: "\n", omittingEmptySubsequences: false)
            try house.write(lines[..<18_000].joined(separator: "\n") + "\n", to: "a.csv")
            try house.write((lines[..<1] + lines[18_000...]).joined(separator: "\n"), to: "b.csv")
            for name in ["a", "b"] {
                let saved = try house.martlet(["profile", "\(name).csv", "--null", "NA", "--save", "\(name).json"])
                try #require(saved.code == 0 && saved.errors.contains("summaries of 1"), "\(saved)")
            }
            for parts in [["a.json", "b.json"], ["a.json", "b.csv"]] {
                let run = try house.martlet(["profile"] + parts + ["--save", "all.json"])
                #expect(run.code == 0 && run.errors.contains("36000 rows of sha256:"), "\(run)")
                #expect(
                    run.output.contains("column `price` is known from a summary: a rank is off by at most 0.000"),
                    "\(run)")
                let columns = try #require(
                    try house.json(["profile", "all.json", "--output", "json"])["columns"] as? [String: [String: Any]])
                #expect(columns["plan"]?["nulls"] as? Int == 9_000 && columns["size"]?["exact"] as? Bool == true)
                let distinct = try #require(columns["price"]?["distinct_non_null"] as? Int)
                #expect(abs(distinct - 30_011) < 2_000)
                let drift = try house.martlet(["drift", "all.json", "a.csv"])
                #expect(drift.output.contains("shares by at most twice as much as ks_statistic"), "\(drift)")
            }
            try #require(try house.martlet(["profile", "b.csv", "--save", "other.json"]).code == 0)
            let refused = try house.martlet(["profile", "a.json", "other.json"])
            #expect(
                refused.code == 3
                    && refused.errors.contains(
                        "other.json: made with another --null or --decimal than a.json; profile their tables alike"),
                "\(refused)")
        }
    }

    @Test func `a file that is no stored profile is told with its place, and nothing else is overwritten`() async throws
    {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.write(csv(40), to: "t.csv")
            let refused = try house.martlet(["profile", "t.csv", "--save", "t.csv"])
            #expect(refused.code == 2 && refused.errors.contains("t.csv is there already"), "\(refused.errors)")
            try house.write(try house.martlet(["profile", "t.csv", "--output", "json"]).output, to: "printed.json")
            try house.write("{\"format\":\"martlet-profile\",\"version\":7}", to: "later.json")
            try house.write("{\"format\":\"martlet-profile\",\n\"version\":1,,", to: "torn.json")
            for (file, words) in [
                (
                    "printed.json",
                    "printed.json: this is what `martlet profile` prints, which is not enough to compare with; write one"
                ),
                (
                    "later.json",
                    "later.json: the version of the stored profile is 7, expected 1; write the profile anew"
                ),
                ("torn.json", "torn.json:2:13: expected a name in quotes; write the profile anew"),
            ] {
                for arguments in [["drift", file, "t.csv"], ["drift", "t.csv", file], ["profile", file]] {
                    let run = try house.martlet(arguments)
                    #expect(run.code == 3 && run.errors.contains(words) && run.output.isEmpty, "\(run)")
                }
            }
            try #require(try house.martlet(["profile", "t.csv", "--save", "p.json"]).code == 0)
            #expect(try house.martlet(["profile", "t.csv", "--save", "p.json"]).code == 0)
        }
    }

    @Test func `what is shown of mutated profiles is text`() throws {
        let profile = try TableProfile(Array(csv(60).utf8))
        let start = try StoredProfile(of: profile, sources: []).bytes()
        let pieces = ["1e308", "-1e308", "1099511627776", "0", "\"inf\"", "[]", "{}", "5e-324", "999"].map {
            Array($0.utf8)
        }
        var random = SplitMix(seed: 3)
        func next(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
        var shown = 0
        for _ in 0..<1_500 {
            var bytes = start
            let place = next(bytes.count)
            if next(2) == 0 {
                bytes[place] = UInt8(ascii: "0") + UInt8(next(10))
            } else {
                bytes.replaceSubrange(place..<min(bytes.count, place + next(12)), with: pieces[next(pieces.count)])
            }
            guard let stored = try? StoredProfile(bytes) else { continue }
            shown += 1
            let text = try ProfileText.text(stored.profile, histograms: stored.profile.columns.map(\.name), width: 80)
            #expect(!text.isEmpty)
            _ = DriftText.text(Drift(reference: stored.profile, current: profile), width: 80)
        }
        #expect(shown > 10)
    }
}
