import Domain
import TestSupport
import Testing

/// What commands that move something answer with `--output json`: one object, with the same keys each time.
struct AnswersForProgramsTests {
    private func answer(_ house: House, _ arguments: [String], code: Int = 0) throws -> JSON {
        let ada = ["GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com"]
        let run = try house.martlet(arguments + ["--output", "json"], environment: ada)
        #expect(run.code == code, "\(arguments): \(run)")
        return try JSON(parsing: Array(run.output.utf8))
    }

    @Test func `promote names those that enter together with the one that was asked for`() async throws {
        let room = House.Room(
            name: "dev", more: "  promotion: {mode: manual}\n  releaseSets: [{name: pair, models: [a, b]}]")
        try await withHouse(rooms: [room], models: ["a", "b"]) { house in
            let first = try house.push("a", right: 8), second = try house.push("b", right: 8)
            let run = try house.martlet(["promote", "a", "--to", "dev"])
            let words =
                "Promoted a \(first.prefix(7)) to dev.\nWith it goes b \(second.prefix(7)), of the same release set.\n"
            #expect(run.code == 0 && run.output == words, "\(run)")
            try house.push("a", right: 9)
            let other = try house.push("b", right: 9)
            let answered = try answer(house, ["promote", "a", "--to", "dev"])
            #expect(answered["others"]?.array?.map { $0["model"]?.string } == ["b"])
            #expect(answered["others"]?.array?.first?["version"]?["revision"]?.string == other)
        }
    }

    @Test func `promote, hold and rollback`() async throws {
        try await withHouse(rooms: [.init(name: "dev", more: "  promotion: {mode: manual}")]) { house in
            let first = try house.push(right: 8)
            let keys = ["environment", "model", "result", "version", "others", "request", "blockers"]
            let promoted = try answer(house, ["promote", "tumor", "--to", "dev"])
            #expect(promoted.members?.map(\.key) == keys)
            #expect(promoted["environment"] == "dev" && promoted["model"] == "tumor")
            #expect(promoted["result"] == "promoted" && promoted["version"]?["revision"]?.string == first)
            let same = try answer(house, ["promote", "tumor", "--to", "dev"])
            #expect(same.members?.map(\.key) == keys && same["result"] == "up-to-date" && same["version"] == .null)
            try house.reconcile()

            let second = try house.push(right: 9)
            let held = try answer(house, ["hold", "tumor", "dev"])
            let revisions: JSON = [.string(second)]
            #expect(
                held == ["environment": "dev", "model": "tumor", "held": true, "revisions": revisions, "runs": false])
            let blocked = try answer(house, ["promote", "tumor", "--to", "dev"], code: 1)
            #expect(blocked.members?.map(\.key) == keys && blocked["result"] == "blocked")
            #expect(blocked["blockers"]?.array?.first?["hold"] != nil)
            let lifted = try answer(house, ["hold", "tumor", "dev", "--lift"])
            #expect(
                lifted == [
                    "environment": "dev", "model": "tumor", "held": false, "revisions": revisions, "runs": false,
                ])

            for result in ["proposed", "proposed-already"] {
                let proposed = try answer(house, ["promote", "tumor", "--to", "dev", "--request"])
                #expect(proposed.members?.map(\.key) == keys && proposed["result"]?.string == result)
                #expect(proposed["request"]?["environment"] == "dev")
            }
            #expect(try house.martlet(["promote", "tumor", "--to", "dev"]).code == 0)
            let back = try answer(house, ["rollback", "tumor", "dev"])
            #expect(back.members?.map(\.key) == ["environment", "model", "version", "others"] && back["others"] == [])
            #expect(back["version"]?["revision"]?.string == first)
        }
    }

    @Test func `a version is held by any name that Git has for its commit`() async throws {
        try await withHouse(rooms: [.init(name: "dev", more: "  promotion: {mode: manual}")]) { house in
            let version = try house.push(right: 8)
            try git("tag", "tried", in: house.work)
            try git("branch", "--quiet", "trial", in: house.origin)
            for (place, name) in [
                (house.work, String(version.prefix(7))), (house.work, "tried"), (house.work, "HEAD"),
                (house.origin, "trial"), (house.origin, version), ("file://" + house.origin, "trial"),
            ] {
                let held = try answer(house, ["hold", "-C", place, "tumor", "dev", "--revision", name])
                #expect(held["revisions"] == [.string(version)], "\(name)")
                #expect(try house.martlet(["hold", "tumor", "dev", "--lift"]).code == 0)
            }
            let nothing = try house.martlet(["hold", "tumor", "dev", "--revision", "nothing"])
            #expect(nothing.code == 2 && nothing.errors.contains("there is no commit 'nothing'"), "\(nothing)")
        }
    }
}
