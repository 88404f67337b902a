import ControlLoop
import Domain
import Engines
import Foundation
import Monitors
import TestSupport
import Testing

struct MonitorTests {
    /// A room with one monitor, whose answers are in the file `watch` of the answers.
    func room(_ action: String, in stage: Stage, _ more: String = "interval: 10s, failureThreshold: 3")
        -> EnvironmentText
    {
        let probe = "{kind: answer, path: \"\(stage.folder)/answers/watch\"}"
        return .dev.with("monitors: [{name: errors, probe: \(probe), action: \(action), \(more)}]")
    }

    /// Brings a first version, which the monitor then finds ill. Returns it.
    @discardableResult private func failedByMonitor(_ stage: Stage) async throws -> ObjectID {
        try stage.set(room("rollback", in: stage))
        let only = try stage.push(score: 0.8)
        try await stage.settle()
        try stage.answer("watch", "* fail slow\n")
        try await stage.wait(.seconds(60), step: .seconds(10))
        return only
    }

    @Test func `a monitor that fails rolls back to the last verified version and says why`() async throws {
        try await withStage([.dev]) { stage in
            try stage.set(room("rollback", in: stage))
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(await stage.state("dev") == .verified)
            try stage.answer("watch", "\(second) fail too many errors\n")
            try await stage.wait(.seconds(20), step: .seconds(5))
            #expect(try stage.pin("dev") == second)
            try await stage.wait(.seconds(20), step: .seconds(5))
            #expect(try stage.pin("dev") == first)
            #expect(stage.running("dev") == first)
            let message = try stage.message("main")
            #expect(message.contains("Martlet-Action: rollback"))
            #expect(message.contains("Martlet-Cause: ") && message.contains("monitor errors: too many errors"))
            #expect(await stage.status("dev")?.rejected.map(\.revision) == [second])
            #expect(await stage.state("dev") == .verified)
        }
    }

    @Test(arguments: ["error", "inconclusive"])
    func `what cannot be told rolls nothing back`(_ verdict: String) async throws {
        try await withStage([.dev]) { stage in
            try stage.set(room("rollback", in: stage))
            try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.answer("watch", "* \(verdict) no data\n")
            try await stage.wait(.seconds(120), step: .seconds(10))
            #expect(try stage.pin("dev") == second)
            #expect(await stage.state("dev") == .verified)
            // Nor is it passed over in silence.
            let doubt = "monitor errors cannot tell: no data"
            #expect(await stage.status("dev")?.reason == doubt)
            #expect(try await stage.why("dev").standing(stage.status("dev")).contains(doubt))
            #expect(stage.told.filter { $0 == "warning: dev/tumor: \(doubt)" }.count == 1)
            try stage.answer("watch", "* \(verdict) another reason\n")
            stage.restart()
            try await stage.wait(.seconds(60), step: .seconds(10))
            #expect(await stage.status("dev")?.reason == doubt)
            try stage.answer("watch", "* pass\n")
            try await stage.wait(.seconds(20), step: .seconds(10))
            #expect(await stage.status("dev")?.reason == "well again")
        }
    }

    @Test func `of monitors that can tell nothing the one that stops soak time is told, also later`() async throws {
        try await withStage([.dev]) { stage in
            func monitor(_ name: String, _ action: String) -> String {
                let probe = "{kind: answer, path: \"\(stage.folder)/answers/\(name)\"}"
                return "{name: \(name), probe: \(probe), action: \(action), interval: 10s, failureThreshold: 3}"
            }
            for name in ["mild", "grave"] { try stage.answer(name, "* pass\n") }
            try stage.set(.dev.with("monitors: [\(monitor("mild", "alert")), \(monitor("grave", "rollback"))]"))
            try stage.push(score: 0.8)
            try await stage.settle()
            for name in ["mild", "grave", "mild"] {
                let isKnown = await stage.status("dev")?.cause == .doubt(monitor: "grave")
                try stage.answer(name, "* error no data\n")
                try await stage.wait(.seconds(60), step: .seconds(10))
                #expect(await stage.status("dev")?.cause == .doubt(monitor: isKnown ? "grave" : name))
            }
        }
    }

