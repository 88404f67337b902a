import Domain
import Foundation
import TestSupport
import Testing

@testable import Engines

/// Every test runs real programs.
struct LocalProcessTests {
    private let shell = ["/bin/sh", "-c"]

    @Test func `gives output, errors and the exit code`() async {
        let result = await LocalProcess.run(Command(shell + ["echo out; echo err >&2; exit 7"]))
        #expect(result == CommandResult(ending: .exited(7), output: Array("out\n".utf8), errors: Array("err\n".utf8)))
    }

    @Test func `hands the input over, however large`() async {
        let input = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let result = await LocalProcess.run(Command(["cat"], input: input, outputLimit: 4_000_000))
        #expect(result.ending == .exited(0))
        #expect(result.output == input)
    }

    @Test func `a program that does not read its input harms nobody`() async {
        let result = await LocalProcess.run(Command(["true"], input: [UInt8](repeating: 1, count: 1_000_000)))
        #expect(result.ending == .exited(0))
    }

    @Test func `both streams at once do not block each other`() async {
        let script = "for i in 1 2 3; do head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2; done"
        let result = await LocalProcess.run(Command(shell + [script]))
        #expect(result.ending == .exited(0))
        #expect(result.output.count == 900_000 && result.errors.count == 900_000)
    }

    @Test func `keeps the beginning of the output and the end of the errors, and reads the rest`() async {
        let result = await LocalProcess.run(
            Command(shell + ["seq 1 100000; seq 1 100000 >&2; exit 3"], outputLimit: 1000))
        #expect(result.ending == .exited(3))
        #expect(result.output.count == 1000 && result.errors.count == 1000)
        #expect(result.output.starts(with: "1\n2\n3\n".utf8))
        #expect(result.lastWords.hasSuffix("99999\n100000"))
    }

    @Test func `shows the program only the environment that is listed`() async {
        setenv("MARTLET_TEST_SECRET", "hidden", 1)
        let result = await LocalProcess.run(Command(["/usr/bin/env"], environment: ["ONE": "1", "LANG": "C.UTF-8"]))
        let lines = Set(String(decoding: result.output, as: UTF8.self).split(separator: "\n"))
        #expect(lines == ["ONE=1", "LANG=C.UTF-8"])
    }

    @Test func `runs in the folder that is named`() async throws {
        let folder = try ScratchFolder()
        let result = await LocalProcess.run(Command(["pwd"], folder: folder.path))
        #expect(result.output == Array("\(folder.path)\n".utf8))
    }

    @Test func `a program inherits three descriptors and no more`() async {
        let kept = open("/dev/null", O_RDONLY)
        defer { close(kept) }
        let result = await LocalProcess.run(Command(["ls", "/proc/self/fd"]))
        // ls itself opens the folder that it lists.
        #expect(String(decoding: result.output, as: UTF8.self) == "0\n1\n2\n3\n")
    }

    @Test func `a program that ignores SIGTERM is killed after the grace`() async {
        let clock = ContinuousClock()
        let start = clock.now
        let result = await LocalProcess.run(
            Command(shell + ["trap '' TERM; echo up; while :; do sleep 1; done"], timeout: .milliseconds(300)))
        let time = clock.now - start
        #expect(result.ending == .timedOut)
        #expect(result.output == Array("up\n".utf8))
        #expect(time > .seconds(2) && time < .seconds(5))
    }

    @Test func `a time limit ends the whole group`() async throws {
        let folder = try ScratchFolder()
        let script = "sleep 60 & echo $! > pid; wait"
        let result = await LocalProcess.run(
            Command(shell + [script], folder: folder.path, timeout: .milliseconds(300)))
        #expect(result.ending == .timedOut)
        #expect(await ends(try pid(in: folder)))
    }

    @Test func `a grandchild that keeps the pipes open does not hang us, and ends`() async throws {
        let folder = try ScratchFolder()
        let clock = ContinuousClock()
        let start = clock.now
        let result = await LocalProcess.run(
            Command(shell + ["sleep 60 & echo $! > pid; echo done"], folder: folder.path))
        #expect(clock.now - start < .seconds(5))
        #expect(result.ending == .exited(0) && result.output == Array("done\n".utf8))
        #expect(await ends(try pid(in: folder)))
    }

    @Test func `a daemon that left the session does not hang us either`() async throws {
        let folder = try ScratchFolder()
        let clock = ContinuousClock()
        let start = clock.now
        let result = await LocalProcess.run(
            Command(shell + ["setsid sh -c 'echo $$ > pid; exec sleep 60' & sleep 0.3"], folder: folder.path))
        #expect(clock.now - start < .seconds(5))
        #expect(result.ending == .exited(0))
        let daemon = try pid(in: folder)
        #expect(isAlive(daemon))
        kill(daemon, SIGKILL)
    }

    @Test func `cancelling the task ends the program`() async throws {
        let clock = ContinuousClock()
        let start = clock.now
        let task = Task { await LocalProcess.run(Command(["sleep", "60"])) }
        try await Task.sleep(for: .milliseconds(200))
        task.cancel()
        #expect(await task.value.ending == .signalled(Int(SIGTERM)))
        #expect(clock.now - start < .seconds(5))
    }

