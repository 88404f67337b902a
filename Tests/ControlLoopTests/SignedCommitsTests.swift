import ControlLoop
import Domain
import Foundation
import Git
import TestSupport
import Testing

struct SignedCommitsTests {
    @Test func `with a key, each commit that the loop puts on the branch is signed, and git knows it`() async throws {
        try await withTemporaryFolder { folder in
            try await withSigningKeys(in: folder) { keys in
                try keys.makeSSH("martlet")
                let stage = try Stage(in: folder, [.dev, .staging]) { try? $0.sign(with: keys.path("martlet")) }
                let allowed = "\(stage.folder)/allowed"
                try Data(keys.line("martlet", as: "martlet@localhost").utf8).write(to: URL(filePath: allowed))
                let good = try stage.push(score: 0.8)
                try await stage.settle()
                let bad = try stage.push(score: 0.9)
                try stage.answer("staging", "\(bad) fail it is ill")
                try await stage.settle()
                #expect(try stage.pin("dev") == bad)
                #expect(try stage.pin("staging") == good)
                let unit = Unit(environment: "dev", model: "tumor")
                let held = try await stage.controller.hold(unit, revision: bad, reason: "review", lift: false)
                #expect(held.count == 1)
                let ours = try git("log", "--format=%H %s", "--author=Martlet", "main", in: stage.repository.origin)
                    .split(separator: "\n")
                #expect(ours.count == 6, "\(ours)")
                for line in ours {
                    try git(
                        "-c", "gpg.ssh.allowedSignersFile=\(allowed)", "verify-commit", String(line.prefix(40)),
                        in: stage.repository.origin)
                }
                // A new process reads the signed history as the old one did.
                stage.restart()
                try await stage.settle()
                #expect(try stage.pin("staging") == good)
                try git("fsck", "--strict", in: stage.repository.origin)
            }
        }
    }

    @Test func `with a key that fails, nothing is published`() async throws {
        try await withTemporaryFolder { folder in
            let stage = try Stage(in: folder, [.dev]) { surroundings in
                surroundings.sign = { _, _ in throw LoopError.refused("no key") }
            }
            let version = try stage.push(score: 0.8)
            await #expect(throws: LoopError.refused("no key")) { try await stage.settle() }
            #expect(try stage.tip() == version)
            #expect(try git("for-each-ref", "refs/martlet", in: stage.repository.origin).isEmpty)
            #expect(stage.told.contains { $0.hasPrefix("error: cannot promote into dev") && $0.contains("no key") })
            let plans = try await stage.controller.currentPlans
            #expect(plans.first?.blockers.map(\.kind) == [.person])
        }
    }
}
