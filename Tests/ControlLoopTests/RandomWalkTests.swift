import ControlLoop
import Domain
import TestSupport
import Testing

/// People, probes, restarts and time do whatever comes; what Martlet promises holds at every step.
struct RandomWalkTests {
    @Test(arguments: [1, 2, 3])
    func `whatever happens, the promises hold`(_ seed: UInt64) async throws {
        let rooms = [
            EnvironmentText.dev, .staging.verifying("for: 20s, interval: 5s, failureThreshold: 2"),
            .production.with("releaseSets: [{name: pair, models: [a, b]}]"),
        ]
        try await withStage(rooms, models: ["a", "b"]) { stage in
            var walk = Walk(stage: stage, rooms: rooms, seed: seed)
            for _ in 0..<30 {
                try await walk.step()
                try await stage.settle()
                try await walk.expectPromises()
            }
            // All well again, and time enough: nothing is left to do, and a new controller agrees.
            for room in rooms { try stage.answer(room.name, "* pass\n") }
            try await stage.wait(.seconds(400), step: .seconds(40))
            try await walk.expectPromises()
            let before = try git("for-each-ref", in: stage.repository.origin)
            stage.restart()
            try await stage.settle()
            #expect(try git("for-each-ref", in: stage.repository.origin) == before, "\(walk.story)")
            try git("fsck", "--strict", in: stage.repository.origin)
        }
    }
}

private struct Walk {
    let stage: Stage
    let rooms: [EnvironmentText]
    private var state: UInt64
    private var number = 0
    private(set) var story: [String] = []

    init(stage: Stage, rooms: [EnvironmentText], seed: UInt64) {
        (self.stage, self.rooms, state) = (stage, rooms, seed &* 0x9E37_79B9_7F4A_7C15)
    }

    private mutating func roll(_ sides: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state >> 33) % sides
    }

    mutating func step() async throws {
        number += 1
        let model = ["a", "b"][roll(2)], room = rooms[roll(3)]
        let kind = roll(11)
        story.append("\(number): \(kind) \(model) \(room.name)")
        switch kind {
        case 0...2: try stage.push(model, score: 0.5 + Double(roll(50)) / 100, "\(number)")
        case 3: try stage.push(model, score: 0.1, "\(number)")
        case 4: try revertNewestPromotion(of: model, in: room.name)
        case 5:
            let pin = try stage.pin(room.name, model)
            try stage.answer(room.name, pin.map { "\($0) fail ill\n" } ?? "")
            try await stage.wait(.seconds(70), step: .seconds(10))
            try stage.answer(room.name, "")
        case 6: try stage.answer(room.name, "* \(["inconclusive", "error", "pass"][roll(3)]) hm\n")
        case 7: stage.restart()
        case 8: try await stage.wait(.seconds(60), step: .seconds(10))
        case 9:
            let unit = Unit(environment: room.name, model: model)
            _ = try await stage.controller.hold(unit, revision: nil, reason: "random", lift: roll(2) == 0)
        default: try stage.commit(["README.md": "\(number)"])
        }
    }

    /// `git revert` by hand, where it applies.
    private func revertNewestPromotion(of model: String, in environment: String) throws {
        try stage.pull()
        let path = "environments/\(environment)/\(model).yaml"
        let commits = try git(
            "log", "-1", "--format=%H", "--grep=^Promote", "main", "--", path, in: stage.repository.origin)
        guard !commits.isEmpty else { return }
        do {
            try stage.repository.git("revert", "--no-edit", commits)
            try stage.repository.git("push", "--quiet", "origin", "HEAD")
        } catch is GitProgramFailure {
            _ = try? stage.repository.git("revert", "--abort")
            try stage.repository.git("reset", "--quiet", "--hard", "origin/main")
        }
    }

    func expectPromises() async throws {
        let ledger = await stage.controller.currentLedger
        for room in rooms {
            for model in ["a", "b"] {
                let pin = try stage.pin(room.name, model)
                try #require(stage.running(room.name, model) == pin, "target of \(room.name)/\(model): \(story)")
                let status = ledger[Unit(environment: room.name, model: model)]
                try #require(status?.pin?.revision == pin, "status of \(room.name)/\(model): \(story)")
            }
        }
        try expectPromotionsWereAllowed()
        let runs = stage.lines("runs.log")
        try #require(runs.count == Set(runs).count, "the same content was evaluated twice: \(story)")
    }

    /// Martlet promotes only what scores well, has run in the environment before, and is not rejected there.
    private func expectPromotionsWereAllowed() throws {
        let events = try git(
            "log", "--reverse", "--first-parent", "--format=%H %s", "main", in: stage.repository.origin)
        var rejected: Set<String> = [], seen: Set<String> = []
        for line in events.split(separator: "\n").map(String.init) {
            let commit = String(line.prefix(40)), subject = line.dropFirst(41)
            let message = try stage.message(commit)
            if subject.hasPrefix("Lift") {
                let environment = try #require(Trailer.environment.value(in: message))
                for name in Trailer.lifts.values(in: message) { rejected.remove("\(environment) \(name)") }
            } else if subject.hasPrefix("Hold") {
                let environment = try #require(Trailer.environment.value(in: message))
                for name in Trailer.rejects.values(in: message) { rejected.insert("\(environment) \(name)") }
            } else if subject.hasPrefix("Promote"), Trailer.action.value(in: message) == "promote" {
                let environment = try #require(Trailer.environment.value(in: message))
                for name in Trailer.model.values(in: message) {
                    try #require(!rejected.contains("\(environment) \(name)"), "\(name) came back: \(story)")
                    let source = ["staging": "dev", "production": "staging"][environment]
                    if let source { try #require(seen.contains("\(source) \(name)"), "\(name) skipped \(source)") }
                    let version = try #require(VersionName(name))
                    let score = try git(
                        "show", "\(version.revision):models/\(version.model)/score.txt", in: stage.repository.origin)
                    try #require(Double(score) ?? 0 >= 0.5, "\(name) was let in with \(score)")
                    seen.insert("\(environment) \(name)")
                }
            } else if subject.hasPrefix("Revert \"Promote") {
                // Each deployment that the commit moves back leaves its version rejected.
                for (unit, left, now) in try moves(of: commit) {
                    rejected.insert("\(unit.environment) \(unit.model)@\(left)")
                    if let now { rejected.remove("\(unit.environment) \(unit.model)@\(now)") }
                }
            } else if subject.hasPrefix("Revert") {
                for (unit, left, now) in try moves(of: commit) {
                    if let now { rejected.remove("\(unit.environment) \(unit.model)@\(now)") }
                    _ = left
                }
            }
        }
    }

    private func moves(of commit: String) throws -> [(Unit, String, String?)] {
        let text = try git("diff-tree", "-p", "-U0", "-r", commit, "--", "environments", in: stage.repository.origin)
        var moves: [(Unit, String, String?)] = []
        var unit: Unit?, left: String?, now: String?
        func finish() { if let unit, let left { moves.append((unit, left, now)) } }
        for line in text.split(separator: "\n") {
            if line.hasPrefix("diff --git a/environments/") {
                finish()
                let path = line.split(separator: " ")[2].dropFirst("a/environments/".count).dropLast(5)
                let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
                (unit, left, now) = (Unit(environment: parts[0], model: parts[1]), nil, nil)
            } else if line.hasPrefix("-  revision: ") {
                left = pinnedRevision(in: line)
            } else if line.hasPrefix("+  revision: ") {
                now = pinnedRevision(in: line)
            }
        }
        finish()
        return moves
    }
}
