import Domain
import Testing

@testable import Checks

/// Predictions whose rows or labels are not those of the evaluation data, or of the version that runs now.
@Suite struct EvaluationDataTests {
    private let gate: JSON = ["metrics": ["accuracy": ["min": 0.5]]]

    /// Forty rows, half of them of label 1, all predicted right.
    private static let rows = (0..<40).map { (id: "r\($0)", label: $0 % 2) }

    private func version(
        _ label: String = "v1", _ rows: [(id: String, label: Int)] = rows, data: [(id: String, label: Int)]? = rows
    ) throws -> Specimen {
        var specimen = try Specimen.version("v1")
        specimen.label = label
        specimen.schema = nil
        specimen.files["predictions.csv"] = Array(
            ("row_id,label,prediction,score\n" + rows.map { "\($0.id),\($0.label),\($0.label),0.5\n" }.joined()).utf8)
        if let data {
            specimen.data["eval"] = Array(("row_id,label\n" + data.map { "\($0.id),\($0.label)\n" }.joined()).utf8)
        } else {
            specimen = specimen.setting("evaluation", "data", to: .null)
        }
        return specimen
    }

    private func outcome(_ candidate: Specimen, against deployed: Specimen? = nil) async throws -> Outcome {
        var candidate = candidate
        candidate.deployed = try deployed?.subject()
        return try await candidate.run(QualityGate.self, gate)
    }

    // MARK: Against the data