    @Test func `says by which signal a program died`() async {
        #expect(await LocalProcess.run(Command(shell + ["kill -SEGV $$"])).ending == .signalled(Int(SIGSEGV)))
    }

    @Test func `a memory limit holds from the first instruction`() async {
        let script = "import sys; data = bytearray(400 << 20); print(len(data))"
        let free = await LocalProcess.run(Command(["/usr/bin/env", "python3", "-c", script], environment: path))
        #expect(free.ending == .exited(0))
        let limited = await LocalProcess.run(
            Command(["/usr/bin/env", "python3", "-c", script], environment: path, memoryLimit: 200 << 20))
        #expect(limited.ending == .exited(1))
        #expect(limited.lastWords.contains("MemoryError"))
    }

    @Test func `arguments reach a limited program as they are`() async {
        let odd = ["a b", "", "$HOME", "'\"", "*", "é\n"]
        let result = await LocalProcess.run(Command(["printf", "[%s]"] + odd, memoryLimit: 1 << 30))
        #expect(String(decoding: result.output, as: UTF8.self) == odd.map { "[\($0)]" }.joined())
    }

    @Test(arguments: [
        (["no-such-program"], "there is no program 'no-such-program' in"),
        (["/no/such/program"], "cannot start /no/such/program: No such file"),
        (["/etc/passwd"], "Permission denied (run chmod +x on it)"),
        ([], "the command is empty"),
        (["echo", "a\0b"], "NUL character"),
    ])
    func `says why a program cannot be started`(arguments: [String], words: String) async {
        guard case .notStarted(let message) = await LocalProcess.run(Command(arguments)).ending else {
            Issue.record("it was started")
            return
        }
        #expect(message.contains(words), "\(message)")
    }

    @Test(arguments: [
        (EMFILE, "Too many open files (raise the limit of open files: ulimit -n"), (EAGAIN, "ulimit -u"),
        (ENOMEM, "memory"),
    ])
    func `what the machine has not left is told apart from a program that is not there`(code: Int32, words: String) {
        guard case .exhausted(let message) = StartFailure("no pipe to the program", code: code).ending else {
            Issue.record("it would be looked for in the program")
            return
        }
        #expect(message.hasPrefix("no pipe to the program: ") && message.contains(words), "\(message)")
        #expect(
            StartFailure("cannot start x", code: ENOENT).ending
                == .notStarted("cannot start x: No such file or directory"))
    }

    @Test func `says that the folder is missing, not the program`() async {
        let result = await LocalProcess.run(Command(["true"], folder: "/no/such/folder"))
        #expect(result.ending == .notStarted("cannot run in /no/such/folder: No such file or directory"))
    }

    @Test func `a work folder is not searched for programs`() async throws {
        let folder = try ScratchFolder()
        try Data("#!/bin/sh\n".utf8).write(to: URL(filePath: folder.path + "/git"))
        chmod(folder.path + "/git", 0o755)
        let command = Command(["git"], environment: ["PATH": ":.:relative"], folder: folder.path)
        guard case .notStarted = await LocalProcess.run(command).ending else {
            Issue.record("it ran the program of the work folder")
            return
        }
    }

    @Test func `as many programs as you like wait at the same time`() async {
        let clock = ContinuousClock()
        let start = clock.now
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<32 { group.addTask { _ = await LocalProcess.run(Command(["sleep", "1"])) } }
        }
        // If they held the concurrency pool, with its one thread a core, this would take 16 seconds on two cores.
        #expect(clock.now - start < .seconds(6))
    }

    @Test func `leaves neither descriptors nor zombies behind`() async throws {
        _ = await LocalProcess.run(Command(["true"]))
        for _ in 0..<400 {
            _ = await LocalProcess.run(Command(["true"], input: [1]))
            _ = await LocalProcess.run(Command(["no-such-program"]))
        }
        let zombies = await LocalProcess.run(
            Command(shell + ["ps -o stat=,comm= --ppid \(getpid()) | grep '^Z' | grep -c true"]))
        #expect(zombies.output == Array("0\n".utf8))
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        #expect(open < 400)
    }

    private var path: [String: String] { ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""] }

    private func pid(in folder: ScratchFolder) throws -> pid_t {
        let text = try String(contentsOfFile: folder.path + "/pid", encoding: .utf8)
        return try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    /// Whether a program that was killed is gone: the kernel takes its time on a busy machine.
    private func ends(_ id: pid_t) async -> Bool {
        for _ in 0..<200 where isAlive(id) { try? await Task.sleep(for: .milliseconds(10)) }
        return !isAlive(id)
    }

    /// Whether the process runs; one that ended but was not reaped by its new parent yet does not.
    private func isAlive(_ id: pid_t) -> Bool {
        guard let text = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return false }
        return !text[end...].hasPrefix(") Z") && !text[end...].hasPrefix(") X")
    }
}
