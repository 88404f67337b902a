import Domain
import Foundation
import TestSupport
import Testing

@testable import Engines

/// Slurm itself (Debian's packages slurmctld, slurmd, slurm-client and munge) on the loopback interface: `make test-servers` runs these.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["MARTLET_SLURM"] != nil))
struct RealSlurmTests {
    private static let launcher = [
        "srun", "--quiet", "--job-name={job}", "--mem={memoryMiB}M", "--time={minutes}", "--chdir={folder}",
    ]

    private func run(
        _ settings: String, _ arguments: [String], time: Duration = .seconds(60), memory: Int = 200 << 20
    ) async throws -> CommandResult {
        let scratch = try ScratchFolder()
        let engine = try CommandEngine(
            node: ManifestTree([
                "command": .array(Self.launcher.map(JSON.string)), "folder": .string(scratch.path),
                "cancel": ["scancel", "--name={job}"], "environment": ["SLURM_CONF": .string(settings)],
            ]))
        let sandbox = Sandbox(engine, surroundings: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""])
        return try await sandbox.withFolder { folder in
            try folder.place(.bytes(Array("3\n".utf8)), at: "in.txt")
            return await folder.run(
                arguments, about: "tumor", within: .init(time: time, memory: memory),
                environment: ["MARTLET_MODEL": "tumor"], secrets: ["RETRAIN_TOKEN": "hush hush"])
        }
    }

    @Test func `a job runs as a job of Slurm's, and all that it says and leaves comes back`() async throws {
        let cluster = try SlurmCluster()
        let script =
            "echo \"$MARTLET_MODEL $RETRAIN_TOKEN ${SLURM_JOB_ID:+in a job}\"; cat in.txt; echo oops >&2; exit 7"
        let ended = try await run(cluster.settings, ["sh", "-c", script])
        #expect(ended.ending == .exited(7), "\(ended)")
        #expect(ended.output == Array("tumor hush hush in a job\n3\n".utf8), "\(ended.lastWords)")
        #expect(ended.lastWords.contains("oops"))
        let killed = try await run(cluster.settings, ["sh", "-c", "kill -9 $$"])
        #expect(killed.ending == .signalled(9), "\(killed)")
        let large = try await run(cluster.settings, ["python3", "-c", "bytearray(600 << 20)"])
        #expect(large.ending == .exited(1) && large.lastWords.contains("MemoryError"), "\(large)")
    }

    @Test func `a job that takes too long is gone from Slurm, too`() async throws {
        let cluster = try SlurmCluster()
        let late = try await run(cluster.settings, ["sleep", "300"], time: .seconds(3))
        #expect(late.ending == .timedOut, "\(late)")
        #expect(try cluster.ask("squeue", "--noheader", "--states=pending,running") == "")
        let settings = cluster.settings
        let task = Task { try await run(settings, ["sleep", "300"]) }
        for _ in 0..<200 where try cluster.ask("squeue", "--noheader", "--states=running").isEmpty {
            try await Task.sleep(for: .milliseconds(100))
        }
        task.cancel()
        _ = try await task.value
        #expect(try cluster.ask("squeue", "--noheader", "--states=pending,running") == "")
    }

    @Test func `what Slurm refuses, or a Slurm that is gone, says nothing of the model`() async throws {
        let cluster = try SlurmCluster()
        let refused = try await run(cluster.settings, ["true"], memory: 1 << 50)
        #expect(refused.ending == .notStarted("'srun' ended with 1, and the job has not begun"), "\(refused)")
        #expect(refused.lastWords.contains("Memory specification can not be satisfied"), "\(refused.lastWords)")
        try cluster.stop()
        let gone = try await run(cluster.settings, ["true"], time: .seconds(5))
        #expect(
            gone.ending == .timedOut || gone.ending == .notStarted("'srun' ended with 1, and the job has not begun"))
    }
}

/// A cluster of this machine alone, which ends with its last reference.
private final class SlurmCluster {
    let settings: String
    private let folder: URL
    private var processes: [Process] = []

    init() throws {
        folder = try temporaryFolder()
        let path = folder.path(percentEncoded: false)
        settings = "\(path)/slurm.conf"
        for name in ["state", "spool", "munge"] {
            try FileManager.default.createDirectory(
                at: folder.appending(path: name), withIntermediateDirectories: true,
                attributes: [.posixPermissions: name == "munge" ? 0o700 : 0o755])
        }
        let key = Data((0..<1024).map { _ in UInt8.random(in: .min ... .max) })
        let host = ProcessInfo.processInfo.hostName.prefix { $0 != "." }
        let port = Int.random(in: 20_000..<32_000)
        try key.write(to: folder.appending(path: "munge/key"))
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: "\(path)/munge/key")
        let text = """
            ClusterName=test
            SlurmctldHost=\(host)(127.0.0.1)
            AuthType=auth/munge
            AuthInfo=socket=\(path)/munge/sock
            SlurmUser=\(NSUserName())
            SlurmdUser=\(NSUserName())
            StateSaveLocation=\(path)/state
            SlurmdSpoolDir=\(path)/spool
            SlurmctldPidFile=\(path)/slurmctld.pid
            SlurmdPidFile=\(path)/slurmd.pid
            SlurmctldPort=\(port)
            SlurmdPort=\(port + 1)
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_Core_Memory
            ReturnToService=2
            MpiDefault=none
            JobAcctGatherType=jobacct_gather/none
            SwitchType=switch/none
            NodeName=\(host) NodeAddr=127.0.0.1 CPUs=1 RealMemory=1000 State=UNKNOWN
            PartitionName=main Nodes=\(host) Default=YES MaxTime=INFINITE State=UP

            """
        try Data(text.utf8).write(to: URL(filePath: settings))
        try start([
            "munged", "--foreground", "--force", "--key-file=\(path)/munge/key", "--socket=\(path)/munge/sock",
            "--pid-file=\(path)/munge/pid", "--log-file=\(path)/munge/log", "--seed-file=\(path)/munge/seed",
        ])
        for _ in 0..<100 where !FileManager.default.fileExists(atPath: "\(path)/munge/sock") { usleep(50_000) }
        try start(["slurmctld", "-D", "-L", "\(path)/slurmctld.log"])
        try start(["slurmd", "-D", "-N", String(host), "-L", "\(path)/slurmd.log"])
        for _ in 0..<300 where try ask("sinfo", "--noheader", "--format=%T") != "idle\n" { usleep(100_000) }
    }

    func ask(_ words: String...) throws -> String {
        String(decoding: try spawn(words, environment: variables).output, as: UTF8.self)
    }

    func stop() throws {
        for process in processes.reversed() {
            // Not SIGTERM: threads of a test block it, and what they start inherits that.
            kill(process.processIdentifier, SIGKILL)
            // Not `waitUntilExit`, which waits for what inherited its descriptors, too.
            for _ in 0..<100 where process.isRunning { usleep(20_000) }
        }
        processes = []
    }

    private var variables: [String: String] {
        ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "SLURM_CONF": settings]
    }

    private func start(_ words: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/sbin/\(words[0])")
        process.arguments = Array(words.dropFirst())
        process.environment = variables
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        processes.append(process)
    }

    deinit {
        try? stop()
        try? FileManager.default.removeItem(at: folder)
    }
}
