import Domain
import Testing

@testable import Checks

@Suite struct DataInvariantsTests {
    /// Served requests drawn from the training data itself, each with a feature changed.
    private func served(_ rows: Int, _ change: (Double) -> Double = { $0 }) throws -> Specimen {
        var specimen = try Specimen.version("v1").setting("serving", to: ["log": "log.jsonl"])
        let lines = try Fixture.text("tumor/data/train.csv").split(separator: "\n").map { $0.split(separator: ",") }
        let place = try #require(lines[0].firstIndex(of: "mean_radius"))
        var log: [String] = []
        for index in 0..<rows {
            let row = lines[1 + (index * 9) % (lines.count - 1)]
            let radius = change(Double(row[place]) ?? 0)
            log.append(
                #"{"request_id":"r\#(index)","features":{"mean_radius":\#(radius),"mean_texture":\#(row[place + 1])}}"#)
        }
        // The model asks for two of the many features that the data has.
        let columns = specimen.schema?["columns"]?.array ?? []
        specimen.schema = [
            "columns": .array(
                columns.filter { column in
                    column["role"] != "feature" || ["mean_radius", "mean_texture"].contains(column["name"]?.string)
                })
        ]
        specimen.files["log.jsonl"] = Array(log.joined(separator: "\n").utf8)
        return specimen
    }

    @Test func `requests like the training data pass`() async throws {
        let outcome = try await served(2800).run(DataInvariants.self, ["threshold": 0.3])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test func `one request without a number does not make a feature drift`() async throws {
        var specimen = try served(2800)
        specimen.schema = nil
        let odd = #"{"request_id":"x","features":{"mean_radius":"N/A","mean_texture":17}}"# + "\n"
        specimen.files["log.jsonl"] = Array(odd.utf8) + (specimen.files["log.jsonl"] ?? [])
        let outcome = try await specimen.run(DataInvariants.self, ["threshold": 0.3])
        #expect(outcome.verdict == .pass, "\(outcome.words)")
    }

    @Test func `requests of long ago are no requests of today`() async throws {
        var specimen = try served(2800)
        let text = String(decoding: specimen.files["log.jsonl"] ?? [], as: UTF8.self)
        specimen.files["log.jsonl"] = Array(
            text.replacing("{\"request_id\"", with: #"{"ts":"2020-01-06T15:35:07Z","request_id""#).utf8)
        let outcome = try await specimen.run(DataInvariants.self, ["threshold": 0.3, "window": "7d", "maxAge": "7d"])
        #expect(outcome.verdict == .inconclusive && !outcome.isRun, "a point for nothing: \(outcome.words)")
        let allowed = try await specimen.run(DataInvariants.self, ["threshold": 0.3, "maxAge": "3000d"])
        #expect(allowed.verdict == .pass, "\(allowed.words)")
    }

    @Test func `a shift of one feature fails and is named`() async throws {
        let outcome = try await served(2800) { $0 * 1.4 }.run(DataInvariants.self, ["threshold": 0.3])
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(outcome.words.contains("mean_radius: Wasserstein distance"), "\(outcome.words)")
        #expect(!outcome.words.contains("mean_texture: Wasserstein"))
    }

    @Test func `a value out of the schema's range fails with its line`() async throws {
        let outcome = try await served(2800) { $0 > 25 ? -5 : $0 }.run(DataInvariants.self, ["threshold": 0.3])
        #expect(outcome.verdict == .fail)
        #expect(outcome.words.contains("column \"mean_radius\""), "\(outcome.words)")
    }

    @Test func `requests are held to the rules between what is served, and others are named`() async throws {
        var specimen = try served(2800)
        let columns = specimen.schema?["columns"] ?? []
        func outcome(_ rules: JSON, ignore: JSON = []) async throws -> Outcome {
            specimen.schema = [
                "columns": columns, "rules": rules, "mappings": [["from": "mean_radius", "to": "malignant"]],
            ]
            return try await specimen.run(DataInvariants.self, ["threshold": 0.3, "ignore": ignore])
        }
        let rules: JSON = [["assert": "malignant == 1", "where": "mean_radius > 3"], ["assert": "mean_radius > 0"]]
        let label = try await outcome(rules)
        #expect(label.verdict == .warn, "\(label.words)")
        #expect(
            label.summary.hasPrefix(
                "log.jsonl: 2 of the schema's rules and mappings were not looked at, because no request has the columns: "
                    + "mean_radius -> malignant (line 1, needs malignant), malignant == 1 (line 1, needs malignant);"),
            "\(label.words)")
        let meant = try await outcome(rules, ignore: ["malignant"])
        #expect(meant.verdict == .pass, "\(meant.words)")
        let broken = try await outcome([["assert": "mean_radius < 20", "where": "mean_texture is not null"]])
        #expect(broken.verdict == .fail && broken.words.contains("rule mean_radius < 20: "), "\(broken.words)")
    }

    @Test func `requests keep the ranges of statistics, but for what may drift`() async throws {
        var specimen = try served(2800)
        let columns = (specimen.schema?["columns"]?.array ?? []).map { column in
            column["name"] == "mean_radius" ? .object((column.members ?? []) + [.init("mean", ["max": 10])]) : column
        }
        specimen.schema = ["columns": .array(columns), "rows": ["max": 5]]
        let high = try await specimen.run(DataInvariants.self, ["threshold": 0.3])
        #expect(
            high.verdict == .fail
                && high.summary.contains("column \"mean_radius\": mean 13.9386 of 2,800 numbers > max 10"),
            "\(high.words)")
        let meant = try await specimen.run(DataInvariants.self, ["threshold": 0.3, "ignore": ["mean_radius"]])
        #expect(meant.verdict == .pass, "\(meant.words)")
    }

    @Test func `a change of unit is seen even in few requests`() async throws {
        var specimen = try Specimen.version("v2", of: "penguins").setting("serving", to: ["log": "log.jsonl"])
        let lines = try Fixture.text("penguins/serving/serving-log.jsonl").split(separator: "\n")
        specimen.files["log.jsonl"] = Array(lines.suffix(25).joined(separator: "\n").utf8)
        specimen.now = try #require(Timestamp("2025-01-25T12:00:00Z"))
        let outcome = try await specimen.run(DataInvariants.self, ["minRows": 20])
        #expect(outcome.verdict == .fail)
        #expect(outcome.words.contains("body_mass_g"), "\(outcome.words)")
    }

    @Test func `few requests are inconclusive, nothing configured is skipped`() async throws {
        #expect(try await served(100).run(DataInvariants.self).verdict == .inconclusive)
        let thin = try await served(100).run(DataInvariants.self, ["minRows": 10])
        #expect(thin.verdict == .inconclusive, "\(thin.words)")
        #expect(thin.words.contains("are too few to see a drift"))
        #expect(try await Specimen.version("v1").run(DataInvariants.self).verdict == .skipped)
    }

    @Test func `a feature that the schema requires and nobody sends fails, unless it is ignored`() async throws {
        var specimen = try served(2800)
        specimen.schema = try Specimen.version("v1").schema.map { schema in
            let wanted = ["mean_radius", "mean_texture", "mean_area", "malignant"]
            return [
                "columns": .array(
                    schema["columns"]?.array?.filter { wanted.contains($0["name"]?.string ?? "") } ?? [])
            ]
        }
        let outcome = try await specimen.run(DataInvariants.self, ["threshold": 0.3])
        #expect(outcome.verdict == .fail && outcome.findings.count == 1, "\(outcome.words)")
        #expect(
            outcome.summary.contains("requires the feature \"mean_area\", and no request has it"), "\(outcome.words)")
        let ignored = try await specimen.run(DataInvariants.self, ["threshold": 0.3, "ignore": ["mean_area"]])
        #expect(ignored.verdict == .pass, "\(ignored.words)")
    }

    @Test func `a feature that is missing more often than in training fails`() async throws {
        var specimen = try served(2800)
        specimen.schema = nil
        let lines = String(decoding: specimen.files["log.jsonl"] ?? [], as: UTF8.self).split(separator: "\n")
        let half = lines.enumerated().map { index, line in
            let text = String(line)
            return index % 2 == 0 ? text.replacing(/"mean_texture":[0-9.]+/, with: "\"mean_texture\":null") : text
        }
        specimen.files["log.jsonl"] = Array(half.joined(separator: "\n").utf8)
        let outcome = try await specimen.run(DataInvariants.self, ["threshold": 0.3])
        #expect(outcome.verdict == .fail, "\(outcome.words)")
        #expect(
            outcome.words.contains(
                "mean_texture: 50 % of the served values are missing or NaN, 0 % of the training values"),
            "\(outcome.words)")
        let free = try await specimen.run(DataInvariants.self, ["threshold": 0.3, "maxNullIncrease": 0.6])
        #expect(free.verdict == .pass, "\(free.words)")
    }

