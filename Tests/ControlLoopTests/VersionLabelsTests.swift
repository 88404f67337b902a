import Domain
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