    @Test func `with nothing to go back to it fails, stays failed while the probe is well, and recovers`() async throws
    {
        try await withStage([.dev]) { stage in
            let only = try await failedByMonitor(stage)
            let failed = try #require(await stage.status("dev"))
            #expect(failed.state == .failed)
            #expect(failed.reason.contains("monitor errors: slow"))
            #expect(failed.reason.contains("nothing to go back to"))
            #expect(try stage.pin("dev") == only)
            #expect(stage.told.filter { $0.contains("needs a person") }.count == 1)
            try stage.answer("watch", "* pass\n")
            try await stage.wait(.seconds(60), step: .seconds(10))
            #expect(await stage.state("dev") == .verified)
        }
    }

    @Test func `what a monitor failed stays failed over a restart, until that monitor passes`() async throws {
        try await withStage([.dev, .staging], gate: "  soakFor: 10m") { stage in
            let only = try await failedByMonitor(stage)
            let failed = try #require(await stage.status("dev"))
            #expect(failed.state == .failed && failed.failedBy == "errors")
            for verdict in ["fail slow", "error no answer"] {
                try stage.answer("watch", "* \(verdict)\n")
                stage.restart()
                try await stage.wait(.seconds(400), step: .seconds(10))
                #expect(await stage.status("dev") == failed)
            }
            // A target that refuses for a while makes nothing well.
            try stage.write("disk full", to: "targets/dev/refuses")
            try await stage.wait(.seconds(60), step: .seconds(10))
            #expect(await stage.state("dev") == .stalled)
            try stage.remove("targets/dev/refuses")
            stage.restart()
            try await stage.wait(.seconds(400), step: .seconds(10))
            #expect(await stage.state("dev") == .failed)
            #expect(await stage.status("dev")?.failingSince == failed.failingSince)
            #expect(try stage.pin("staging") == nil)
            try stage.answer("watch", "* pass\n")
            try await stage.wait(.seconds(60), step: .seconds(10))
            #expect(await stage.state("dev") == .verified)
            try await stage.wait(.seconds(700), step: .seconds(20))
            #expect(try stage.pin("staging") == only)
        }
    }

    @Test func `what a monitor failed is freed when the monitor is taken away`() async throws {
        try await withStage([.dev]) { stage in
            try await failedByMonitor(stage)
            #expect(await stage.state("dev") == .failed)
            try stage.set(.dev)
            try await stage.wait(.seconds(60), step: .seconds(10))
            #expect(await stage.state("dev") == .verified)
            #expect(await stage.status("dev")?.failedBy == nil)
        }
    }

    @Test func `a manual room waits for a person`() async throws {
        try await withStage([.dev]) { stage in
            try stage.set(room("rollback", in: stage).with("rollback: {onFailure: manual}"))
            try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.answer("watch", "* fail slow\n")
            try await stage.wait(.seconds(60), step: .seconds(10))
            #expect(try stage.pin("dev") == second)
            #expect(await stage.state("dev") == .failed)
        }
    }

    @Test func `a hold keeps the version where it is, and out of the next room`() async throws {
        try await withStage([.dev, .staging], gate: "  soakFor: 10m") { stage in
            try stage.set(room("hold", in: stage))
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.answer("watch", "* fail drifts\n")
            try await stage.wait(.seconds(700), step: .seconds(20))
            #expect(try stage.pin("dev") == version)
            #expect(try stage.pin("staging") == nil)
            #expect(try stage.log().filter { $0 == "Hold tumor in dev" }.count == 1)
            let why = try await stage.why("staging").blockers
            #expect(why.contains { $0.kind == .hold && $0.reason.contains("monitor errors: drifts") })
            #expect(await stage.status("dev")?.reason.contains("monitor errors") == true)
            // A newer version is free to enter, and to go on.
            try stage.answer("watch", "* pass\n")
            let next = try stage.push(score: 0.95)
            try await stage.settle()
            try await stage.wait(.seconds(700), step: .seconds(20))
            #expect(try stage.pin("staging") == next)
        }
    }

