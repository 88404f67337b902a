import ControlLoop
import Domain
import Foundation
import TestSupport
import Testing

struct VerificationTests {
    let slow = EnvironmentText.dev.verifying("for: 10m, interval: 10s, failureThreshold: 3")

    @Test func `a version is verified after it was healthy for long enough without a break`() async throws {
        try await withStage([slow]) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            #expect(await stage.state("dev") == .verifying)
            try await stage.wait(.seconds(590), step: .seconds(10))
            #expect(await stage.state("dev") == .verifying)
            try await stage.wait(.seconds(10), step: .seconds(10))
            #expect(await stage.state("dev") == .verified)
        }
    }

    @Test func `a probe asks by the number under which the target serves`() async throws {
        try await withStage([slow]) { stage in
            try stage.write("77", to: "targets/dev/tumor.number")
            try stage.push(score: 0.8)
            try await stage.settle()
            #expect(stage.lines("answers/dev.served").last == "tumor 77")
        }
    }

    @Test func `a target with other settings is not told as changed by somebody else`() async throws {
        try await withStage([slow]) { stage in
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            let path = "environments/dev/environment.yaml"
            try stage.commit([path: stage.file(path).replacing("targets/dev", with: "targets/moved")])
            try await stage.wait(.seconds(30), step: .seconds(10))
            #expect(stage.running("moved") == version)
            let told = stage.told.filter { $0.contains("the target of dev/tumor") }
            #expect(told.count == 1)
            #expect(told.first?.contains("has other settings now") == true)
            #expect(told.first?.contains("(\(stage.folder)/targets/dev/tumor) stays") == true, "\(told)")
            try stage.remove("targets/moved/tumor.running")
            try await stage.wait(.seconds(30), step: .seconds(10))
            #expect(
                stage.told.last { $0.contains("the target of") }?.contains("by somebody else; repairing it") == true)
            // By which settings it was brought is written down.
            stage.restart()
            try stage.remove("targets/moved/tumor.running")
            try await stage.wait(.seconds(30), step: .seconds(10))
            #expect(stage.told.filter { $0.contains("by somebody else; repairing it") }.count == 2)
        }
    }

    @Test func `one bad answer starts the wait again but fails nothing`() async throws {
        try await withStage([slow]) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            try await stage.wait(.seconds(500), step: .seconds(10))
            try stage.answer("dev", "* fail hiccup\n")
            try await stage.wait(.seconds(20), step: .seconds(10))
            try stage.answer("dev", "* pass\n")
            try await stage.wait(.seconds(500), step: .seconds(10))
            #expect(await stage.state("dev") == .verifying)
            try await stage.wait(.seconds(120), step: .seconds(10))
            #expect(await stage.state("dev") == .verified)
        }
    }

    @Test func `what was repaired is verified after it was well for long enough since then`() async throws {
        try await withStage([slow]) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            try await stage.wait(.seconds(500), step: .seconds(10))
            try stage.remove("targets/dev/tumor.running")
            try await stage.wait(.seconds(60), step: .seconds(10))
            #expect(stage.running("dev") != nil)
            try await stage.wait(.seconds(500), step: .seconds(10))
            #expect(await stage.state("dev") == .verifying)
            stage.restart()
            try await stage.wait(.seconds(30), step: .seconds(10))
            #expect(await stage.state("dev") == .verifying)
            try await stage.wait(.seconds(70), step: .seconds(10))
            #expect(await stage.state("dev") == .verified)
        }
    }

    @Test func `a restart in between neither starts over nor verifies too early`() async throws {
        try await withStage([slow]) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            try await stage.wait(.seconds(500), step: .seconds(10))
            stage.restart()
            try await stage.settle()
            try await stage.wait(.seconds(80), step: .seconds(10))
            #expect(await stage.state("dev") == .verifying)
            try await stage.wait(.seconds(40), step: .seconds(10))
            #expect(await stage.state("dev") == .verified)
        }
    }

    @Test func `one pass at a time, each by another process, verifies, and an ill moment starts it over`() async throws
    {
        try await withStage([slow]) { stage in
            try stage.push(score: 0.8)
            for _ in 0..<3 {
                stage.restart()
                try await stage.settle()
                stage.clock.advance(.seconds(250))
            }
            try stage.answer("dev", "* fail hiccup\n")
            stage.restart()
            try await stage.settle()
            try stage.answer("dev", "* pass\n")
            for state in [DeploymentStatus.State.verifying, .verifying, .verifying, .verified] {
                stage.clock.advance(.seconds(250))
                stage.restart()
                try await stage.settle()
                #expect(await stage.state("dev") == state)
            }
        }
    }

    @Test func `what moves elsewhere makes no probe come earlier`() async throws {
        try await withStage([slow]) { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            let before = stage.lines("answers/dev.log").count
            try stage.answer("dev", "* fail hiccup\n")
            for number in 0..<6 {
                try stage.commit(["models/tumor/README.md": "\(number)"])
                stage.clock.advance(.milliseconds(10))
                try stage.commit(["gates/g.yaml": stage.gate() + "# \(number)\n"])
                try await stage.settle()
            }
            // A README is part of the version: each push is a new one, which is brought and looked at once.
            let after = stage.lines("answers/dev.log").count
            #expect(after - before <= 6)
            #expect(await stage.state("dev") == .verifying)
        }
    }

    @Test func `a version that is never well for long enough fails when its time is over`() async throws {
        let room = EnvironmentText.dev.verifying("for: 1m, timeout: 5m, interval: 10s, failureThreshold: 3")
        try await withStage([room]) { stage in
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            try await stage.wait(.seconds(70), step: .seconds(10))
            #expect(await stage.state("dev") == .verified)
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev") == second)
            for round in 0..<40 {
                try stage.answer("dev", "\(second) \(round % 3 == 0 ? "fail" : "pass") flaps\n")
                try await stage.wait(.seconds(10), step: .seconds(10))
            }
            #expect(try stage.pin("dev") == first)
        }
    }

    @Test func `the next environment waits until the version is verified`() async throws {
        try await withStage([slow, .staging]) { stage in
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            #expect(try stage.pin("staging") == nil)
            #expect(try await stage.why("staging").blockers.map(\.reason) == ["in dev \(version.short) is verifying"])
            try await stage.wait(.seconds(610), step: .seconds(10))
            #expect(try stage.pin("staging") == version)
        }
    }
}
