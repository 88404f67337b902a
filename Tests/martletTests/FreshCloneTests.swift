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
                #expect(!run.output.contains("git fetch"))
            }
            try git("fetch", "--quiet", "origin", "+refs/martlet/*:refs/martlet/*", in: house.work)
            for command in commands {
                #expect(try !house.martlet(command).errors.contains("git fetch"), "\(command)")
                #expect(try !house.martlet(command + ["-C", house.origin]).errors.contains("git fetch"))
            }
        }
    }

    @Test func `the records are looked for where the repository says that they are`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let settings =
                "apiVersion: martlet.dev/v1\nkind: Repository\nmetadata: {name: r}\nspec: {references: refs/own}\n"
            try house.commit(["martlet.yaml": settings])
            let run = try house.martlet(["status"])
            #expect(run.errors.contains("git fetch origin \"+refs/own/*:refs/own/*\""), "\(run)")
        }
    }
}
