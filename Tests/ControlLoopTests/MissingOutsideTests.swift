import ControlLoop
import Domain
import Foundation
import TestSupport
import Testing

/// What a check misses outside of Git can be brought there without a commit.
struct MissingOutsideTests {
    private func withOutside(_ body: (Stage) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let stage = try Stage(in: folder, [.dev]) {
                $0.checks = CheckRegistry([ScoreCheck.self, OutsideCheck.self])
            }
            let check = "{check: test.outside, path: \"\(stage.folder)/outside\"}"
            try stage.commit(["gates/g.yaml": stage.gate().replacing("checks: [", with: "checks: [\(check), ")])
            try await body(stage)
        }
    }

    @Test func `it is told once, written down once, and looked for again`() async throws {
        try await withOutside { stage in
            let version = try stage.push(score: 0.9)
            let start = stage.clock.now
            try await stage.settle()
            let record = try stage.tip("refs/martlet/evidence")
            try await stage.wait(.seconds(300), step: .seconds(20))
            #expect(try stage.pin("dev") == nil)
            let blocker = try #require(try await stage.why("dev").blockers.first)
            #expect(blocker.reason == "fail: it is not there" && blocker.since == start)
            #expect(blocker.unblockedBy.contains("looks again by itself"))
            #expect(try stage.tip("refs/martlet/evidence") == record)
            #expect(stage.told.count { $0.contains("test.outside fail") } == 1)
            #expect(stage.lines("outside.log").count == 6)
            try stage.write("here", to: "outside")
            try await stage.wait(.seconds(61), step: .seconds(30))
            #expect(try stage.pin("dev") == version)
            let evidence = Trailer.evidence.values(in: try stage.message())
            let verdicts = try evidence.map { try git("show", $0, in: stage.repository.origin) }
            #expect(verdicts.count == 2 && verdicts.allSatisfy { $0.contains(#""verdict": "pass""#) }, "\(verdicts)")
        }
    }

    @Test func `a new controller looks for it at once`() async throws {
        try await withOutside { stage in
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.write("here", to: "outside")
            stage.restart()
            try await stage.settle()
            #expect(try stage.pin("dev") == version)
        }
    }
}

/// Passes where a file outside of the repository is there.
private struct OutsideCheck: Check {
    static let id = "test.outside"
    static let summary = "looks for a file"
    let path: String

    init(_ fields: Fields) throws(FieldErrors) { path = try fields.required("path", "the file") }

    func run(on subject: Subject) async throws -> Outcome {
        let log = (try? String(contentsOfFile: path + ".log", encoding: .utf8)) ?? ""
        try Data((log + "run\n").utf8).write(to: URL(filePath: path + ".log"))
        let isThere = FileManager.default.fileExists(atPath: path)
        return Outcome(
            isThere ? [] : [Finding(.fail, "it is not there", mayChange: true)], otherwise: "it is there")
    }
}
