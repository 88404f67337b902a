import Domain
import Foundation
import TestSupport
import Testing

@testable import Engines

/// Every test runs real programs as launchers.
struct CommandEngineTests {
    private static let surroundings = [
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "HOME": NSHomeDirectory(),
    ]

    private func engine(_ command: [String], in folder: String, cancel: [String] = []) throws -> CommandEngine {
        try CommandEngine(
            node: ManifestTree([
                "command": .array(command.map(JSON.string)), "cancel": .array(cancel.map(JSON.string)),
                "folder": .string(folder), "environment": ["LAUNCHER_SAYS": "hello"],
            ]))
    }

    private func run(
        _ arguments: [String], by launcher: [String], cancel: [String] = [], time: Duration = .seconds(30),
        memory: Int? = nil, file: Int? = nil, in scratch: ScratchFolder? = nil
    ) async throws -> CommandResult {
        let scratch = try scratch ?? ScratchFolder()
        let sandbox = Sandbox(
            try engine(launcher, in: scratch.path, cancel: cancel), surroundings: Self.surroundings)
        return try await sandbox.withFolder { folder in
            await folder.run(
                arguments, about: "lending/Credit risk", within: .init(time: time, memory: memory, file: file),
                environment: ["MARTLET_MODEL": "it's \"a\" $model"], secrets: ["RETRAIN_TOKEN": "hush hush"])
        }
    }

    private static let wrappers: [[String]] = [
        ["env"], ["nice", "-n", "5"], ["setpriv", "--no-new-privs", "--"], ["timeout", "{seconds}"],
        ["sh", "-c", "\"$@\"", "launcher"],
    ]

    @Test(arguments: wrappers) func `output, errors, status, environment and folder are the command's`(
        wrapper: [String]
    ) async throws {
        let script =
            "pwd; echo \"$MARTLET_MODEL|$LANG|$1\"; echo oops >&2; cat in.txt > \"$TMPDIR/x\" && ls \"$HOME\"; exit 7"
        let scratch = try ScratchFolder()
        let sandbox = Sandbox(try engine(wrapper, in: scratch.path), surroundings: Self.surroundings)
        try await sandbox.withFolder { folder in
            try folder.place(.bytes([1]), at: "in.txt")
            let result = await folder.run(
                ["/bin/sh", "-c", script, "sh", "a 'b'  c"], within: .init(time: .seconds(30)),
                environment: ["MARTLET_MODEL": "it's \"a\" $model"])
            #expect(result.ending == .exited(7), "\(result)")
            #expect(
                String(decoding: result.output, as: UTF8.self)
                    == "\(folder.work)\nit's \"a\" $model|C.UTF-8|a 'b'  c\n")
            #expect(result.errors == Array("oops\n".utf8))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
    }

    @Test func `what is for the launcher alone does not reach the command`() async throws {
        let scratch = try ScratchFolder()
        let surroundings = Self.surroundings.merging(["KUBECONFIG": "/secret", "LANG": "xx"]) { $1 }
        let sandbox = Sandbox(
            try engine(["sh", "-c", "echo $KUBECONFIG; \"$@\"", "sh"], in: scratch.path), surroundings: surroundings)
        let result = try await sandbox.withFolder { folder in
            await folder.run(
                ["/bin/sh", "-c", "echo \"[$KUBECONFIG|$LANG]\""], within: .init(time: .seconds(30)), environment: [:])
        }
        #expect(String(decoding: result.output, as: UTF8.self) == "/secret\n[|C.UTF-8]\n", "\(result)")
    }

