import ControlLoop
import Domain
import Foundation
import TestSupport
import Testing

/// The remote does not take what Martlet does with a request's branch: the loop goes on all the same, and says so.
struct RequestRefusalTests {
    private static let unit = Unit(environment: "production", model: "tumor")

    @Test func `where no branch may be rewritten, a proposal goes on from the one that it replaces`() async throws {
        try await withRequests(way: .mirror) { stage in
            try git("config", "receive.denyNonFastForwards", "true", in: stage.repository.origin)
            try stage.push(score: 0.8)
            try await stage.settle()
            let old = try #require(stage.head())
            let newer = try stage.push(score: 0.9)
            let tip = try stage.tip()
            try await stage.settle()
            let head = try #require(stage.head())
            #expect(try stage.parents("\(head)").last == old)
            #expect(try stage.parents("\(head)").count == 2 && tip != old)
            let status = try stage.request()
            #expect(status.head == head && status.isOwn && status.moves.map(\.new.revision) == [newer])
            #expect(try stage.note(on: old).contains("is superseded"))
            try await expectRollback(stage)
            try await stage.wait(.seconds(3601), step: .seconds(1200))
            try git("fsck", "--strict", in: stage.repository.origin)
        }
    }

    @Test func `what goes on from its forerunner is merged`() async throws {
        try await withRequests(way: .mirror) { stage in
            try git("config", "receive.denyNonFastForwards", "true", in: stage.repository.origin)
            for score in [0.7, 0.8, 0.9] {
                try stage.push(score: score)
                try await stage.settle()
            }
            let head = try #require(stage.head())
            let version = try #require(try stage.pin("dev"))
            try await stage.wait(.seconds(3601), step: .seconds(1200))
            #expect(try stage.pin("production") == version)
            #expect(try stage.parents().last == head)
            #expect(stage.head() == nil)
        }
    }

    @Test func `where no branch may be deleted, requests are merged, and the next one takes the branch over`()
        async throws
    {
        try await withRequests(way: .mirror) { stage in
            try git("config", "receive.denyDeletes", "true", in: stage.repository.origin)
            for score in [0.8, 0.9] {
                let version = try stage.push(score: score)
                try await stage.settle()
                let head = try #require(stage.head())
                #expect(try stage.request().state == .open)
                try await stage.wait(.seconds(3601), step: .seconds(1200))
                #expect(try stage.pin("production") == version)
                #expect(stage.head() == head)
                #expect(try stage.request().state == .merged)
                #expect(try stage.request().commit != nil)
            }
            let record = try stage.tip("refs/martlet/requests")
            stage.restart()
            try await stage.settle()
            #expect(try stage.tip("refs/martlet/requests") == record)
            let told = stage.told.filter { $0.contains("be taken away") }.count
            try await stage.wait(.seconds(3500), step: .seconds(100))
            let more = stage.told.filter { $0.contains("be taken away") }.count - told
            #expect((4...8).contains(more), "\(more)")
            try git("config", "receive.denyDeletes", "false", in: stage.repository.origin)
            try await stage.wait(.seconds(3700), step: .seconds(100))
            #expect(stage.head() == nil)
        }
    }

