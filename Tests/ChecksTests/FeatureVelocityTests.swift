import Domain
import Testing

@testable import Checks

@Suite struct FeatureVelocityTests {
    private let path = "models/tumor/schema.yaml"

    private func schema(_ names: [String]) -> String {
        "apiVersion: martlet.dev/v1\nkind: Schema\nmetadata: {name: tumor}\nspec:\n  columns:\n"
            + "    - {name: id, type: string, role: id}\n"
            + names.map { "    - {name: \($0), type: float, role: feature}\n" }.joined()
    }

    /// Three features, written on 1 March; two reach production after `days`, one a day later.
    private func specimen(days: Int, writing schema: ([String]) -> String) throws -> Specimen {
        let store = MemoryStore()
        let deployment = "environments/production/tumor.yaml"
        func pin(_ id: ObjectID) -> String { "spec:\n  revision: \(id)\n" }
        let first = try store.commit("v1", [path: schema(["old"])], at: "2026-01-01T00:00:00Z")
        let live = try store.commit("promote", [deployment: pin(first)], on: [first], at: "2026-01-02T00:00:00Z")
        let side = try store.commit(
            "add a, b", [path: schema(["old", "a", "b"])], on: [live], at: "2026-03-01T00:00:00Z")
        let merge = try store.commit(
            "Merge", [path: schema(["old", "a", "b", "c"])], on: [live, side], at: "2026-03-03T00:00:00Z")
        let date = (Timestamp("2026-03-01T00:00:00Z")! + .seconds(86_400 * days)).description
        let tip = try store.commit("promote", [deployment: pin(merge)], on: [merge], at: date)
        var specimen = try Specimen.version("v1").setting("schema", to: "schema.yaml")
        specimen.store = store
        specimen.tip = tip
        specimen.environment = "production"
        return specimen
    }

    private func specimen(days: Int) throws -> Specimen { try specimen(days: days, writing: schema) }

    /// A schema in any style that YAML allows is one schema.
    @Test(arguments: ["flow", "JSON", "CRLF", "comments"]) func `features are read as the manifest has them`(
        style: String
    )
        async throws
    {
        let outcome = try await specimen(days: 10) { names in
            let columns = names.map { "{name: \($0), type: float, role: feature}" }.joined(separator: ", ")
            let quoted = names.map { #"{"type": "float", "role": "feature", "name": "\#($0)"}"# }.joined(separator: ",")
            return switch style {
            case "flow":
                "apiVersion: martlet.dev/v1\nkind: Schema\nmetadata: {name: tumor}\nspec: {columns: [\(columns)]}\n"
            case "JSON":
                #"{"apiVersion": "martlet.dev/v1", "kind": "Schema", "metadata": {"name": "tumor"}, "#
                    + #""spec": {"columns": [\#(quoted)]}}"#
            case "CRLF": schema(names).replacing("\n", with: "\r\n")
            default: schema(names) + "    # - {name: gone, type: float}\n"
            }
        }.run(FeatureVelocity.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.measurements["a"]?.double == 10 && outcome.measurements["gone"] == nil)
    }

    @Test func `nine in ten of few is not the slowest`() {
        #expect([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10].quantile(0.9) == 9)
        // numpy.quantile(range(1, 101), 0.99, method="inverted_cdf")
        #expect((1...100).map(Double.init).quantile(0.99) == 99)
        #expect([5.0].quantile(0.01) == 5 && [Double]().quantile(0.5) == nil)
    }

    @Test func `features that arrive soon pass, from the first commit on a branch`() async throws {
        let outcome = try await specimen(days: 10).run(FeatureVelocity.self)
        #expect(outcome.verdict == .pass, "\(outcome.words)")
        #expect(outcome.measurements["a"]?.double == 10)
        #expect(outcome.measurements["c"]?.double == 8)
        #expect(outcome.measurements["old"] == nil)
    }

    @Test func `features that take months fail`() async throws {
        let outcome = try await specimen(days: 71).run(FeatureVelocity.self)
        #expect(outcome.verdict == .fail)
        #expect(
            outcome.summary.contains("median 71 d from first commit to production over 3 features"), "\(outcome.words)")
    }

    @Test func `few features are inconclusive, no environment is skipped`() async throws {
        #expect(try await specimen(days: 10).run(FeatureVelocity.self, ["minFeatures": 9]).verdict == .inconclusive)
        #expect(try await Specimen.version("v1").run(FeatureVelocity.self).verdict == .skipped)
        var lost = try specimen(days: 10)
        lost.tip = .zero
        #expect(try await lost.run(FeatureVelocity.self).verdict == .inconclusive)
    }

    @Test func `no features at all cannot be enough`() {
        #expect(throws: FieldErrors.self) { try FeatureVelocity(node: ManifestTree(["minFeatures": 0])) }
    }

    // MARK: Renames

    private func column(_ name: String, _ more: String = "") -> String {
        "    - {name: \(name), type: float, role: feature\(more)}\n"
    }

    private func file(_ columns: String...) -> String {
        "apiVersion: martlet.dev/v1\nkind: Schema\nmetadata: {name: tumor}\nspec:\n  columns:\n" + columns.joined()
    }

