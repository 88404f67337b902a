import Foundation
import TestSupport
import Testing

/// A command that is told to stop takes what it has started with it.
struct StopSignalTests {
    @Test(.timeLimit(.minutes(2)), arguments: ["check tumor", "reconcile"], ["INT", "TERM", "HUP"])
    func `a signal ends the evaluation command, too, and leaves nothing`(command: String, signal: String) async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            let pids = house.folder + "/pids", before = try Self.sandboxes()
            // The second process ignores the first request to end.
            let script =
                "echo $$ > \(pids); (trap '' TERM; sleep 100) & echo $! >> \(pids); echo >> \(pids); wait; sleep 100"
            try house.commit([
                "models/tumor/model.yaml": House.model("tumor", evaluation: "{command: [sh, -c, \"\(script)\"]}")
            ])
            let run = try Self.signalled(signal, once: pids, lines: 3, house, command)
            let number = ["INT": 2, "TERM": 15, "HUP": 1][signal] ?? 0
            #expect(run.output.hasSuffix("status \(128 + number)\n"), "\(run)")
            let text = try String(contentsOfFile: pids, encoding: .utf8)
            let processes = text.split(separator: "\n").compactMap { pid_t($0) }
            #expect(processes.count == 2)
            for process in processes { #expect(Self.isGone(process), "\(process) still runs") }
            #expect(try Self.sandboxes().subtracting(before).isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(2)), .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")))
    func `a command that is killed takes the evaluation command along`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            let pids = house.folder + "/pids"
            try house.commit([
                "models/tumor/model.yaml": House.model(
                    "tumor", evaluation: "{command: [sh, -c, \"echo $$ > \(pids); exec sleep 100\"]}")
            ])
            let run = try Self.signalled("KILL", once: pids, lines: 1, house, "check tumor")
            #expect(run.output.hasSuffix("status 137\n"), "\(run)")
            let text = try String(contentsOfFile: pids, encoding: .utf8)
            let process = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
            #expect(Self.isGone(process), "\(process) still runs")
        }
    }

    @Test(.timeLimit(.minutes(1))) func `who is to ignore a signal does`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            let begun = house.folder + "/begun"
            try house.commit([
                "models/tumor/model.yaml": House.model(
                    "tumor",
                    evaluation: "{command: [sh, -c, \"echo > \(begun); sleep 1; cp predictions.csv {output}\"]}")
            ])
            let run = try Self.signalled("HUP", once: begun, lines: 1, house, "check tumor", with: "trap '' HUP; ")
            #expect(run.output.contains("pass") && run.output.hasSuffix("status 0\n"), "\(run)")
        }
    }

    /// Runs a command and sends it a signal as soon as a file has so many lines.
    private static func signalled(
        _ signal: String, once file: String, lines: Int, _ house: House, _ command: String, with setting: String = ""
    ) throws -> House.Run {
        // Without job control a shell has what it puts into the background ignore SIGINT; and these tests may be run so themselves.
        let start = setting.isEmpty ? "env --default-signal=INT,HUP " : setting
        let script = """
            set -m
            \(start)"$0" \(command) -C \(house.origin) &
            until [ "$(cat \(file) 2>/dev/null | wc -l)" -ge \(lines) ]; do sleep 0.05; done
            kill -\(signal) $!
            wait $!
            echo "status $?"
            """
        var environment = House.variables
        environment["MARTLET_CACHE"] = house.folder + "/cache"
        environment["PATH"] = house.path
        let ended = try spawn(
            ["bash", "-c", script, House.binary], environment: environment, folder: house.work, timeout: .seconds(60))
        return House.Run(
            code: ended.code, output: String(decoding: ended.output, as: UTF8.self),
            errors: String(decoding: ended.errors, as: UTF8.self))
    }

    /// The system takes a moment to bury what was killed.
    private static func isGone(_ process: pid_t) -> Bool {
        for _ in 0..<500 {
            if kill(process, 0) != 0 { return true }
            usleep(10_000)
        }
        return false
    }

    private static func sandboxes() throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: "/tmp").filter { $0.hasPrefix("martlet-sandbox-") })
    }
}