    @Test func `a proposal that cannot be taken back holds up nothing`() async throws {
        try await withRequests(way: .mirror) { stage in
            try git("config", "receive.denyDeletes", "true", in: stage.repository.origin)
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            let head = try #require(stage.head())
            _ = try await stage.controller.hold(Self.unit, revision: version, reason: "legal review", lift: false)
            try await stage.settle()
            #expect(stage.head() == head)
            #expect(try stage.request().state == .refused)
            #expect(
                stage.told.contains { $0.contains("does not let promote/production/tumor be taken away: ") }
            )
            try await expectRollback(stage)
            await #expect(throws: LoopError.self) {
                _ = try await stage.another().closeByHand(Self.unit, reason: "not now")
            }
            try await stage.settle()
            #expect(try stage.request().state != .closed)
        }
    }

    @Test func `a hook that lets no request be opened stops nothing else, and is not asked at each pass`() async throws
    {
        try await withRequests(models: ["tumor", "a", "b", "c", "d"], way: .mirror) { stage in
            let hook = stage.repository.origin + "/hooks/update"
            try FileManager.default.createDirectory(
                atPath: stage.repository.origin + "/hooks", withIntermediateDirectories: true)
            let script = """
                #!/bin/sh
                case $1 in refs/heads/promote/*) echo x >> \(stage.folder)/asked; echo no branches here; exit 1;; esac
                """
            try script.write(toFile: hook, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
            for model in ["tumor", "a", "b", "c", "d"] { try stage.push(model, score: 0.8) }
            try await stage.settle()
            #expect(stage.head() == nil)
            for model in ["a", "b", "c", "d"] { #expect(try stage.pin("dev", model) != nil) }
            let status = try stage.request("production", "a")
            #expect(status.state == .refused && !status.hasHead)
            #expect(status.reason.hasPrefix("the remote refused its branch: no branches here"), "\(status.reason)")
            let why = try await stage.why("production", "a").blockers.last
            #expect(why?.reason.contains("no branches here") == true)
            let asked = stage.lines("asked").count
            try await stage.wait(.seconds(50), step: .seconds(10))
            #expect(stage.lines("asked").count == asked)
            try await expectRollback(stage)
            await #expect(throws: LoopError.self) {
                let person = Person(name: "Grace", email: "grace@example.com", time: stage.clock.now)
                _ = try await stage.another().proposeByHand(
                    Unit(environment: "production", model: "a"), by: person)
            }
            try FileManager.default.removeItem(atPath: hook)
            try await stage.wait(.seconds(700), step: .seconds(60))
            for model in ["a", "b", "c", "d"] { #expect(stage.head("production", model) != nil) }
            #expect(try stage.request("production", "a").state == .open)
        }
    }

    @Test(
        arguments: ["promote", "promote/production", "promote/production/tumor/x"], [Stage.Way.sameStore, .mirror])
    func `a branch whose name is in a request's way`(_ name: String, _ way: Stage.Way) async throws {
        try await withRequests(way: way) { stage in
            try git("update-ref", "refs/heads/\(name)", "main", in: stage.repository.origin)
            if way == .sameStore { try git("pack-refs", "--all", in: stage.repository.origin) }
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            #expect(try stage.pin("dev") == version)
            #expect(stage.head() == nil)
            let status = try stage.request()
            #expect(status.state == .refused && !status.hasHead)
            if name != "promote" {
                #expect(status.reason == "it has no branch, as \(name) is in its way; delete or rename that one")
            }
            try await expectRollback(stage)
            try git("update-ref", "-d", "refs/heads/\(name)", in: stage.repository.origin)
            try await stage.wait(.seconds(120), step: .seconds(60))
            #expect(stage.head() != nil)
            try git("fsck", "--strict", in: stage.repository.origin)
        }
    }

    @Test(arguments: ["refs/notes/martlet/x", "refs/notes/martlet", "refs/martlet/requests/x", "refs/martlet/requests"])
    func `notes or a record that cannot be written stop no deployment`(_ reference: String) async throws {
        try await withRequests(way: .mirror) { stage in
            let isName = reference.hasSuffix("/x")
            let other =
                isName ? "main" : try git("hash-object", "-w", "--stdin", in: stage.repository.origin, input: "x")
            try git("update-ref", reference, other, in: stage.repository.origin)
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            #expect(try stage.pin("dev") == version)
            #expect((stage.head() == nil) == reference.contains("requests"))
            #expect(stage.told.filter { $0.contains(" cannot be written: ") }.count == 1)
            try await expectRollback(stage)
            let newer = try #require(try stage.pin("dev"))
            try await stage.wait(.seconds(3601), step: .seconds(1200))
            if !reference.contains("requests") { #expect(try stage.pin("production") == newer) }
            try git("update-ref", "-d", reference, in: stage.repository.origin)
            try await stage.wait(.seconds(7300), step: .seconds(1200))
            #expect(try stage.pin("production") == newer)
            #expect(try stage.request().state == .merged)
        }
    }

    /// Two versions enter dev; the second fails there and goes back.
    private func expectRollback(_ stage: Stage) async throws {
        let before = try stage.push(score: 0.91)
        try await stage.settle()
        #expect(try stage.pin("dev") == before)
        let bad = try stage.push(score: 0.92)
        try await stage.settle()
        #expect(try stage.pin("dev") == bad)
        try stage.answer("dev", "\(bad) fail ill\n")
        try await stage.wait(.seconds(31), step: .seconds(31))
        #expect(try stage.pin("dev") == before)
        #expect(stage.running("dev") == before)
    }
}
