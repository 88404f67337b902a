import ArgumentParser

struct HookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hook", abstract: "Run as a Git hook, or install the hooks",
        discussion: """
                martlet hook install            a clone: pre-commit, commit-msg, pre-push
                martlet hook install --server   a server: pre-receive, post-receive
            """,
        subcommands: [
            PreCommitHook.self, CommitMessageHook.self, PrePushHook.self, PreReceiveHook.self, PostReceiveHook.self,
            InstallHooks.self,
        ])
}
