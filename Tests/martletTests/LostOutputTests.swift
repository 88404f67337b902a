import Foundation
import TestSupport
import Testing

/// Output that could not be written is no success.
struct LostOutputTests {
    private static let commands = [
        "validate", "validate --format sarif", "check tumor --format junit", "status --output json", "history",
        "schema Environment", "schema infer models/tumor/predictions.csv", "kinds", "--version", "--help",
        "demo --help",
    ]

    @Test(arguments: commands) func `a full disk is said in one line, with status 3`(command: String) async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            #expect(try Self.shell("martlet \(command) > /dev/null", house).code == 0)
            let run = try Self.shell("martlet \(command) > /dev/full", house)
            #expect(run.code == 3, "\(run)")
            let line = "Error: standard output: No space left on device; what was written there is not all of it\n"
            #expect(run.errors.hasSuffix(line) && run.errors.split(separator: "Error").count <= 2, "\(run)")
        }
    }

    @Test func `a pipe that does not want to wait gets all of it`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            // The reader has the pipe not wait for it, and is late.
            let script = """
                import fcntl, os, subprocess, sys, time
                reading, writing = os.pipe()
                fcntl.fcntl(writing, fcntl.F_SETFL, os.O_NONBLOCK)
                fcntl.fcntl(writing, 1031, 4096)
                child = subprocess.Popen(["martlet", "schema", "Environment"], stdout=writing)
                os.close(writing)
                time.sleep(0.5)
                got = b""
                while True:
                    more = os.read(reading, 1 << 16)
                    if not more: break
                    got += more
                sys.stdout.buffer.write(got)
                sys.exit(child.wait())
                """
            let whole = try house.martlet(["schema", "Environment"])
            #expect(whole.output.utf8.count > 8192)
            try Data(script.utf8).write(to: URL(filePath: house.folder + "/late.py"))
            let late = try Self.shell("python3 \(house.folder)/late.py", house)
            #expect(late.code == 0 && late.output == whole.output, "\(late.code) \(late.errors)")
        }
    }

    @Test func `a reader that has had enough is told nothing`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let run = try Self.shell("trap '' PIPE; { martlet schema Environment; echo $? >&2; } | true", house)
            #expect(run.errors == "0\n", "\(run)")
        }
    }

    private static func shell(_ script: String, _ house: House) throws -> House.Run {
        var environment = House.variables
        environment["MARTLET_CACHE"] = house.folder + "/cache"
        environment["PATH"] = house.path
        let ended = try spawn(["bash", "-c", script], environment: environment, folder: house.work)
        return House.Run(
            code: ended.code, output: String(decoding: ended.output, as: UTF8.self),
            errors: String(decoding: ended.errors, as: UTF8.self))
    }
}