    @Test func `a hold that a person lifted is not put back while the same alarm lasts`() async throws {
        let unit = Unit(environment: "dev", model: "tumor")
        try await withStage([.dev, .staging], gate: "  soakFor: 10m") { stage in
            try stage.set(room("hold", in: stage))
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.answer("watch", "* fail drifts\n")
            try await stage.wait(.seconds(40), step: .seconds(10))
            #expect(await stage.status("dev")?.hold != nil)
            _ = try await stage.another().hold(unit, revision: nil, reason: "looked at it", lift: true)
            try await stage.wait(.seconds(60), step: .seconds(10))
            stage.restart()
            try await stage.wait(.seconds(60), step: .seconds(10))
            #expect(await stage.status("dev")?.hold == nil)
            #expect(try stage.log().filter { $0 == "Hold tumor in dev" }.count == 1)
            // Well in between, it is another alarm.
            try stage.answer("watch", "* pass\n")
            try await stage.wait(.seconds(20), step: .seconds(10))
            try stage.answer("watch", "* fail drifts again\n")
            try await stage.wait(.seconds(40), step: .seconds(10))
            #expect(await stage.status("dev")?.hold?.revision == version)
            #expect(try stage.log().filter { $0 == "Hold tumor in dev" }.count == 2)
        }
    }

    @Test func `an alert tells once, shows in the status, and goes`() async throws {
        try await withStage([.dev]) { stage in
            try stage.set(room("alert", in: stage))
            let version = try stage.push(score: 0.9)
            try await stage.settle()
            try stage.answer("watch", "* fail slow\n")
            try await stage.wait(.seconds(100), step: .seconds(10))
            #expect(try stage.pin("dev") == version)
            #expect(await stage.status("dev")?.reason == "monitor errors: slow")
            #expect(stage.told.filter { $0.contains("dev/tumor: monitor errors: slow") }.count == 1)
            try stage.answer("watch", "* pass\n")
            try await stage.wait(.seconds(20), step: .seconds(10))
            #expect(await stage.status("dev")?.reason == "well again")
        }
    }

    @Test func `a monitor looks at its own pace, and the probe at its own`() async throws {
        try await withStage([.dev.verifying("for: 0s, interval: 1m, failureThreshold: 1")]) { stage in
            try stage.set(
                room("alert", in: stage).verifying("for: 0s, interval: 1m, failureThreshold: 1"))
            try stage.push(score: 0.9)
            try await stage.settle()
            let before = (stage.lines("answers/watch.log").count, stage.lines("answers/dev.log").count)
            try await stage.wait(.seconds(120), step: .seconds(5))
            #expect(stage.lines("answers/watch.log").count - before.0 == 12)
            #expect(stage.lines("answers/dev.log").count - before.1 == 2)
        }
    }

    @Test func `Prometheus rolls back by value and threshold, and an empty answer does nothing`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.path(percentEncoded: false)
            let server = try LoopbackServer(
                "def answer(self, body): return (200, {}, open('\(path)/prometheus', 'rb').read())")
            let send = Curl(environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""]).send
            let stage = try Stage(in: folder, [.dev]) {
                $0.probes = Registry([AnswerProbe.self, PrometheusProbe.self])
                $0.tools.send = send
            }
            let probe = "{kind: prometheus, url: \"\(server.url)\", query: 'rate{m=\"{model}\"}', above: 0.05}"
            let monitor = "{name: rate, probe: \(probe), interval: 10s, failureThreshold: 2, action: rollback}"
            try stage.write(Self.answer("[]"), to: "prometheus")
            try stage.set(.dev.with("monitors: [\(monitor)]"))
            let first = try stage.push(score: 0.8)
            try await stage.settle()
            let second = try stage.push(score: 0.9)
            try await stage.settle()
            try await stage.wait(.seconds(60), step: .seconds(10))
            #expect(try stage.pin("dev") == second)
            try stage.write(Self.answer(#"[{"metric":{},"value":[1,"0.2"]}]"#), to: "prometheus")
            try await stage.wait(.seconds(20), step: .seconds(10))
            #expect(try stage.pin("dev") == first)
            let message = try stage.message("main")
            #expect(message.contains("monitor rate (value 0.2, threshold 0.05): 'rate{m=\"tumor\"}' is 0.2"))
        }
    }

    private static func answer(_ series: String) -> String {
        #"{"status":"success","data":{"resultType":"vector","result":\#(series)}}"#
    }
}
