import Foundation
import TestSupport
import Testing

/// The loop as a running program: woken, told to stop, killed.
struct ControllerTests {
    @Test func `a push wakes the controller through the hook, long before the poll`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let run = try house.martlet(["hook", "install", "--server", "-C", house.origin])
            try #require(run.code == 0, "\(run)")
            let controller = try Running(house, ["controller", "-C", house.origin, "--poll", "1h", "--log", "json"])
            defer { controller.kill() }
            try await controller.waitFor("watching")
            try await controller.waitFor(socket: house.origin + "/martlet.sock")
            let version = try git(
                "rev-parse", "HEAD", in: pushThroughHooks(house), environment: house.hookEnvironment)
            let start = ContinuousClock.now
            try await until { try house.pin("dev") == version }
            #expect(ContinuousClock.now - start < .seconds(5))
        }
    }

    @Test func `a push wakes the one that acts, whoever came and went beside it`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let run = try house.martlet(["hook", "install", "--server", "-C", house.origin])
            try #require(run.code == 0, "\(run)")
            let first = try Running(house, ["controller", "-C", house.origin, "--poll", "1h", "--log", "json"])
            defer { first.kill() }
            try await first.waitFor(socket: house.origin + "/martlet.sock")
            try await first.waitFor("watching")
            let second = try Running(house, ["controller", "-C", house.origin, "--poll", "1h", "--log", "json"])
            defer { second.kill() }
            try await second.waitFor("standing by")
            for isAlone in [false, true] {
                if isAlone {
                    second.send(SIGTERM)
                    #expect(try await second.exitCode() == 0)
                }
                try house.inWork("pull", "--quiet", "--ff-only", "origin", "main")
                let version = try git(
                    "rev-parse", "HEAD", in: pushThroughHooks(house, right: isAlone ? 10 : 9),
                    environment: house.hookEnvironment)
                try await until { try house.pin("dev") == version }
            }
            #expect(FileManager.default.fileExists(atPath: house.origin + "/martlet.sock"))
        }
    }

    @Test func `SIGHUP wakes, SIGTERM ends gracefully`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let controller = try Running(house, ["controller", "-C", house.origin, "--poll", "1h", "--log", "json"])
            defer { controller.kill() }
            try await controller.waitFor("watching")
            try await controller.waitFor(socket: house.origin + "/martlet.sock")
            try await Task.sleep(for: .milliseconds(300))
            let version = try house.push(right: 9)
            controller.send(SIGHUP)
            try await until { try house.pin("dev") == version }
            controller.send(SIGTERM)
            #expect(try await controller.exitCode() == 0)
            #expect(controller.errors.contains("\"message\":\"stopped\""))
            #expect(!FileManager.default.fileExists(atPath: house.origin + "/martlet.sock"))
            for line in controller.errors.split(separator: "\n") {
                #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
            }
        }
    }

    @Test func `a socket that a killed controller left does not stop the next`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let first = try Running(house, ["controller", "-C", house.origin, "--poll", "1h"])
            try await first.waitFor(socket: house.origin + "/martlet.sock")
            first.kill()
            let second = try Running(house, ["controller", "-C", house.origin, "--poll", "200ms"])
            defer { second.kill() }
            let version = try house.push(right: 9)
            try await until { try house.pin("dev") == version }
        }
    }

    @Test func `an origin that is not there yet is told and looked for again`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let hidden = house.folder + "/hidden.git"
            try house.push(right: 9)
            let controller = try Running(house, ["controller", "-C", house.work, "--poll", "200ms"])
            defer { controller.kill() }
            try await until { try house.pin("dev") != nil }
            try FileManager.default.moveItem(atPath: house.origin, toPath: hidden)
            try await controller.waitFor("looking again")
            try FileManager.default.moveItem(atPath: hidden, toPath: house.origin)
            let version = try house.push(right: 8)
            try await until(within: .seconds(20)) { try house.pin("dev") == version }
        }
    }

    /// Pushes a version with the server's hooks on; returns the clone.
    private func pushThroughHooks(_ house: House, right: Int = 9) throws -> String {
        try house.commit(
            [
                "models/tumor/model.yaml": House.model("tumor"), "models/tumor/model.bin": "weights\n",
                "models/tumor/predictions.csv": House.predictions(right: right),
            ], push: false)
        try house.inWork("push", "--quiet", "origin", "HEAD:main")
        return house.work
    }

    private func until(
        within time: Duration = .seconds(10), isolation: isolated (any Actor)? = #isolation, _ isTrue: () throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + time
        while try !isTrue() {
            try #require(ContinuousClock.now < deadline, "it did not happen in time")
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}

/// A program that runs beside the test.
final class Running {
    private let process = Process()
    private let file: String

    init(_ house: House, _ arguments: [String]) throws {
        file = house.folder + "/errors-\(UUID().uuidString)"
        _ = FileManager.default.createFile(atPath: file, contents: nil)
        process.executableURL = URL(filePath: House.binary)
        process.arguments = arguments
        process.environment = House.variables.merging([
            "MARTLET_CACHE": house.folder + "/cache", "PATH": house.path,
        ]) { $1 }
        process.standardError = FileHandle(forWritingAtPath: file)
        process.standardOutput = FileHandle.nullDevice
        try process.run()
    }

    var errors: String { (try? String(contentsOfFile: file, encoding: .utf8)) ?? "" }

    func waitFor(_ words: String) async throws {
        let deadline = ContinuousClock.now + .seconds(15)
        while !errors.contains(words) {
            try #require(ContinuousClock.now < deadline, "it never said '\(words)': \(errors)")
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    func waitFor(socket path: String) async throws {
        let deadline = ContinuousClock.now + .seconds(15)
        while !FileManager.default.fileExists(atPath: path) {
            try #require(ContinuousClock.now < deadline, "no socket at \(path): \(errors)")
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    func send(_ signal: Int32) { Foundation.kill(process.processIdentifier, signal) }

    func kill() {
        guard process.isRunning else { return }
        send(SIGKILL)
        process.waitUntilExit()
    }

    func exitCode() async throws -> Int32 {
        let deadline = ContinuousClock.now + .seconds(15)
        while process.isRunning {
            try #require(ContinuousClock.now < deadline, "it does not end")
            try await Task.sleep(for: .milliseconds(20))
        }
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }
}
