import Domain
import Engines
import Foundation
import TestSupport
import Testing

struct SandboxTests {
    @Test func `a command sees the files placed for it and no secrets`() async throws {
        setenv("MARTLET_TEST_SECRET", "hidden", 1)
        let scratch = try ScratchFolder()
        let data = try scratch.write("a,b\n1,2\n".utf8, to: "data.csv")
        try await sandbox(in: scratch.path).withFolder { folder in
            try folder.place(.file(path: data, size: 8), at: "data/eval.csv")
            try folder.place(.bytes(Array("weights".utf8)), at: "model.json")
            let result = await folder.run(
                ["/bin/sh", "-c", "pwd; env | sort; cat data/eval.csv model.json > out.csv"], timeout: .seconds(10))
            let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n").map(String.init)
            let home = String(folder.work.dropLast(5))
            let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
            let expected = [
                "HOME=\(home)/home", "LANG=C.UTF-8", "PATH=\(path)", "PWD=\(folder.work)", "TMPDIR=\(home)/tmp",
            ]
            #expect(lines == [folder.work] + expected)
            #expect(try folder.read("out.csv", atMost: 100) == Array("a,b\n1,2\nweights".utf8))
            #expect(try folder.read("other.csv", atMost: 100) == nil)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["data.csv"])
    }

    @Test func `the folder goes even if the body throws or the command locked it`() async throws {
        let scratch = try ScratchFolder()
        struct Stop: Error {}
        await #expect(throws: Stop.self) {
            try await sandbox(in: scratch.path).withFolder { folder in
                _ = await folder.run(["/bin/sh", "-c", "mkdir a; touch a/b; chmod 000 a ."], timeout: .seconds(10))
                throw Stop()
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
    }

    @Test func `what a killed Martlet left is removed, what is in use is not`() async throws {
        let scratch = try ScratchFolder()
        try scratch.write([1], to: "martlet-sandbox-left00/work/file")
        let hourAgo = timeval(tv_sec: time(nil) - 3600, tv_usec: 0)
        utimes(scratch.path + "/martlet-sandbox-left00", [hourAgo, hourAgo])
        try await sandbox(in: scratch.path).withFolder { outer in
            utimes(String(outer.work.dropLast(5)), [hourAgo, hourAgo])
            try await sandbox(in: scratch.path).withFolder { _ in
                let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
                #expect(names.count == 2 && !names.contains("martlet-sandbox-left00"))
            }
        }
    }

    @Test func `a command cannot make us read what lies outside`() async throws {
        try await Sandbox().withFolder { folder in
            let script = "ln -s /etc/passwd out.csv; ln -s /etc sub; mkfifo pipe; head -c 200 /dev/zero > big"
            _ = await folder.run(["/bin/sh", "-c", script], timeout: .seconds(10))
            for (name, words) in [
                ("out.csv", "symbolic link"), ("sub/passwd", "leads out of"), ("pipe", "is no file"),
                ("big", "has 200 bytes"), ("../home", "is no path inside"), ("/etc/passwd", "is no path inside"),
            ] {
                let failure = #expect(throws: SandboxFailure.self) { try folder.read(name, atMost: 100) }
                #expect(failure?.description.contains(words) == true, "\(name): \(failure?.description ?? "")")
            }
        }
    }

    @Test func `files are placed inside or not at all`() async throws {
        try await Sandbox().withFolder { folder in
            for name in ["../x", "/tmp/x", "a/../../x", "", "a//b", "."] {
                #expect(throws: SandboxFailure.self) { try folder.place(.bytes([]), at: name) }
            }
            try folder.place(.bytes([]), at: "once")
            #expect(throws: SandboxFailure.self) { try folder.place(.bytes([]), at: "once") }
        }
    }

    @Test func `time and memory are limited`() async throws {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        try await sandbox(programs: path).withFolder { folder in
            #expect(await folder.run(["sleep", "9"], timeout: .milliseconds(100)).ending == .timedOut)
            let greedy = await folder.run(
                ["python3", "-c", "bytearray(300 << 20)"], timeout: .seconds(20), memoryLimit: 200 << 20)
            #expect(greedy.ending == .exited(1) && greedy.lastWords.contains("MemoryError"))
        }
    }

    @Test func `no file grows beyond its limit, and the sum of limits holds`() async throws {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        try await sandbox(programs: path).withFolder { folder in
            let size = 1 << 20
            for memory in [nil, 1 << 30] {
                let endless = await folder.run(
                    ["dd", "if=/dev/zero", "of=out", "bs=64k", "count=1000"], timeout: .seconds(20),
                    memoryLimit: memory, fileLimit: size)
                #expect(endless.ending == .signalled(25), "\(endless.lastWords)")
                let text = try FileManager.default.attributesOfItem(atPath: folder.work + "/out")[.size] as? Int
                #expect(try #require(text) <= size + 512)
            }
            let exact = await folder.run(
                ["dd", "if=/dev/zero", "of=exact", "bs=64k", "count=16"], timeout: .seconds(20), fileLimit: size)
            #expect(exact.succeeded, "\(exact.lastWords)")
        }
    }

    @Test func `what took a session of its own goes with the folder`() async throws {
        let scratch = try ScratchFolder()
        let mine = try await sandbox(in: scratch.path).withFolder { folder in
            let script = "setsid sleep 91 & echo $!; exec sleep 92"
            let run = await folder.run(["/bin/sh", "-c", script], timeout: .milliseconds(500))
            #expect(run.ending == .timedOut)
            return String(decoding: run.output, as: UTF8.self).filter(\.isNumber)
        }
        // The time-out alone does not reach it.
        let status = try? String(contentsOfFile: "/proc/\(mine)/stat", encoding: .utf8)
        #expect(!mine.isEmpty && (status == nil || status!.contains(") Z ")), "\(status ?? "")")
    }

    @Test(.enabled(if: canUnshare()))
    func `without network not even the loopback interface answers`() async throws {
        let server = try LoopbackServer("def answer(self, body): return 200, {}, b'here'")
        let script = ["curl", "-sS", "--max-time", "5", server.url]
        let open = try await Sandbox().withFolder { await $0.run(script, timeout: .seconds(10)) }
        #expect(open.output == Array("here".utf8))
        let closed = try await sandbox(network: false).withFolder { await $0.run(script, timeout: .seconds(10)) }
        #expect(closed.ending == .exited(7), "\(closed.lastWords)")
    }
}

private func canUnshare() -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["unshare", "--map-current-user", "--net", "--", "true"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
}

private func sandbox(in folder: String = "/tmp", programs: String? = nil, network: Bool = true) throws -> Sandbox {
    let engine = try LocalEngine(node: ManifestTree(["folder": .string(folder), "network": .bool(network)]))
    return Sandbox(engine, surroundings: programs.map { ["PATH": $0] } ?? [:])
}

extension SandboxFolder {
    fileprivate func run(
        _ arguments: [String], timeout: Duration, memoryLimit: Int? = nil, fileLimit: Int? = nil
    ) async -> CommandResult {
        await run(arguments, within: .init(time: timeout, memory: memoryLimit, file: fileLimit))
    }
}
