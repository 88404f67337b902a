import Domain
import TestSupport
import Testing

@testable import ControlLoop

/// The tags of GTO's grammar that register versions.
struct VersionTagsTests {
    private static func settings(_ spec: String = "{versionTags: true}") -> String {
        "apiVersion: martlet.dev/v1\nkind: Repository\nmetadata: {name: house}\nspec: \(spec)\n"
    }

    @Test func `a version that a deployment calls so is registered once, as GTO does it`() async throws {
        try await withStage([.dev, .staging]) { stage in
            try stage.commit(["martlet.yaml": Self.settings()])
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try tags(stage).isEmpty)
            try stage.commit(
                Dictionary(uniqueKeysWithValues: ["dev", "staging"].map { pinned(version, "v1.4.0", $0, stage) }))
            try await stage.settle()
            #expect(try tags(stage) == ["tumor@v1.4.0 \(version)"])
            let text = try git("cat-file", "-p", "tumor@v1.4.0", in: stage.repository.origin)
            #expect(
                text.hasPrefix("object \(version)\ntype commit\ntag tumor@v1.4.0\ntagger Martlet <martlet@localhost> "))
            #expect(text.hasSuffix("\n\nRegistering artifact tumor version v1.4.0"), "\(text)")
            try git("fsck", "--strict", in: stage.repository.origin)
            let again = try Stage(reopening: stage, way: .mirror)
            try await again.settle()
            #expect(try tags(stage).count == 1)
            #expect(!stage.told.contains { $0.contains(" tag ") }, "\(stage.told)")
        }
    }

    @Test func `it is the label that the next promotion names`() async throws {
        try await withStage([.dev, .staging], gate: "  soakFor: 1h") { stage in
            try stage.commit(["martlet.yaml": Self.settings("{versionTags: true, stageTags: true}")])
            let version = try stage.push(score: 0.9)
            try stage.commit(Dictionary(uniqueKeysWithValues: [pinned(version, "v2.0.0-rc.1", "dev", stage)]))
            try await stage.settle()
            #expect(Set(try tags(stage)) == ["tumor@v2.0.0-rc.1 \(version)", "tumor#dev#1 \(version)"])
            try await stage.wait(.seconds(3700), step: .seconds(600))
            #expect(try stage.message().hasPrefix("Promote tumor v2.0.0-rc.1 to staging"))
            #expect(Set(try tags(stage)).count == 3)
        }
    }

    @Test func `what is registered is neither moved nor registered twice, and that is told once`() async throws {
        try await withStage([.dev]) { stage in
            let origin = stage.repository.origin
            let first = try stage.push(score: 0.8)
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            try register("tumor@v1.0.0", first, stage)
            try register("tumor@v3.0.0", second, stage)
            try git("tag", "tumor@v4.0.0", first.description, in: origin)
            try stage.commit(["martlet.yaml": Self.settings()])
            for (label, words) in [
                ("v1.0.0", "the tag tumor@v1.0.0 stands at \(first.short), and is not moved to \(second.short)"),
                ("v2.0.0", "\(second.short) is registered as v3.0.0, and GTO knows one version a commit"),
                ("v4.0.0", "the tag tumor@v4.0.0 stands at \(first.short), and is not moved to \(second.short)"),
                ("2026-11", "no tag is written for tumor '2026-11': that is no version such as v1.4.0"),
            ] {
                let before = try git("for-each-ref", "refs/tags", in: origin)
                try stage.commit(Dictionary(uniqueKeysWithValues: [pinned(second, label, "dev", stage)]))
                try await stage.settle()
                try stage.commit(["README.md": "for \(label)\n", "gates/g.yaml": stage.gate() + "# \(label)\n"])
                try await stage.settle()
                #expect(try git("for-each-ref", "refs/tags", in: origin) == before)
                #expect(stage.told.count { $0.contains(words) } == 1, "\(label): \(stage.told)")
            }
        }
    }

    @Test func `the same content elsewhere is registered enough, and what was taken back stays so`() async throws {
        try await withStage([.dev]) { stage in
            let first = try stage.push(score: 0.9)
            let again = try stage.commit(["README.md": "more\n"])
            try register("tumor@v1.0.0", first, stage)
            try register("tumor@v2.0.0!", again, stage)
            try stage.commit(["martlet.yaml": Self.settings()])
            let before = try tags(stage)
            for label in ["v1.0.0", "v2.0.0"] {
                try stage.commit(Dictionary(uniqueKeysWithValues: [pinned(again, label, "dev", stage)]))
                try await stage.settle()
            }
            #expect(try tags(stage) == before)
            #expect(!stage.told.contains { $0.contains(" tag ") }, "\(stage.told)")
        }
    }

    @Test func `asked for later, they are written for what runs then`() async throws {
        try await withStage([.dev]) { stage in
            try stage.commit(["martlet.yaml": Self.settings("{stageTags: true}")])
            let version = try stage.push(score: 0.9)
            try stage.commit(Dictionary(uniqueKeysWithValues: [pinned(version, "v1.4.0", "dev", stage)]))
            try await stage.settle()
            #expect(try tags(stage) == ["tumor#dev#1 \(version)"])
            try stage.commit(["martlet.yaml": Self.settings("{stageTags: true, versionTags: true}")])
            try await stage.settle()
            #expect(try tags(stage) == ["tumor#dev#1 \(version)", "tumor@v1.4.0 \(version)"])
        }
    }

    @Test func `a version is what semver.org calls one`() {
        for good in [
            "v0.0.0", "v1.4.0", "v1.0.0-alpha.1", "v1.0.0--", "v1.0.0-0a.x-y", "v1.0.0+001", "v1.0.0-rc.1+b.2",
        ] {
            #expect(VersionTags.isVersion(good), "\(good)")
        }
        for bad in [
            "", "v", "1.4.0", "v1.4", "v1.4.0.0", "v01.4.0", "v1.4.0-", "v1.4.0-01", "v1.4.0-a..b", "v1.4.0+", "v1.4.x",
            "v1.4.0 ", "v1.4.0-ü", "v1.4.0#7", "v1.4.0!", "v-1.0.0", "v1.4.0\n",
            "v1.0.0-" + String(repeating: "a", count: 200),
        ] {
            #expect(!VersionTags.isVersion(bad), "\(bad)")
        }
    }

    private func register(_ tag: String, _ commit: ObjectID, _ stage: Stage) throws {
        let identity = ["GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b.c"]
        try git(
            "tag", "-a", "-m", "by hand", tag, commit.description, in: stage.repository.origin, environment: identity)
    }

    private func pinned(_ version: ObjectID, _ label: String, _ environment: String, _ stage: Stage) -> (String, String)
    {
        (
            "environments/\(environment)/tumor.yaml",
            stage.deployment("tumor", pin: "  revision: \"\(version)\"\n  version: \"\(label)\"")
        )
    }

    private func tags(_ stage: Stage) throws -> [String] {
        try git("for-each-ref", "--format=%(refname:short) %(*objectname)", "refs/tags", in: stage.repository.origin)
            .split(separator: "\n").map(String.init).filter { $0.contains(" ") && !$0.hasSuffix(" ") }
    }
}