    @Test func `a first version's rows and labels are those of the data`() async throws {
        #expect(try await outcome(version()).verdict == .pass)
        let wrong = try await outcome(version("v1", Self.rows.map { ($0.id, $0.id == "r5" ? 0 : $0.label) }))
        #expect(wrong.verdict == .fail && wrong.findings.first?.line == 7, "\(wrong.words)")
        #expect(
            wrong.summary.contains("1 of 40 rows have another label than eval, first row 6 (id `r5`): `0`, there `1`"))
        let compared = try await version("v1", Self.rows.map { ($0.id, 1 - $0.label) }).run(VersionComparison.self)
        #expect(compared.verdict == .pass, "nothing runs there yet: \(compared.words)")
    }

    @Test func `labels of JSON Lines are held against whose first object has none`() async throws {
        var specimen = try version("v1", Self.rows.map { ($0.id, $0.id == "r5" ? 1 - $0.label : $0.label) })
        specimen.datasets["eval"] = ["path": "eval.jsonl", "format": "jsonl"]
        specimen.data["eval"] = Array(
            Self.rows.enumerated().map { row, each in
                "{\"row_id\":\"\(each.id)\"" + (row == 0 ? "" : ",\"label\":\(each.label)") + "}\n"
            }.joined().utf8)
        let outcome = try await outcome(specimen)
        #expect(
            outcome.verdict == .fail && outcome.words.contains("1 of 39 rows have another label"), "\(outcome.words)")
    }

    @Test func `ids that stand twice fail, with data and without`() async throws {
        let half = Self.rows.prefix(20)
        for data in [Self.rows, nil] {
            let twice = try await outcome(version("v1", Array(half + half), data: data))
            #expect(twice.verdict == .fail, "\(twice.words)")
            #expect(twice.words.contains("20 of 40 rows have an id that stands in a row before, first `r0` in row 21"))
        }
        let covered = try await outcome(version("v1", Array(half + half)))
        #expect(covered.words.contains("predictions cover 20 of 40 rows of eval"), "\(covered.words)")
    }

    @Test func `ids that the data has not fail`() async throws {
        let other = try await outcome(version("v1", Self.rows.map { ("z" + $0.id, $0.label) }))
        #expect(other.verdict == .fail && other.words.contains("40 rows have an id that eval has not, first `zr0`"))
        #expect(other.words.contains("predictions cover 0 of 40 rows of eval"), "\(other.words)")
        let more = try await outcome(version("v1", Self.rows + [("extra", 1)]))
        #expect(more.verdict == .fail && more.words.contains("1 rows have an id that eval has not"), "\(more.words)")
    }

    @Test func `columns that are called otherwise in the data are found by their roles, where these fit`() async throws
    {
        var specimen = try version()
        specimen.data["eval"] = Array(
            ("cell,ill\n" + Self.rows.map { "\($0.id),\($0.label)\n" }.joined()).utf8)
        specimen.schema = [
            "columns": [
                ["name": "cell", "type": "string", "role": "id"], ["name": "ill", "type": "int", "role": "label"],
            ]
        ]
        #expect(try await outcome(specimen).verdict == .pass)
        func predicted(_ label: (String, Int) -> Int, id: String = "") -> [UInt8] {
            let rows = Self.rows.map { "\(id)\($0.id),\(label($0.id, $0.label)),1,0.5\n" }
            return Array(("row_id,label,prediction,score\n" + rows.joined()).utf8)
        }
        specimen.files["predictions.csv"] = predicted { id, label in id == "r7" ? 0 : label }
        #expect(try await outcome(specimen).words.contains("1 of 40 rows have another label than eval"))
        // What is the other way round everywhere, or has other ids, is another thing.
        for other in [predicted { _, label in 1 - label }, predicted({ _, label in label }, id: "z")] {
            specimen.files["predictions.csv"] = other
            let words = try await outcome(specimen).words
            #expect(!words.contains("another label") && !words.contains("has not"), "\(words)")
        }
    }

    @Test func `without ids rows in another order are not taken for the data's`() async throws {
        let unnamed = { (specimen: Specimen) in specimen.setting("evaluation", "columns", to: ["score": "score"]) }
        #expect(try await outcome(unnamed(version())).verdict == .pass)
        let moved = try await outcome(unnamed(version("v1", Array(Self.rows.dropFirst() + Self.rows.prefix(1)))))
        #expect(moved.verdict == .inconclusive && moved.words.contains("name a column in spec.evaluation.columns.id"))
        let more = try await outcome(unnamed(version("v1", Self.rows + Self.rows)))
        #expect(more.verdict == .inconclusive && more.words.contains("80 predictions of the 40 rows"), "\(more.words)")
    }

    @Test func `data that cannot be read holds nothing, and that is said`() async throws {
        var specimen = try version()
        specimen.data["eval"] = Array("row_id,label\na,1,2,3\n".utf8)
        let outcome = try await outcome(specimen)
        #expect(outcome.verdict == .warn && outcome.words.contains("are held against nothing"), "\(outcome.words)")
    }

    // MARK: Against the version that runs now

    @Test func `other labels than those of the version that runs fail on the same data`() async throws {
        let wrong = Self.rows.map { ($0.id, $0.id == "r5" ? 0 : $0.label) }
        for data in [Self.rows, nil] {
            let outcome = try await outcome(version("v2", wrong, data: data), against: version("v1", data: data))
            #expect(outcome.verdict == .fail, "\(outcome.words)")
            #expect(outcome.words.contains("1 rows have another label in the second table, first id `r5`: `1` and `0`"))
            #expect(
                outcome.words.contains("name the data in spec.evaluation.data") == (data == nil), "\(outcome.words)")
        }
    }

    @Test func `no id in common does not pass on the same data`() async throws {
        let other = Self.rows.map { ("z" + $0.id, $0.label) }
        let outcome = try await outcome(version("v2", other, data: nil), against: version("v1", data: nil))
        #expect(
            outcome.verdict == .inconclusive && outcome.words.contains("no row of one table has an id of the other"))
    }

    @Test func `data that changed since lets versions in, and that is said`() async throws {
        let corrected = Self.rows.map { ($0.id, $0.id == "r5" ? 0 : $0.label) }
        let renamed = Self.rows.map { ("z" + $0.id, $0.label) }
        for rows in [corrected, renamed] {
            var new = try version("v2", rows), old = try version("v1")
            // Rows that say nothing of their ids and labels bear out neither.
            new.data["eval"] = Array(("x\n" + String(repeating: "1\n", count: 40)).utf8)
            old.data = new.data
            let path = "data/eval.csv"
            new.blobs[path] = ObjectID(bytes: Array(repeating: 1, count: 20))
            old.blobs[path] = ObjectID(bytes: Array(repeating: 2, count: 20))
            let changed = try await outcome(new, against: old)
            #expect(changed.verdict == .warn, "\(changed.words)")
            #expect(changed.words.contains("the evaluation data is other than then"), "\(changed.words)")
            old.blobs = new.blobs
            #expect(try await outcome(new, against: old).verdict != .warn)
            // A digest tells more than where the bytes lie.
            for (digests, verdict) in [(["a", "b"], true), (["a", "a"], false)] {
                new.datasets["eval"] = [
                    "path": "eval.csv", "sha256": .string(String(repeating: digests[0], count: 64)),
                ]
                old.datasets["eval"] = ["path": "old.csv", "sha256": .string(String(repeating: digests[1], count: 64))]
                #expect(try await outcome(new, against: old).verdict.admits == verdict)
            }
        }
    }

    @Test func `wrong rows of the version that runs keep no version out whose own are those of the data`() async throws
    {
        let wrong = Self.rows.map { ($0.id, $0.id == "r5" ? 0 : $0.label) }
        let renamed = Self.rows.map { ("z" + $0.id, $0.label) }
        for rows in [wrong, renamed] {
            let outcome = try await outcome(version("v2"), against: version("v1", rows))
            #expect(outcome.verdict == .warn, "\(outcome.words)")
            #expect(outcome.words.contains("this version's are those of the data"), "\(outcome.words)")
        }
        // Where the data has no labels, it takes nobody's part.
        var unlabelled = try version("v2")
        unlabelled.data["eval"] = Array(("row_id\n" + Self.rows.map { $0.id + "\n" }.joined()).utf8)
        #expect(try await outcome(unlabelled, against: version("v1", wrong)).verdict == .fail)
        #expect(try await outcome(unlabelled, against: version("v1", renamed)).verdict == .warn)
    }

    @Test func `a version that no longer names the data does not make it other data`() async throws {
        let renamed = Self.rows.map { ("z" + $0.id, $0.label) }
        #expect(try await outcome(version("v2", renamed, data: nil), against: version()).verdict == .inconclusive)
        // One that names it for the first time is held against it.
        #expect(
            try await outcome(version("v2", renamed, data: renamed), against: version("v1", data: nil)).verdict == .warn
        )
    }

    @Test func `fewer rows without ids are no comparison, more may be of new data`() async throws {
        let unnamed = { (specimen: Specimen) in specimen.setting("evaluation", "columns", to: ["score": "score"]) }
        let few = try await outcome(
            unnamed(version("v2", Array(Self.rows.prefix(30)), data: nil)), against: unnamed(version("v1", data: nil)))
        #expect(few.verdict == .inconclusive, "\(few.words)")
        let more = try await outcome(
            unnamed(version("v2", Self.rows + [("a", 1)], data: nil)), against: unnamed(version("v1", data: nil)))
        #expect(more.verdict == .warn, "\(more.words)")
    }

    /// With all that checks which judge by predictions need besides them.
    private func judged(_ label: (String, Int) -> Int = { _, label in label }) throws -> Specimen {
        let rows = (0..<400).map { (id: "r\($0)", label: $0 % 2) }
        func table(_ label: (String, Int) -> Int) -> [UInt8] {
            let lines = rows.enumerated().map { index, row in
                "\(row.id),\(label(row.id, row.label)),\(index % 50 == 0 ? 1 - row.label : row.label),0.5,g\(index / 2 % 2)\n"
            }
            return Array(("row_id,label,prediction,score,group\n" + lines.joined()).utf8)
        }
        var specimen = try version(data: rows).setting("evaluation", "slices", to: ["group"])
            .setting("evaluation", "sensitive", to: ["group"]).setting("evaluation", "perturbed", to: "perturbed.csv")
            .setting("training", "rerun", to: ["predictions": "second.csv"])
        specimen.files["predictions.csv"] = table(label)
        specimen.files["second.csv"] = table(label)
        specimen.files["perturbed.csv"] = table(label)
        return specimen
    }

    @Test func `every check that judges by predictions holds them against the data, though a gate asks for no other`()
        async throws
    {
        let asked: [(any Check.Type, JSON)] = [
            (QualityGate.self, gate), (Slices.self, .empty), (SimplerBaseline.self, ["metric": "accuracy"]),
            (Inclusion.self, .empty), (Reproducible.self, .empty), (RegressionCases.self, ["ids": ["r1"]]),
            (Perturbation.self, .empty),
        ]
        for (check, settings) in asked {
            let right = try await check.init(node: ManifestTree(settings)).run(on: judged().subject())
            #expect(right.verdict == .pass, "\(check.id): \(right.words)")
            let wrong = try judged { id, label in id == "r5" ? 0 : label }
            let outcome = try await check.init(node: ManifestTree(settings)).run(on: wrong.subject())
            #expect(outcome.verdict == .fail, "\(check.id): \(outcome.words)")
            #expect(
                outcome.words.contains("1 of 400 rows have another label than eval, first row 6 (id `r5`)"),
                "\(check.id): \(outcome.words)")
        }
    }

    @Test func `a part of the data is no evidence of slices and groups`() async throws {
        var specimen = try judged()
        specimen.data["eval"]?.append(contentsOf: Array("more,1\n".utf8))
        for check in [Slices.self, Inclusion.self] as [any Check.Type] {
            let outcome = try await check.init(node: ManifestTree(.empty)).run(on: specimen.subject())
            #expect(outcome.verdict == .fail, "\(outcome.words)")
            #expect(outcome.words.contains("predictions cover 400 of 401 rows of eval"), "\(outcome.words)")
            let less = try await check.init(node: ManifestTree(["minCoverage": 0.9])).run(on: specimen.subject())
            #expect(less.verdict == .pass, "\(less.words)")
        }
    }

    @Test func `the data is read once for all checks of a version`() async throws {
        let specimen = try judged()
        var subject = try specimen.subject()
        let reads = Counter(), original = subject.tools
        var tools = original
        tools.data = { version, name in
            await reads.add()
            return try await original.data(version, name)
        }
        subject = Subject(
            version: subject.version, manifest: subject.manifest, schema: nil, datasets: subject.datasets,
            environment: nil, deployed: try version("v0").subject(), tip: subject.tip, now: subject.now, tools: tools)
        _ = try await QualityGate(node: ManifestTree(gate)).run(on: subject)
        let others: [any Check.Type] = [
            VersionComparison.self, Slices.self, SimplerBaseline.self, Inclusion.self, Reproducible.self,
            RegressionCases.self, Perturbation.self,
        ]
        for check in others { _ = try await check.init(node: ManifestTree(.empty)).run(on: subject) }
        #expect(await reads.count == 1)
    }

    private actor Counter {
        private(set) var count = 0
        func add() { count += 1 }
    }
}