    @Test func `training data may be Parquet, or packed`() async throws {
        var specimen = try served(2800)
        specimen.schema = nil
        specimen.data["train"] = try Fixture.bytes("packed/training.parquet")
        specimen.datasets["train"] = ["path": "train.parquet", "format": "parquet"]
        let parquet = try await specimen.run(DataInvariants.self, ["threshold": 0.3])
        #expect(parquet.verdict == .pass && parquet.measurements["mean_radius"] != nil, "\(parquet.words)")
    }

    @Test func `features that training never saw are no comparison`() async throws {
        var specimen = try served(2800)
        specimen.schema = nil
        let log = String(decoding: specimen.files["log.jsonl"] ?? [], as: UTF8.self)
        let passed = try await specimen.run(DataInvariants.self, ["threshold": 0.3])
        #expect(passed.verdict == .pass && !passed.summary.contains("schema"), "\(passed.words)")
        specimen.files["log.jsonl"] = Array(
            log.replacing("mean_radius", with: "r").replacing("mean_texture", with: "t").utf8)
        let none = try await specimen.run(DataInvariants.self)
        #expect(none.verdict == .inconclusive && none.summary.contains("no feature was judged"), "\(none.words)")
        specimen.files["log.jsonl"] = Array(log.replacing("mean_texture", with: "t").utf8)
        let one = try await specimen.run(DataInvariants.self, ["threshold": 0.3])
        #expect(one.verdict == .warn && one.summary.contains("t is not in the training data"), "\(one.words)")
        specimen.files["log.jsonl"] = Array(log.replacing(#""features""#, with: #""feat""#).utf8)
        let bare = try await specimen.run(DataInvariants.self)
        #expect(bare.verdict == .inconclusive && bare.summary.contains("no request has features"), "\(bare.words)")
    }
}
