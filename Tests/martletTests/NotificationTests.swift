import Foundation
import TestSupport
import Testing

/// Notices as people set them up and get them, with the real program.
struct NotificationTests {
    private func settings(_ lines: String) -> String {
        """
        apiVersion: martlet.dev/v1
        kind: Repository
        metadata: {name: models}
        spec:
          branch: main
          notifications:
        \(lines)

        """
    }

    @Test(arguments: [
        (
            "    - {kind: webhok, url: \"http://x\"}",
            "martlet.yaml:7:7: error: no plug-in of kind 'webhok' (did you mean 'webhook'?)"
        ),
        (
            "    - kind: chat-webhook\n      url: {env: https://hooks.example.com/T0/B0}",
            "martlet.yaml:8:18: error: url: env: is no name"
        ),
        (
            "    - kind: webhook\n      url: http://x\n      timout: 3s",
            "martlet.yaml:9:7: error: unknown field 'timout' (did you mean 'timeout'?)"
        ),
        ("    - kind: email\n      to: [ada]", "martlet.yaml:8:11: error: to: 'ada' is no address"),
        (
            "    - kind: webhook\n      url: http://x\n      on: [faild]",
            "martlet.yaml:9:12: error: notifications: on: expected one of"
        ),
    ]) func `validate says where a notification is wrong`(lines: String, words: String) async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try settings(lines).write(toFile: house.work + "/martlet.yaml", atomically: true, encoding: .utf8)
            let run = try house.martlet(["validate"])
            #expect(run.code == 1 && "\(run)".contains(words), "\(run)")
        }
    }

    @Test func `owners hear of a changed lock file, and the gate that waits for that opens`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let log = house.folder + "/notices"
            let gate = House.gate() + "    - {check: monitor.dependencies}\n"
            try house.commit(
                [
                    "gates/g.yaml": gate,
                    "martlet.yaml": settings("    - {kind: command, command: [/bin/sh, -c, \"cat >> '\(log)'\"]}"),
                ], "Tell")
            try house.push(right: 8)
            try house.pull()
            let model = try String(contentsOfFile: house.work + "/models/tumor/model.yaml", encoding: .utf8)
            let owned = model.replacing("spec:\n", with: "spec:\n  owners: [lab]\n")
            try house.commit(
                ["models/tumor/model.yaml": owned, "models/tumor/requirements.txt": "numpy==2.4.1\n"], "Owned")
            let first = try git("rev-parse", "main", in: house.origin)
            try house.reconcile()
            #expect(try house.pin("dev") == first)
            try house.pull()
            try house.commit(["models/tumor/requirements.txt": "numpy==2.5.5\n"], "Newer numpy")
            let second = try git("rev-parse", "main", in: house.origin)
            try house.reconcile()
            #expect(try house.pin("dev") == second)
            let told = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
            let notice = try #require(told.first { $0.contains("dependency-changed") })
            #expect(notice.contains("requirements.txt") && notice.contains("\"lab\"") && notice.contains(second))
            #expect(told.filter { $0.contains("dependency-changed") }.count == 1)
            #expect(told.contains { $0.contains("\"event\":\"promoted\"") && $0.contains(second) == false })
            let evidence = try git("log", "--format=%b", "refs/martlet/evidence", in: house.origin)
            #expect(evidence.contains("owners know what changed: requirements.txt"))
        }
    }
}
