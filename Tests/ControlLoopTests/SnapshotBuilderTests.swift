import ControlLoop
import Domain
import Foundation
import Git
import Manifests
import TestSupport
import Testing

struct SnapshotBuilderTests {
    /// Six runs of sixty commits each; now and then several commits are taken in at one go.
    @Test(arguments: 1...6)
    func `a snapshot from differences equals one from scratch, whatever people commit`(_ seed: UInt64) async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "models.git").path(percentEncoded: false)
            let store = try GitStore.create(path)
            let builder = SnapshotBuilder(store: store, language: YAMLManifests())
            var house = RandomHouse(seed: seed)
            var tip = try await house.commit(to: store, on: nil)
            var snapshot = try await builder.build(at: tip)
            for step in 0..<60 {
                for _ in 0..<(house.roll(5) == 0 ? 3 : 1) { tip = try await house.commit(to: store, on: tip) }
                snapshot = try await builder.update(snapshot, to: tip).snapshot
                let whole = try await builder.build(at: tip)
                try expectEqual(snapshot, whole, "seed \(seed), step \(step): \(house.lastEdit)")
            }
        }
    }

    @Test func `only what a commit changes is touched`() async throws {
        try await withStage(models: ["a", "b"]) { stage in
            let builder = SnapshotBuilder(store: stage.store, language: YAMLManifests())
            let old = try await builder.build(at: stage.tip())
            let tip = try stage.push("a", score: 0.5)
            let update = try await builder.update(old, to: tip)
            #expect(update.touched.models == ["a"])
            #expect(!update.touched.everything)
            let next = try stage.commit(["environments/dev/environment.yaml": stage.text(.dev) + "# x\n"])
            let second = try await builder.update(update.snapshot, to: next)
            #expect(second.touched.environments == ["dev"])
            #expect(second.touched.models.isEmpty)
        }
    }

    @Test func `a link, a folder and a file that is too large are diagnostics`() async throws {
        try await withTemporaryRepository { repository in
            let large = String(repeating: "# much text\n", count: 100_000)
            try repository.commit(["gates/large.yaml": large, "gates/odd.yaml/inside": "x"], push: false)
            try FileManager.default.createSymbolicLink(
                atPath: repository.work + "/gates/link.yaml", withDestinationPath: "/etc/passwd")
            let tip = try id(repository.commit([:]))
            let store = try GitStore(opening: repository.origin)
            let snapshot = try await SnapshotBuilder(store: store, language: YAMLManifests()).build(at: tip)
            #expect(snapshot.diagnostics["gates/link.yaml"]?.first?.code == "not-a-file")
            #expect(snapshot.diagnostics["gates/large.yaml"]?.isEmpty == false)
            #expect(snapshot.diagnostics["gates/odd.yaml"] == nil)
            #expect(snapshot.gates.isEmpty)
        }
    }
}

func expectEqual(_ one: Snapshot, _ other: Snapshot, _ comment: String) throws {
    try #require(one.revision == other.revision && one.tree == other.tree, "\(comment)")
    try #require((one.settings == other.settings) as Bool, "settings: \(comment)")
    try #require((one.models == other.models) as Bool, "models: \(comment)")
    try #require((one.datasets == other.datasets) as Bool, "datasets: \(comment)")
    try #require((one.gates == other.gates) as Bool, "gates: \(comment)")
    try #require((one.waivers == other.waivers) as Bool, "waivers: \(comment)")
    try #require((one.environments == other.environments) as Bool, "environments: \(comment)")
    try #require((one.deployments == other.deployments) as Bool, "deployments: \(comment)")
    try #require((one.diagnostics == other.diagnostics) as Bool, "diagnostics: \(comment)")
}

/// A model repository that changes at random: files come, go, move, break and mend.
struct RandomHouse {
    private var state: UInt64
    private(set) var lastEdit = ""
    private var minute: Int64 = 0

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    private static let names = ["a", "b", "a/x", "a/x/y", "c"]

    private static let paths =
        names.flatMap { ["models/\($0)/model.yaml", "models/\($0)/schema.yaml", "models/\($0)/weights.bin"] }
        + ["martlet.yaml", "data/d.yaml", "data/deep/e.yaml", "gates/g.yaml", "gates/h.yaml", "README.md"]
        + ["dev", "prod"].flatMap { room in
            ["environments/\(room)/environment.yaml"] + names.map { "environments/\(room)/\($0).yaml" }
        }