    @Test func `placeholders say what the job is called and may take`() async throws {
        let launcher = [
            "sh", "-c", "echo \"$0|$LAUNCHER_SAYS|$HOME\"; exec \"$@\"", "{job}|{folder}|{memoryMiB}|{minutes}|{x}",
        ]
        let known = try await run(
            ["true"], by: launcher.map { $0.replacing("{x}", with: "{") }, time: .seconds(61), memory: 300 << 20)
        let words = String(decoding: known.output, as: UTF8.self).split(separator: "|").map(String.init)
        #expect(known.succeeded && words.count == 7, "\(known)")
        #expect(words[0].wholeMatch(of: /martlet-lending-credit-risk-[a-z0-9]+/) != nil, "\(words)")
        #expect(words[1].contains("/martlet-sandbox-") && Array(words[2...5]) == ["300", "2", "{", "hello"])
        #expect(words[6] == NSHomeDirectory() + "\n")
    }

    @Test func `the job's limits hold for the job, and not for its launcher`() async throws {
        // It takes more than the job may, and starts the job all the same.
        let greedy = [
            "python3", "-c",
            "import subprocess, sys; x = bytearray(600 << 20); sys.exit(subprocess.call(sys.argv[1:]))",
        ]
        let modest = try await run(["true"], by: greedy, memory: 300 << 20)
        #expect(modest.succeeded, "\(modest.lastWords)")
        let large = try await run(
            ["python3", "-c", "bytearray(600 << 20)"], by: greedy, memory: 300 << 20)
        #expect(large.ending == .exited(1) && large.lastWords.contains("MemoryError"), "\(large)")
        let endless = try await run(
            ["dd", "if=/dev/zero", "of=out", "bs=64k", "count=1000"], by: ["nice"], file: 1 << 20)
        #expect(endless.ending == .signalled(25), "\(endless)")
    }

    @Test func `a launcher that begins no job says nothing of the model`() async throws {
        let down = try await run(["true"], by: ["sh", "-c", "echo no server answers >&2; exit 1"])
        #expect(down.ending == .notStarted("'sh' ended with 1, and the job has not begun"), "\(down)")
        #expect(down.lastWords == "no server answers")
        let hasty = try await run(["sleep", "2"], by: ["sh", "-c", "setsid \"$@\" & sleep 0.5", "sh"])
        #expect(
            hasty.ending == .notStarted("'sh' ended with 0 before the job had: it has to wait for the job's end"),
            "\(hasty)")
        let none = try await run(["true"], by: ["no-such-launcher"])
        guard case .notStarted(let why) = none.ending else { return #expect(Bool(false), "\(none)") }
        #expect(why.contains("there is no program 'no-such-launcher'"), "\(why)")
    }

    @Test func `how the job ended counts, whatever its launcher makes of that`() async throws {
        let blind = ["sh", "-c", "\"$@\"; exit 0", "sh"]
        #expect(try await run(["sh", "-c", "exit 3"], by: blind).ending == .exited(3))
        let killed = try await run(["sh", "-c", "kill -9 $$"], by: blind)
        #expect(killed.ending == .signalled(9), "\(killed)")
    }

    @Test func `a job that takes too long ends, and what its launcher left is cancelled`() async throws {
        let scratch = try ScratchFolder(), mark = try ScratchFolder()
        // As ssh does, this launcher leaves what it started behind.
        let launcher = ["sh", "-c", "setsid \"$@\" & echo $! > \(mark.path)/pid; wait", "sh"]
        let plain = try await run(["sleep", "91"], by: ["nice"], time: .milliseconds(500), in: scratch)
        #expect(plain.ending == .timedOut)
        let cancel = ["sh", "-c", "kill $(cat \(mark.path)/pid) && echo {job} >> \(mark.path)/cancelled"]
        let left = try await run(["sleep", "92"], by: launcher, cancel: cancel, time: .seconds(1), in: scratch)
        #expect(left.ending == .timedOut)
        let told = try mark.text(of: "cancelled")
        #expect(told.hasPrefix("martlet-lending-credit-risk-"), "\(told)")
        let failing = try await run(
            ["sleep", "93"], by: ["nice"], cancel: ["sh", "-c", "echo unknown job; exit 1"], time: .milliseconds(500))
        #expect(failing.lastWords.contains("'sh', which should end the job, failed: unknown job"), "\(failing)")
        #expect(try !isRunning("sleep 9[123]"))
    }

