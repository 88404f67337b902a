import Foundation
import TestSupport
import Testing

/// Kill -9 at every step that the work has: the next start ends where an undisturbed run ends.
struct KillTests {
    @Test(arguments: [false, true])
    func `the first promotion through three environments`(throughMirror: Bool) async throws {
        try await withHouse { house in
            try house.push(right: 9)
            let kills = try expectSameEnd(house, throughMirror: throughMirror)
            #expect(kills >= 20)
        }
    }

    @Test(arguments: [false, true])
    func `a rollback, and the version after it`(throughMirror: Bool) async throws {
        try await withHouse(rooms: [.init(name: "dev"), .init(name: "production", from: ["dev"])]) { house in
            try house.push(right: 7)
            try house.reconcile(at: throughMirror ? house.work : nil)
            let bad = try house.push(right: 9)
            try house.makeIll(bad, in: "production")
            let kills = try expectSameEnd(house, throughMirror: throughMirror)
            #expect(try house.log().contains { $0.hasPrefix("Revert \"Promote tumor") })
            #expect(kills >= 15)
        }
    }

    @Test(arguments: [false, true])
    func `a version that is proposed on a branch, and merged`(throughMirror: Bool) async throws {
        let rooms = [
            House.Room(name: "dev"),
            House.Room(name: "production", from: ["dev"], more: "  promotion: {mode: pull-request}"),
        ]
        try await withHouse(rooms: rooms) { house in
            try house.push(right: 9)
            let kills = try expectSameEnd(house, throughMirror: throughMirror)
            #expect(try git("rev-list", "--merges", "main", in: house.origin).split(separator: "\n").count == 1)
            #expect(try git("for-each-ref", "refs/heads/promote", in: house.origin).isEmpty)
            #expect(kills >= 20)
        }
    }

    @Test(arguments: [false, true])
    func `with records that have to be signed`(throughMirror: Bool) async throws {
        try await withHouse(rooms: [.init(name: "dev"), .init(name: "production", from: ["dev"])]) { house in
            try await withSigningKeys(in: URL(filePath: house.folder)) { keys in
                try keys.makeSSH("martlet")
                try house.askForSignatures(keys)
                try house.push(right: 9)
                let kills = try expectSameEnd(house, throughMirror: throughMirror, House.signing(keys))
                #expect(kills >= 15)
                for record in ["evidence", "status"] {
                    #expect(
                        try git("cat-file", "commit", "refs/martlet/\(record)", in: house.origin).contains("gpgsig"))
                }
            }
        }
    }

    @Test func `several models, one of which stays out`() async throws {
        try await withHouse(
            rooms: [.init(name: "dev"), .init(name: "production", from: ["dev"])], models: ["a", "b", "lending/c"]
        ) { house in
            try house.push("a", right: 9)
            try house.push("b", right: 3)
            try house.push("lending/c", right: 8)
            let kills = try expectSameEnd(house, throughMirror: false)
            #expect(kills >= 30)
        }
    }

    @Test func `a release set in one commit, and a removed deployment`() async throws {
        let room = House.Room(name: "dev", more: "  releaseSets: [{name: pair, models: [a, b]}]")
        try await withHouse(rooms: [room], models: ["a", "b", "c", "d", "e"]) { house in
            for model in ["a", "b", "c", "d", "e"] { try house.push(model, right: 7) }
            try house.reconcile()
            try house.commit([:], removing: ["environments/dev/e.yaml"], "take e away")
            try house.push("a", right: 8)
            try house.push("b", right: 9)
            let kills = try expectSameEnd(house, throughMirror: true)
            #expect(kills >= 15)
        }
    }

    @Test(arguments: [false, true])
    func `killed after so many milliseconds, wherever that is`(throughMirror: Bool) async throws {
        try await withHouse(models: ["a", "b"]) { house in
            let place = throughMirror ? house.work : house.origin
            try house.push("a", right: 9)
            try house.push("b", right: 8)
            try house.save()
            try house.reconcile(at: place)
            let expected = try house.picture()
            for milliseconds in stride(from: 3, through: 180, by: 3) {
                try house.restore()
                let run = try house.martlet(
                    ["reconcile", "-C", place, "--log", "none"], timeout: .milliseconds(milliseconds))
                try #require(run.code == 0 || run.code == -9, "\(run)")
                try expectSound(house.origin)
                try house.reconcile(at: place)
                let difference = try house.picture().difference(from: expected)
                try #require(difference.isEmpty, "after a kill at \(milliseconds) ms: \(difference)")
                if run.code == 0, milliseconds > 60 { break }
            }
        }
    }

    /// The push of a killed process may still be handing over its objects, one by one; soon all of them are there.
    private func expectSound(_ origin: String) throws {
        for _ in 0..<50 {
            if (try? git("fsck", "--strict", in: origin)) != nil { return }
            usleep(100_000)
        }
        try git("fsck", "--strict", in: origin)
    }

    /// Runs to the end, killed at the first, the second… step; returns how many kills that were.
    private func expectSameEnd(_ house: House, throughMirror: Bool, _ environment: [String: String] = [:]) throws
        -> Int
    {
        let place = throughMirror ? house.work : house.origin
        try house.save()
        try house.reconcile(at: place, environment: environment)
        let expected = try house.picture()
        for number in 1...500 {
            try house.restore()
            let run = try house.martlet(
                ["reconcile", "-C", place, "--log", "none"],
                environment: environment.merging(["MARTLET_DIE_AT": String(number)]) { $1 })
            if run.code == 0 {
                print("\(number - 1) kills")
                return number - 1
            }
            try #require(run.code == -9, "killed at step \(number): \(run)")
            try expectSound(house.origin)
            try house.reconcile(at: place, environment: environment)
            let found = try house.picture()
            let difference = found.difference(from: expected)
            try #require(difference.isEmpty, "after a kill at step \(number): \(difference)")
        }
        Issue.record("it never ends")
        return 500
    }
}
