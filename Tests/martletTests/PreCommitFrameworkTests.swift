import Foundation
import TestSupport
import Testing

/// The hooks of `.pre-commit-hooks.yaml`, installed and run by the framework of pre-commit.com itself.
struct PreCommitFrameworkTests {
    private static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The program, 3.2 or newer: `pip install pre-commit`.
    private static let framework = ProcessInfo.processInfo.environment["MARTLET_PRE_COMMIT"]

    @Test(.enabled(if: framework != nil, "MARTLET_PRE_COMMIT names no pre-commit"))
    func `the framework refuses what the hooks refuse, and lets the rest through`() async throws {
        let framework = try #require(Self.framework)
        try await withHouse { house in
            try house.push(right: 7)
            let hooks = house.folder + "/hooks"
            try git("init", "--quiet", hooks)
            try FileManager.default.copyItem(
                atPath: Self.project.path() + ".pre-commit-hooks.yaml", toPath: hooks + "/.pre-commit-hooks.yaml")
            try git("add", ".", in: hooks)
            try git("commit", "--quiet", "-m", "hooks", in: hooks)
            try git("tag", "v1", in: hooks)
            let settings = """
                default_install_hook_types: [pre-commit, commit-msg, pre-push]
                repos:
                  - repo: \(hooks)
                    rev: v1
                    hooks: [{id: martlet-validate}, {id: martlet-commit-msg}, {id: martlet-pre-push}]

                """
            try house.commit([".pre-commit-config.yaml": settings])
            let variables = house.hookEnvironment.merging([
                "PRE_COMMIT_HOME": house.folder + "/framework", "HOME": house.folder,
            ]) { $1 }
            func inWork(_ arguments: String...) throws { try git(arguments, in: house.work, environment: variables) }
            let ended = try spawn([framework, "install"], environment: variables, folder: house.work)
            try #require(ended.code == 0, "\(String(decoding: ended.errors, as: UTF8.self))")

            try house.write(House.gate(0.7), to: "gates/g.yaml")
            try inWork("commit", "--quiet", "-a", "-m", "a valid gate")
            try inWork("push", "--quiet", "origin", "HEAD:main")

            let untrue = "Promote\n\nMartlet-Action: promote"
            let message = try words { try inWork("commit", "--allow-empty", "-m", untrue) }
            #expect(message.contains("needs Martlet-Environment: and Martlet-Model:"))

            let broken = "apiVersion: martlet.dev/v1\nkind: Gate\nmetadata: {name: g}\nspec: {soakfor: 1h}\n"
            try house.write(broken, to: "gates/g.yaml")
            let staged = try words { try inWork("commit", "-a", "-m", "x") }
            #expect(staged.contains("gates/g.yaml:4:") && staged.contains("did you mean 'soakFor'?"))

            try inWork("commit", "--quiet", "--no-verify", "-a", "-m", "x")
            let pushed = try words { try inWork("push", "origin", "HEAD:main") }
            #expect(pushed.contains("gates/g.yaml:4:"))
        }
    }

    /// What git says when it is refused.
    private func words(_ body: () throws -> Void) throws -> String {
        do { try body() } catch let failure as GitProgramFailure { return failure.words }
        Issue.record("it was let through")
        return ""
    }
}