    /// `a` of January and `old` in production; then what `schemas` say, a month apart, then promoted.
    private func renaming(_ schemas: String...) async throws -> Outcome {
        let store = MemoryStore()
        let deployment = "environments/production/tumor.yaml"
        func pin(_ id: ObjectID) -> [String: String?] { [deployment: "spec:\n  revision: \(id)\n"] }
        let first = try store.commit("v1", [path: file(column("old"), column("kept"))], at: "2026-01-01T00:00:00Z")
        var tip = try store.commit("promote", pin(first), on: [first], at: "2026-01-02T00:00:00Z")
        for (index, schema) in schemas.enumerated() {
            tip = try store.commit("\(index)", [path: schema], on: [tip], at: "2026-0\(index + 2)-01T00:00:00Z")
        }
        tip = try store.commit("promote", pin(tip), on: [tip], at: "2026-06-01T00:00:00Z")
        var specimen = try Specimen.version("v1").setting("schema", to: "schema.yaml")
        (specimen.store, specimen.tip, specimen.environment) = (store, tip, "production")
        return try await specimen.run(FeatureVelocity.self, ["minFeatures": 1])
    }

    @Test func `a feature that was renamed is not a new one`() async throws {
        let inPlace = try await renaming(file(column("better_name"), column("kept")))
        #expect(inPlace.verdict == .inconclusive && inPlace.summary.hasPrefix("0 features"), "\(inPlace.words)")
        let said = try await renaming(
            file(column("kept"), column("better_name", ", min: 0, renamedFrom: old")))
        #expect(said.summary.hasPrefix("0 features"), "\(said.words)")
    }

    @Test(arguments: ["elsewhere", "another range", "beside it"]) func `what only looks like a rename is a new feature`(
        how: String
    ) async throws {
        let outcome =
            switch how {
            case "elsewhere": try await renaming(file(column("kept"), column("fresh")))
            case "another range": try await renaming(file(column("fresh", ", min: 0"), column("kept")))
            default: try await renaming(file(column("fresh"), column("old"), column("kept")))
            }
        // 120 days from 1 February.
        #expect(outcome.measurements["fresh"]?.double == 120, "\(outcome.words)")
    }

    @Test func `a name that changes on the way does not make the way shorter`() async throws {
        let outcome = try await renaming(
            file(column("old"), column("kept"), column("draft")), file(column("old"), column("kept"), column("final")),
            file(column("old"), column("shipped", ", max: 9, renamedFrom: final"), column("kept")))
        #expect(outcome.measurements["shipped"]?.double == 120, "\(outcome.words)")
        #expect(outcome.measurements["draft"] == nil && outcome.measurements["final"] == nil)
    }

    @Test func `a name that changes on a branch is followed there`() async throws {
        let store = MemoryStore()
        let deployment = "environments/production/tumor.yaml"
        let first = try store.commit("v1", [path: file(column("old"))], at: "2026-01-01T00:00:00Z")
        let side = try store.commit(
            "draft", [path: file(column("old"), column("draft"))], on: [first], at: "2026-02-01T00:00:00Z")
        let renamed = try store.commit(
            "final", [path: file(column("old"), column("final"))], on: [side], at: "2026-03-01T00:00:00Z")
        let merge = try store.commit(
            "Merge", [path: file(column("old"), column("final"))], on: [first, renamed], at: "2026-04-01T00:00:00Z")
        let tip = try store.commit(
            "promote", [deployment: "spec:\n  revision: \(merge)\n"], on: [merge], at: "2026-04-02T00:00:00Z")
        var specimen = try Specimen.version("v1").setting("schema", to: "schema.yaml")
        (specimen.store, specimen.tip, specimen.environment) = (store, tip, "production")
        let outcome = try await specimen.run(FeatureVelocity.self, ["minFeatures": 1])
        #expect(outcome.measurements["final"]?.double == 60, "\(outcome.words)")
    }

    @Test func `a feature arrives when the branch promotes it, also where somebody merged the branch into a clone`()
        async throws
    {
        let store = MemoryStore()
        let deployment = "environments/production/tumor.yaml"
        func pin(_ id: ObjectID) -> String { "spec:\n  revision: \(id)\n" }
        let first = try store.commit("v1", [path: schema(["old"])], at: "2026-01-01T00:00:00Z")
        let added = try store.commit("add", [path: schema(["old", "a"])], on: [first], at: "2026-03-01T00:00:00Z")
        let live = try store.commit("promote", [deployment: pin(added)], on: [added], at: "2026-03-11T00:00:00Z")
        let work = try store.commit("notes", ["NOTES": "x"], on: [first], at: "2026-03-12T00:00:00Z")
        let pull = try store.commit(
            "pull", [path: schema(["old", "a"]), deployment: pin(added)], on: [work, live], at: "2026-04-20T00:00:00Z")
        var specimen = try Specimen.version("v1").setting("schema", to: "schema.yaml")
        (specimen.store, specimen.tip, specimen.environment) = (store, pull, "production")
        specimen.branchBefore = { $0.parents.last }
        let outcome = try await specimen.run(FeatureVelocity.self, ["minFeatures": 1])
        #expect(outcome.measurements["a"]?.double == 10, "\(outcome.words)")
    }
}