    mutating func roll(_ sides: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state >> 33) % sides
    }

    private mutating func any(_ list: [String]) -> String { list[roll(list.count)] }

    /// One commit with one to four edits on top of `tip`.
    mutating func commit(to store: GitStore, on tip: ObjectID?) async throws -> ObjectID {
        minute += 1
        let isFirst = tip == nil
        let plan = (0..<(isFirst ? 15 : 1 + roll(4))).map { _ in edit(isFirst: isFirst) }
        lastEdit = plan.map(\.words).joined(separator: ", ")
        let person = Person(name: "Ada", email: "a@x", time: Timestamp(seconds: 1_700_000_000 + minute * 60))
        return try await store.write { writer in
            var tree = try tip.map { try writer.commit($0).tree }
            for edit in plan { tree = try edit.make(tree, writer) }
            let draft = CommitDraft(
                tree: try tree ?? writer.write(tree: nil, edits: []), parents: tip.map { [$0] } ?? [], author: person,
                message: "change\n")
            return try writer.write(draft)
        }
    }

    private struct Edit: Sendable {
        let words: String
        let make: @Sendable (ObjectID?, any ObjectWriter) throws -> ObjectID?
    }

    private mutating func edit(isFirst: Bool) -> Edit {
        let path = any(Self.paths)
        switch isFirst ? 0 : roll(12) {
        case 0...4: return put(path, text(path), .file)
        case 5...6:
            return put(
                path, any(["\tno: [", "kind: Nothing\n", "", "apiVersion: martlet.dev/v1\nkind: Gate\n"]), .file)
        case 7: return put(path, "../secret", .symlink)
        case 8: return put(path, text(path) + "---\n" + text(any(Self.paths)), .executable)
        case 9: return put(path + "/inside.yaml", text(path), .file)
        case 10:
            let other = any(Self.paths)
            return Edit(words: "move \(path) to \(other)") { tree, writer in
                guard let tree, let entry = try writer.entry(at: path, in: tree), entry.mode != .tree else {
                    return tree
                }
                let gone = try writer.write(tree: tree, edits: [TreeEdit(remove: path)])
                return try Self.clear(other, gone, writer).map {
                    try writer.write(tree: $0, edits: [TreeEdit(set: other, to: entry.id, mode: entry.mode)])
                }
            }
        default:
            return Edit(words: "remove \(path)") { tree, writer in try Self.clear(path, tree, writer) }
        }
    }

    private func put(_ path: String, _ text: String, _ mode: FileMode) -> Edit {
        Edit(words: "\(mode) \(path)") { tree, writer in
            let blob = try writer.write(blob: Array(text.utf8))
            return try writer.write(
                tree: Self.clear(path, tree, writer), edits: [TreeEdit(set: path, to: blob, mode: mode)])
        }
    }

    /// The tree without what lies at `path`, below it, or is a file where it needs a folder.
    private static func clear(_ path: String, _ tree: ObjectID?, _ writer: any ObjectWriter) throws -> ObjectID? {
        guard let tree else { return nil }
        var gone: [TreeEdit] = []
        try writer.files(in: tree, prefix: "") { file, _ in
            if file == path || file.hasPrefix(path + "/") || path.hasPrefix(file + "/") {
                gone.append(TreeEdit(remove: file))
            }
        }
        return gone.isEmpty ? tree : try writer.write(tree: tree, edits: gone)
    }

    private mutating func text(_ path: String) -> String {
        let number = roll(1000)
        let (kind, spec): (String, String) =
            switch path.split(separator: "/").last ?? "" {
            case "model.yaml": ("Model", "{task: regression, artifact: {path: m\(number)}}")
            case "schema.yaml": ("Schema", "{columns: [{name: c\(number), type: integer}]}")
            case "martlet.yaml":
                ("Repository", "{branch: main, maxRemovedShare: 0.\(number), defaults: {verify: {for: \(number)m}}}")
            case "environment.yaml": ("Environment", number % 2 == 0 ? "{verify: {for: \(number)s}}" : "{from: []}")
            case "d.yaml", "e.yaml": ("Dataset", "{path: d\(number).csv, format: csv}")
            case "g.yaml", "h.yaml": ("Gate", "{soakFor: \(number)s}")
            default: ("Deployment", "{model: NAME} # \(number)")
            }
        let name = ManifestPath.kind(of: path)?.name ?? "n"
        let rest = spec.replacing("NAME", with: name)
        return "apiVersion: martlet.dev/v1\nkind: \(kind)\nmetadata: {name: \(name)}\nspec: \(rest)\n"
    }
}
