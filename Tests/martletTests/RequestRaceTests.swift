import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

/// Thirty people and two controllers on one branch: nothing is lost, nothing is done twice, nobody retries for Martlet.
struct RequestRaceTests {
    private static let people = 15

    /// Five seconds, or as many as MARTLET_RACE_SECONDS says.
    @Test func `people push versions and requests while two controllers judge and merge`() async throws {
        let seconds = ProcessInfo.processInfo.environment["MARTLET_RACE_SECONDS"].flatMap { Int($0) } ?? 5
        let models = (0..<Self.people).map { "m\($0)" }
        let rooms = [
            House.Room(name: "dev"),
            House.Room(name: "production", from: ["dev"], more: "  promotion: {mode: pull-request}"),
        ]
        try await withHouse(rooms: rooms, models: models) { house in
            for model in models { try house.push(model, right: 6) }
            let end = ContinuousClock.now + .seconds(seconds)
            let board = Board()
            try await withThrowingTaskGroup(of: Void.self) { controllers in
                for number in 1...2 {
                    controllers.addTask {
                        try await detached {
                            while !board.isOver {
                                let run = try house.martlet(
                                    ["reconcile", "-C", house.work, "--log", "none"], cache: "cache.\(number)",
                                    timeout: .seconds(120))
                                #expect(run.code == 0, "\(run)")
                            }
                        }
                    }
                }
                try await withThrowingTaskGroup(of: Void.self) { people in
                    for model in models {
                        people.addTask {
                            try await detached {
                                let subjects = try Writer(house, model).pushVersions(until: end)
                                board.add(subjects)
                            }
                        }
                        people.addTask {
                            try await detached { try Writer(house, model).pushRequests(until: end) }
                        }
                    }
                    try await people.waitForAll()
                }
                board.end()
                try await controllers.waitForAll()
            }
            for number in 1...2 { try house.reconcile(at: house.work, cache: "cache.\(number)") }
            try expectGoodEnd(house, models, pushed: board.subjects)
        }
    }

    private func expectGoodEnd(_ house: House, _ models: [String], pushed: [String]) throws {
        try git("fsck", "--strict", in: house.origin)
        let subjects = try git("log", "--format=%s", "main", in: house.origin).split(separator: "\n").map(String.init)
        for subject in pushed { #expect(subjects.filter { $0 == subject }.count == 1, "\(subject) was lost") }
        let promotions = subjects.filter { $0.hasPrefix("Promote") }
        #expect(promotions.count == Set(promotions).count, "a promotion was made twice")
        #expect(!subjects.contains { $0.hasPrefix("Revert") || $0.hasPrefix("Roll back") })
        let heads = try git("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads/promote", in: house.origin)
        for model in models {
            let newest = try git(
                "log", "-1", "--first-parent", "--format=%H", "main", "--", "models/\(model)", in: house.origin)
            #expect(try house.pin("dev", model) == newest)
            let record = try git("show", "refs/martlet/requests:production/\(model).json", in: house.origin)
            let state = try JSON(parsing: Array(record.utf8))["state"]?.string ?? ""
            // Either it is merged, or a person's request that has been overtaken stands, and is said to be.
            let head = heads.split(separator: "\n").first { $0.hasPrefix("refs/heads/promote/production/\(model) ") }
            if let head {
                #expect(record.contains(head.suffix(40)), "\(model) was not judged: \(record)")
                #expect(["stale", "superseded", "conflicting"].contains(state), "\(model): \(record)")
            } else {
                #expect(state == "merged" || state == "closed", "\(model): \(record)")
            }
        }
        print("\(pushed.count) versions, \(promotions.count) promotions")
    }
}

/// What the people have done so far, and whether it is over.
private final class Board: Sendable {
    private let state = Mutex<(isOver: Bool, subjects: [String])>((false, []))

    var isOver: Bool { state.withLock { $0.isOver } }
    var subjects: [String] { state.withLock { $0.subjects } }

    func add(_ more: [String]) { state.withLock { $0.subjects += more } }

    func end() { state.withLock { $0.isOver = true } }
}

/// A person with a clone of their own.
private struct Writer {
    let house: House
    let model: String
    let clone: String

    init(_ house: House, _ model: String) throws {
        (self.house, self.model) = (house, model)
        clone = "\(house.folder)/\(model)-\(UUID().uuidString)"
        try git("clone", "--quiet", house.origin, clone)
    }

    func pushVersions(until end: ContinuousClock.Instant) throws -> [String] {
        var subjects: [String] = []
        while ContinuousClock.now < end {
            try refresh()
            let subject = "\(model) number \(subjects.count)"
            try write("weights \(subject)\n", to: "models/\(model)/model.bin")
            try git("commit", "--quiet", "-a", "-m", subject, in: clone)
            var isIn = false
            for _ in 0..<1000 where !isIn {
                isIn = (try? git("push", "--quiet", "origin", "HEAD:main", in: clone)) != nil
                if !isIn { try git("pull", "--quiet", "--rebase", "origin", "main", in: clone) }
            }
            #expect(isIn, "the person never gets a push in")
            subjects.append(subject)
            usleep(200_000)
        }
        return subjects
    }

    /// Proposes what runs in `dev`, over and over, as impatient people do.
    func pushRequests(until end: ContinuousClock.Instant) throws {
        while ContinuousClock.now < end {
            usleep(300_000)
            try refresh()
            let file = "\(clone)/environments/dev/\(model).yaml"
            guard let text = try? String(contentsOfFile: file, encoding: .utf8), text.contains("revision:") else {
                continue
            }
            try write(text, to: "environments/production/\(model).yaml")
            guard (try? git("commit", "--quiet", "-a", "-m", "propose \(model)", in: clone)) != nil else { continue }
            // Where the branch is somebody's already, theirs stands.
            _ = try? git("push", "--quiet", "origin", "HEAD:refs/heads/promote/production/\(model)", in: clone)
        }
    }

    private func refresh() throws {
        try git("fetch", "--quiet", "origin", "main", in: clone)
        try git("reset", "--quiet", "--hard", "FETCH_HEAD", in: clone)
    }

    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(clone)/\(path)"))
    }
}
