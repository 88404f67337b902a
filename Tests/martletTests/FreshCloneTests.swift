import Domain
import Foundation
import TestSupport
import Testing

/// What a person finds who has just cloned the repository: branches, and nothing of what the controller recorded.
struct FreshCloneTests {
    private static let hint = "git fetch origin \"+refs/martlet/*:refs/martlet/*\""

    @Test func `a clone without the controller's records says how to get them, once and not to programs`() async throws
    {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.reconcile()
            try house.pull()
            let commands = [
                ["status"], ["status", "--output", "json"], ["why", "tumor", "dev"], ["plan"], ["request", "list"],
                ["request", "show", "dev/tumor"],
            ]
            for command in commands {
                let run = try house.martlet(command)
                #expect(run.errors.components(separatedBy: Self.hint).count == 2, "\(command): \(run)")
                #expect(!run.output.contains("git fetch") || command.last == "json")
            }
            try git("fetch", "--quiet", "origin", "+refs/martlet/*:refs/martlet/*", in: house.work)
            for command in commands {
                #expect(try !house.martlet(command).errors.contains("git fetch"), "\(command)")
                #expect(try !house.martlet(command + ["-C", house.origin]).errors.contains("git fetch"))
            }
        }
    }

    @Test func `a clone that is behind the controller is told to pull, and no rewrite is made up`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.reconcile()
            try house.pull()
            try git("fetch", "--quiet", "origin", "+refs/martlet/*:refs/martlet/*", in: house.work)
            try git("reset", "--quiet", "--hard", "HEAD~1", in: house.work)
            try expectBehind(house)
            try house.commit(["README.md": "mine"], "Gone another way", push: false)
            try expectBehind(house)
            try git("pull", "--quiet", "--rebase", "origin", "main", in: house.work)
            for command in Self.looks { #expect(try house.martlet(command).errors.isEmpty, "\(command)") }
        }
    }

    @Test func `a clone that has only fetched the records is behind, too`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.reconcile()
            try git("fetch", "--quiet", "origin", "+refs/martlet/*:refs/martlet/*", in: house.work)
            let run = try house.martlet(["plan"])
            #expect(run.code == 3 && run.errors.contains("git pull brings it"), "\(run)")
        }
    }

    @Test func `a branch that was rewritten at the remote is said to be`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.reconcile()
            try house.inWork("fetch", "--quiet", "origin")
            try house.commit(["README.md": "new"], "Another history", push: false)
            try house.inWork("push", "--quiet", "--force", "origin", "HEAD:main")
            try house.inWork("fetch", "--quiet", "origin", "+refs/martlet/*:refs/martlet/*")
            let plan = try house.martlet(["plan"])
            #expect(plan.output.contains("force-push"), "\(plan)")
        }
    }

    private static let looks = [["status"], ["history"], ["plan"], ["why", "tumor", "dev"], ["request", "list"]]

    private func expectBehind(_ house: House) throws {
        for command in Self.looks {
            let run = try house.martlet(command)
            #expect(run.errors.contains("behind what the controller acted on"), "\(command): \(run)")
            let all = run.output + run.errors
            #expect(!all.contains("force-push") && !all.contains("accept-rewrite"), "\(command): \(run)")
            #expect(!all.contains("has not seen"), "\(command): \(run)")
            #expect(run.code == (["plan", "why"].contains(command[0]) ? 3 : 0), "\(command): \(run)")
        }
    }

    @Test func `the records are looked for where the repository says that they are`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let settings =
                "apiVersion: martlet.dev/v1\nkind: Repository\nmetadata: {name: r}\nspec: {references: refs/own}\n"
            try house.commit(["martlet.yaml": settings])
            let run = try house.martlet(["status"])
            #expect(run.errors.contains("git fetch origin \"+refs/own/*:refs/own/*\""), "\(run)")
            let forPrograms = try house.martlet(["status", "--output", "json"])
            let remark = try JSON(parsing: forPrograms.output)["remark"]?.string
            #expect(remark.map { run.errors.contains($0) } == true, "\(forPrograms)")
        }
    }
}
