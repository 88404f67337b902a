import ArgumentParser
import Domain
import Engines
import Git
import Glibc

/// Puts the hooks of `hooks/` into a repository. A hook that is there is kept.
struct InstallHooks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install", abstract: "Install the hooks into a repository")

    @Option(name: .customShort("C"), help: "The repository") var path: String = "."
    @Flag(help: "The hooks of the bare repository that people push to") var server = false
    @Option(help: "text for people, json for programs") var output: OutputFormat = .text

    func run() async throws {
        // Hooks that refuse every commit help nobody: what they cannot work in is refused here.
        try requireRightKind()
        let result = await LocalProcess.run(
            Command(["git", "-C", path, "rev-parse", "--git-path", "hooks"], environment: ProcessFacts.environment))
        guard result.succeeded, let line = String(decoding: result.output, as: UTF8.self).split(separator: "\n").first
        else {
            throw CouldNot(message: "Error: git does not say where the hooks of \(path) are: it \(result.story)")
        }
        let folder = line.hasPrefix("/") ? String(line) : "\(path)/\(line)"
        let names = server ? ["pre-receive", "post-receive"] : ["pre-commit", "commit-msg", "pre-push"]
        var (installed, present, others): ([String], [String], [String]) = ([], [], [])
        for name in names {
            let file = "\(folder)/\(name)"
            if access(file, F_OK) == 0 {
                let text = String(decoding: try LocalFile.bytes(of: file), as: UTF8.self)
                guard !text.contains("martlet hook \(name)") else {
                    present.append(file)
                    if output == .text { Terminal.say("\(file) is there already.") }
                    continue
                }
                others.append(file)
                Terminal.complain(
                    "\(file) is another hook and is kept; add this below its first line:\n\(HookScripts.lines(name))")
                continue
            }
            try LocalFile.write(Array(HookScripts.text(name).utf8), to: file, executable: true)
            installed.append(file)
            if output == .text { Terminal.say("Installed \(file)") }
        }
        guard output == .json else { return }
        let answer: JSON = [
            "installed": .array(installed.map(JSON.string)), "present": .array(present.map(JSON.string)),
            "others": .array(others.map(JSON.string)),
        ]
        Terminal.say(answer.text(pretty: true))
    }

    /// Nobody commits in a bare repository, and a work clone is not what people push to.
    private func requireRightKind() throws {
        let isBare = try GitFolder.repository(path).isBare
        guard isBare != server else { return }
        let place = path == "." ? "" : " -C \(path)"
        throw WrongUse(
            server
                ? "--server is for the bare repository that people push to, and \(path) is a work clone: "
                    + "martlet hook install\(place)"
                : "\(path) is a bare repository, in which nobody commits: martlet hook install --server\(place)")
    }
}

/// The hooks as the repository's `hooks/` folder shows them.
enum HookScripts {
    /// What calls Martlet at the beginning of another hook. Both may read what Git says on standard input.
    static func lines(_ name: String) -> String {
        guard ["pre-push", "pre-receive", "post-receive"].contains(name) else {
            return "    martlet hook \(name) \"$@\" || exit 1"
        }
        return """
                input=$(mktemp) && cat > "$input" || exit 1
                martlet hook \(name) "$@" < "$input" || { rm -f "$input"; exit 1; }
                exec < "$input"; rm -f "$input"
            """
    }

    static func text(_ name: String) -> String {
        """
        #!/bin/sh
        # Installed by 'martlet hook install'; see 'martlet hook \(name) --help'.
        exec martlet hook \(name) "$@"

        """
    }
}
