import Domain
import Git
import TestSupport
import Testing

@testable import ControlLoop

struct VersionLabelsTests {
    @Test func `versions go by SemVer's order`() {
        // The examples of semver.org, item 11, and numbers that no machine word holds.
        let order = [
            "v1.0.0-alpha", "v1.0.0-alpha.1", "v1.0.0-alpha.beta", "v1.0.0-beta", "v1.0.0-beta.2", "v1.0.0-beta.11",
            "v1.0.0-rc.1", "v1.0.0-rc.99999999999999999999", "v1.0.0-rc.100000000000000000000", "v1.0.0", "v2.0.0",
            "v2.1.0", "v2.1.1", "v10.0.0",
        ]
        for (index, one) in order.enumerated() {
            for (place, other) in order.enumerated() {
                #expect(VersionLabels.isLess(one, other) == (index < place), "\(one) \(other)")
            }
        }
    }

    @Test func `of many versions and tags each tag is opened once, and later only what is new`() async throws {
        try await withTemporaryFolder { folder in
            let counted = CountedReading()
            let stage = try Stage(in: folder, [.dev]) { counted.watch(&$0) }
            var versions: [ObjectID] = []
            for number in 1...6 { versions.append(try stage.push(score: Double(number))) }
            func tag(_ number: Int) throws {
                try stage.repository.git(
                    "tag", "-a", "-m", "release", "tumor@v1.0.\(number)", versions[number].description)
                try stage.repository.git("push", "--quiet", "--tags", "origin")
            }
            let catalog = VersionCatalog(store: stage.surroundings.store, language: stage.surroundings.language)
            func labels() async throws -> [String?] {
                var labels: [String?] = []
                for version in versions {
                    labels.append(try await catalog.version(of: "tumor", at: version)?.version.label)
                }
                return labels
            }
            for number in 0..<5 { try tag(number) }
            counted.reset()
            #expect(try await labels() == ["v1.0.0", "v1.0.1", "v1.0.2", "v1.0.3", "v1.0.4", nil])
            #expect(counted.tags == 5)
            try tag(5)
            try stage.repository.git("push", "--quiet", "--delete", "origin", "tumor@v1.0.0")
            await catalog.forgetLabels()
            #expect(try await labels() == [nil, "v1.0.1", "v1.0.2", "v1.0.3", "v1.0.4", "v1.0.5"])
            #expect(counted.tags == 6)
        }
    }

    @Test func `what is no version of SemVer labels nothing`() async throws {
        try await withStage([.dev]) { stage in
            let version = try stage.push(score: 0.8)
            let bad = [
                "v01.2.3", "v1.02.3", "v1.2.03", "v1.2", "v1.2.3.4", "v+1.2.3", "v1.2.3-", "v1.2.3-01",
                "v1.2.3+", "v1.2.3+a+b", "v1.2.3-é", "v1.2.3+é", "v1.2.3-a_b", "V1.2.3", "v1.2.3@", "v-1.2.3",
            ]
            let good = ["v0.0.0", "v1.0.0-0", "v1.0.0-0a.-.x-y", "v1.0.0+001.-", "v1.0.0-rc.1+sha.5114f85"]
            for tag in bad + good {
                try stage.repository.git("tag", "-a", "-m", "release", "tumor@\(tag)", version.description)
            }
            try stage.repository.git("push", "--quiet", "--tags", "origin")
            let found = try await stage.store.read { reader in
                let tags = try reader.references(matching: "refs/tags/tumor@*")
                return try VersionLabels.events(of: "tumor", in: tags, reader).map(\.version)
            }
            #expect(Set(found) == Set(good))
        }
    }

    @Test func `a label that was withdrawn hides no other`() async throws {
        try await withStage([.dev]) { stage in
            let version = try stage.push(score: 0.8)
            for tag in ["v1.0.0", "v2.0.0", "v2.0.0!"] {
                try stage.repository.git("tag", "-a", "-m", "release", "tumor@\(tag)", version.description)
            }
            try stage.repository.git("push", "--quiet", "--tags", "origin")
            let known = try await VersionCatalog(store: stage.store, language: stage.surroundings.language)
                .version(of: "tumor", at: version)
            #expect(known?.version.label == "v1.0.0")
        }
    }
}