    @Test func `a task that is cancelled ends its job, and cancels what the launcher left`() async throws {
        let mark = try ScratchFolder()
        let launcher = ["sh", "-c", "setsid \"$@\" & echo $! > \(mark.path)/pid; wait", "sh"]
        let task = Task {
            try await run(["sleep", "94"], by: launcher, cancel: ["sh", "-c", "kill $(cat \(mark.path)/pid)"])
        }
        for _ in 0..<500 where !FileManager.default.fileExists(atPath: mark.path + "/pid") {
            try await Task.sleep(for: .milliseconds(20))
        }
        try await Task.sleep(for: .milliseconds(300))
        task.cancel()
        let start = ContinuousClock.now
        _ = try await task.value
        #expect(ContinuousClock.now - start < .seconds(15))
        #expect(try !isRunning("sleep 94"))
    }

    @Test func `secrets reach the command by its launcher, and stand in no file`() async throws {
        let script =
            "echo $RETRAIN_TOKEN | tr a-z A-Z; grep -rc \"$RETRAIN_TOKEN\" \"$HOME/..\" | grep -v ':0' || echo in no file"
        let result = try await run(["sh", "-c", script], by: ["env"])
        #expect(result.output == Array("HUSH HUSH\nin no file\n".utf8), "\(result)")
    }

    /// OpenSSH on the loopback interface: another shell there puts the words together anew.
    @Test func `another machine runs it by ssh`() async throws {
        let server = try SSHServer()
        let ssh = server.client + ["/usr/bin/env", "-i", "PATH=/usr/bin:/bin"]
        let script = "echo \"$MARTLET_MODEL\"; cat > out.txt; echo \"$SSH_CONNECTION\"; exit 5"
        let scratch = try ScratchFolder()
        let result = try await run(["sh", "-c", script], by: ssh, memory: 1 << 30, in: scratch)
        #expect(result.ending == .exited(5), "\(result)")
        #expect(result.output == Array("it's \"a\" $model\n\n".utf8))
        let down = try await run(["true"], by: server.client.map { $0.replacing("\(server.port)", with: "1") })
        guard case .notStarted(let why) = down.ending else { return #expect(Bool(false), "\(down)") }
        #expect(why == "'ssh' ended with 255, and the job has not begun")
    }

    @Test func `wrong settings are refused, each with what is right`() throws {
        func problems(_ json: JSON) -> [String] {
            do throws(FieldErrors) {
                _ = try CommandEngine(node: ManifestTree(json))
                return []
            } catch { return error.problems.map { $0.message + ($0.hint.map { "; \($0)" } ?? "") } }
        }
        #expect(problems(["command": ["srun"], "folder": "/shared/a-b_c.d"]) == [])
        #expect(problems(["command": ["a", "--x={\"a\": {}}", "{.ID}", "{}"], "folder": "/a"]) == [])
        #expect(problems(["command": [], "folder": "/a"]) == ["command: is empty"])
        #expect(problems(["command": ["srun"]])[0].hasPrefix("missing field 'folder'"))
        #expect(
            problems(["command": ["srun", "--mem={memory}"], "folder": "/a", "cancel": ["scancel", "{name}"]]) == [
                "command: '{memory}' is nothing that is filled in; known: \(JobPlaceholders.listed)",
                "cancel: '{name}' is nothing that is filled in; known: \(JobPlaceholders.listed)",
            ])
        for folder in ["a", "/a b", "/a;b", "/ä"] {
            #expect(problems(["command": ["x"], "folder": .string(folder)]).count == 1, "\(folder)")
        }
    }

    private func isRunning(_ pattern: String) throws -> Bool {
        try spawn(["pgrep", "-f", "^\(pattern)"], environment: Self.surroundings).code == 0
    }
}
