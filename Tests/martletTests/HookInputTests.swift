import Foundation
import TestSupport
import Testing

/// Hooks that share Git's words on standard input with another program.
struct HookInputTests {
    private let broken = "apiVersion: martlet.dev/v1\nkind: Gate\nmetadata: {name: g}\nspec: {soakfor: 1h}\n"

    @Test(arguments: ["pre-receive", "pre-push"])
    func `what is to be added to a hook that reads its input lets both read it`(name: String) async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            let isServer = name == "pre-receive"
            let hooks = isServer ? house.origin + "/hooks" : house.work + "/.git/hooks"
            try FileManager.default.createDirectory(atPath: hooks, withIntermediateDirectories: true)
            let other = "while read -r line; do echo \"$line\" >> \(house.folder)/read; done\n"
            try Data("#!/bin/sh\n\(other)".utf8).write(to: URL(filePath: "\(hooks)/\(name)"))
            let run = try house.martlet(
                ["hook", "install", "-C", isServer ? house.origin : house.work] + (isServer ? ["--server"] : []))
            let lines = run.errors.split(separator: "\n").filter { $0.hasPrefix("    ") }.joined(separator: "\n")
            try Data("#!/bin/sh\n\(lines)\n\(other)".utf8).write(to: URL(filePath: "\(hooks)/\(name)"))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(hooks)/\(name)")
            try commit(house, "fine")
            try house.inWork("push", "--quiet", "origin", "HEAD:main")
            #expect(try String(contentsOfFile: house.folder + "/read", encoding: .utf8).contains("refs/heads/main"))
            try house.write(broken, to: "gates/g.yaml")
            try commit(house, "broken")
            #expect(try refusal(of: house).contains("did you mean 'soakFor'?"))
        }
    }

    @Test func `a pre-receive hook whose input another program has read refuses the push`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            #expect(try house.martlet(["hook", "install", "--server", "-C", house.origin]).code == 0)
            let hook = house.origin + "/hooks/pre-receive"
            try Data("#!/bin/sh\ncat > /dev/null\nmartlet hook pre-receive \"$@\" || exit 1\n".utf8)
                .write(to: URL(filePath: hook))
            try house.write(broken, to: "gates/g.yaml")
            try commit(house, "broken")
            let refusal = try refusal(of: house)
            #expect(refusal.contains("nothing of that has come"), "\(refusal)")
        }
    }

    private func commit(_ house: House, _ message: String) throws {
        try house.inWork("commit", "--all", "--quiet", "--no-verify", "--allow-empty", "-m", message)
    }

    /// What git says to the push.
    private func refusal(of house: House) throws -> String {
        do {
            try house.inWork("push", "origin", "HEAD:main")
        } catch let failure as GitProgramFailure {
            return failure.words
        }
        Issue.record("it was let through")
        return ""
    }
}
