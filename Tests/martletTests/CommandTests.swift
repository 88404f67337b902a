import Foundation
import TestSupport
import Testing

/// What programs rely on: exit codes, JSON, and that nothing of a stranger reaches the terminal raw.
struct CommandTests {
    @Test func `exit codes tell yes, no, wrong use and could not apart`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 3)
            let cases: [([String], Int)] = [
                (["--version"], 0), (["--help"], 0), (["status", "-C", house.origin], 0), (["validate"], 0),
                (["check", "tumor"], 1), (["promote", "tumor", "--to", "dev"], 1),
                (["why", "tumor", "nowhere", "-C", house.origin], 2), (["why", "nothing", "dev"], 2),
                (["validate", "--revision", "nonsense"], 2), (["status", "--nonsense"], 2), (["frobnicate"], 2),
                (["promote", "tumor"], 2), (["controller", "--poll", "soon"], 2), (["schema", "Nonsense"], 2),
                (["status", "-C", house.folder + "/nowhere"], 2), (["reconcile", "-C", house.folder + "/nowhere"], 2),
                (["status", "--branch", "nonsense"], 2), (["check", "nothing"], 2),
                (["profile", "none.csv"], 3), (["drift", "none.csv", "none.csv"], 3), (["kinds", "nothing"], 2),
            ]
            for (arguments, code) in cases {
                let run = try house.martlet(arguments)
                #expect(run.code == code, "\(arguments): \(run)")
                if code > 0 { #expect(!run.errors.isEmpty, "\(arguments) says nothing") }
            }
        }
    }

    @Test func `status as JSON has the shape that programs rely on`() async throws {
        try await withHouse(rooms: [.init(name: "dev"), .init(name: "production", from: ["dev"])]) { house in
            let version = try house.push(right: 9)
            try house.reconcile()
            for place in [house.origin, house.work] {
                if place == house.work {
                    try house.pull()
                    try git("fetch", "--quiet", "origin", "refs/martlet/*:refs/martlet/*", in: house.work)
                }
                let json = try house.json(["status", "-C", place, "--output", "json"])
                #expect(json["revision"] as? String == (try git("rev-parse", "main", in: house.origin)))
                let environments = try #require(json["environments"] as? [String: [String: [String: Any]]])
                #expect(Set(environments.keys) == ["dev", "production"])
                let line = try #require(environments["production"]?["tumor"])
                #expect(Set(line.keys) == ["revision", "version", "digest", "state", "since", "reason"])
                #expect(line["revision"] as? String == version)
                #expect(line["version"] is NSNull)
                #expect((line["digest"] as? String)?.hasPrefix("sha256:") == true)
                #expect(line["state"] as? String == "verified")
                #expect((line["since"] as? String)?.hasSuffix("Z") == true)
                #expect(json["lease"] is NSNull)
            }
        }
    }

    @Test func `why as JSON names what blocks, the value and the threshold`() async throws {
        try await withHouse(rooms: [.init(name: "dev"), .init(name: "production", from: ["dev"])]) { house in
            try house.push(right: 3)
            try house.reconcile()
            let json = try house.json(["why", "tumor", "dev", "-C", house.origin, "--output", "json"])
            #expect(json["state"] as? String == "blocked")
            let blockers = try #require(json["blockers"] as? [[String: Any]])
            #expect(blockers.count == 1)
            let blocker = blockers[0]
            #expect(Set(blocker.keys) == ["check", "reason", "value", "threshold", "since", "unblockedBy", "nextLook"])
            #expect(blocker["check"] as? String == "infra.quality-gate")
            #expect(blocker["value"] as? Double == 0.3)
            #expect(blocker["threshold"] as? Double == 0.5)
            #expect(blocker["nextLook"] is NSNull)
            let upstream = try house.json(["why", "tumor", "production", "-C", house.origin, "--output", "json"])
            let reasons = try #require(upstream["blockers"] as? [[String: Any]])
            #expect(reasons[0]["upstream"] as? String == "dev")
        }
    }

    @Test func `validate as JSON gives every diagnostic its place`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            let good = try house.json(["validate", "--output", "json"])
            #expect(good["ok"] as? Bool == true)
            #expect((good["diagnostics"] as? [Any])?.isEmpty == true)
            try house.write(
                "apiVersion: martlet.dev/v1\nkind: Gate\nmetadata: {name: g}\nspec: {soakfor: 1h}\n", to: "gates/g.yaml"
            )
            let run = try house.martlet(["validate", "--output", "json"])
            #expect(run.code == 1)
            let json = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
            #expect(json["ok"] as? Bool == false)
            let diagnostic = try #require((json["diagnostics"] as? [[String: Any]])?.first)
            #expect(
                Set(diagnostic.keys) == ["file", "line", "column", "severity", "code", "message", "hint"])
            #expect(diagnostic["file"] as? String == "gates/g.yaml")
            #expect(diagnostic["line"] as? Int == 4)
            #expect(diagnostic["column"] as? Int == 8)
            #expect(diagnostic["code"] as? String == "unknown-field")
            // The commit is still valid.
            #expect(try house.martlet(["validate", "--revision", "HEAD"]).code == 0)
            #expect(try house.martlet(["validate", "-C", house.origin]).code == 0)
        }
    }

    @Test func `validate finds dangling references`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.commit(["environments/dev/ghost.yaml": House.deployment("ghost")])
            let nowhere = String(repeating: "1234abcd", count: 5)
            try house.commit(["environments/dev/tumor.yaml": House.deployment("tumor", "  revision: \(nowhere)\n")])
            let run = try house.martlet(["validate", "-C", house.origin])
            #expect(run.code == 1)
            #expect(run.output.contains("ghost"))
            #expect(run.output.contains(nowhere))
        }
    }

    @Test func `validate warns of files whose path is nearly a manifest's`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.write(House.gate(), to: "gates/strict.yml")
            try house.write("row,label\n", to: "gates/rows.csv")
            let run = try house.martlet(["validate"])
            #expect(run.code == 0)
            #expect(run.output.contains("gates/strict.yml:1:1: warning"))
            #expect(run.output.contains("rename it to gates/strict.yaml"))
            #expect(!run.output.contains("rows.csv"))
        }
    }

    @Test func `evaluate as JSON follows the definitions; what is undefined is null`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let table = """
                row,label,prediction,score,group,size
                1,1,1,0.9,a,big
                2,0,0,0.2,a,small
                3,1,0,0.4,b,small
                4,0,1,0.6,b,big
                5,1,1,0.8,c,big

                """
            try house.write(table, to: "p.csv")
            let json = try house.json([
                "evaluate", "p.csv", "--task", "binary-classification", "--label", "label", "--prediction",
                "prediction",
                "--score", "score", "--id", "row", "--slice", "size", "--sensitive", "group", "--output", "json",
            ])
            #expect(Set(json.keys) == ["rows", "metrics", "slices", "fairness", "reliability", "warnings"])
            #expect(json["rows"] as? Int == 5)
            let metrics = try #require(json["metrics"] as? [String: Any])
            #expect(metrics["accuracy"] as? Double == 0.6)
            let slices = try #require(json["slices"] as? [String: [String: [String: Any]]])
            #expect(Set(try #require(slices["size"]).keys) == ["big", "small"])
            let fairness = try #require(json["fairness"] as? [String: Any])
            #expect(Set(fairness.keys) == ["group"])
            let bad = try house.martlet([
                "evaluate", "p.csv", "--task", "binary-classification", "--label", "nothing", "--prediction",
                "prediction",
            ])
            #expect(bad.code == 2)
            #expect(bad.errors.contains("nothing"))
            #expect(
                try house.martlet(["evaluate", "none.csv", "--task", "regression", "--label", "a", "--prediction", "b"])
                    .code == 3)
            #expect(
                try house.martlet(["evaluate", "p.csv", "--task", "x", "--label", "a", "--prediction", "b"]).code == 2)
        }
    }

    @Test func `a regression that predicts a quantile is judged as one`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.write("label,prediction\n1,2\n4,2\n", to: "p.csv")
            let columns = ["--label", "label", "--prediction", "prediction", "--quantile"]
            let json = try house.json(
                ["evaluate", "p.csv", "--task", "regression"] + columns + ["0.75", "--output", "json"])
            #expect((json["metrics"] as? [String: Any])?["pinball_loss"] as? Double == 0.875)
            #expect(json["quantile"] as? Double == 0.75)
            for (task, quantile) in [("regression", "1.5"), ("regression", "nan"), ("binary-classification", "0.5")] {
                #expect(try house.martlet(["evaluate", "p.csv", "--task", task] + columns + [quantile]).code == 2)
            }
        }
    }

    @Test func `a ranking is evaluated and compared by query`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let head = "row,query,label,score\n"
            try house.write(head + "a,x,1,0.5\nb,x,0,0.7\nc,y,2,0.2\nd,y,0,0.1\ne,z,0,0.1\n", to: "p.csv")
            try house.write(head + "a,x,1,0.9\nb,x,0,0.7\nc,y,2,0.2\nd,y,0,0.1\ne,z,0,0.1\n", to: "q.csv")
            let columns = ["--task", "ranking", "--query", "query", "--label", "label", "--score", "score"]
            let json = try house.json(
                ["evaluate", "p.csv"] + columns + ["--gain", "linear", "--at", "1", "--output", "json"])
            let metrics = try #require(json["metrics"] as? [String: Any])
            #expect(metrics["queries"] as? Int == 3 && metrics["queries_without_relevant"] as? Int == 1)
            #expect(metrics["mrr"] as? Double == 0.75 && metrics["ndcg_at_1"] as? Double == 0.5)
            #expect((json["ranking"] as? [String: Any])?["gain"] as? String == "linear")
            let compared = try house.json(
                ["compare", "p.csv", "q.csv", "--id", "row"] + columns + ["--output", "json"])
            let bootstrap = try #require(compared["paired_bootstrap"] as? [String: [String: Any]])
            #expect(bootstrap["mrr"]?["difference"] as? Double == 0.25)
            for wrong in [["--gain", "cubic"], ["--at", "0"]] {
                #expect(try house.martlet(["evaluate", "p.csv"] + columns + wrong).code == 2)
            }
            #expect(
                try house.martlet(["evaluate", "p.csv", "--task", "ranking", "--label", "label", "--query", "query"])
                    .code
                    == 2)
        }
    }

    @Test func `two versions are compared with corrected intervals, and by clusters`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let rows = (0..<60).map { "\($0),\($0 % 3 == 0 ? 1 : 0),\($0 % 2)\n" }
            let other = (0..<60).map { "\($0),\($0 % 3 == 0 ? 1 : 0),\($0 % 4 == 0 ? 1 : 0)\n" }
            try house.write("row,label,prediction\n" + rows.joined(), to: "p.csv")
            try house.write("row,label,prediction\n" + other.joined(), to: "q.csv")
            let arguments = [
                "compare", "p.csv", "q.csv", "--id", "row", "--task", "binary-classification", "--label", "label",
                "--prediction", "prediction", "--output", "json", "--interval",
            ]
            for method in ["percentile", "bca"] {
                let json = try house.json(arguments + [method])
                #expect(json["interval"] as? String == method)
                let bootstrap = try #require(json["paired_bootstrap"] as? [String: [String: Any]])
                #expect(bootstrap["accuracy"]?["ci95_low"] is Double)
            }
            #expect(try house.martlet(arguments + ["student"]).code == 2)
            let clustered = try house.json(arguments + ["bca", "--cluster-by", "label"])
            #expect(clustered["clusters"] as? Int == 2)
            #expect(try house.martlet(arguments + ["bca", "--cluster-by", "person"]).errors.contains("person"))
        }
    }

    @Test func `plots are plain text where nobody's terminal is`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let rows = (0..<60).map { "\($0),\($0 % 3 == 0 ? 1 : 0),\($0 % 2),0.\(10 + $0)\n" }.joined()
            try house.write("row,label,prediction,score\n" + rows, to: "p.csv")
            let columns = ["--task", "binary-classification", "--label", "label", "--prediction", "prediction"]
            let runs = [
                ["evaluate", "p.csv", "--score", "score"] + columns, ["profile", "p.csv", "--histogram", "score"],
                ["drift", "p.csv", "p.csv"],
                ["compare", "p.csv", "p.csv", "--id", "row", "--score", "score"] + columns,
            ]
            for (run, sign) in zip(runs, ["◆", "█", "┊0.1", "●"]) {
                let result = try house.martlet(run)
                #expect(result.code == 0 && result.output.contains(sign), "\(result)")
                #expect(!result.output.contains("\u{1B}") && !result.output.contains("nan"), "\(result)")
            }
        }
    }

    @Test func `control characters of the repository are never printed raw`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let evil = "\u{1B}]0;owned\u{07}\u{1B}[2J\u{9B}31m"
            try house.push(right: 3)
            try house.commit(["gates/bad.yaml": "kind: \"\(evil)\"\n"], "evil \(evil)")
            try house.commit(["environments/dev/environment.yaml": "a: \(evil)"], "more \(evil)")
            try house.commit(["gates/\(evil).yaml": "x: y"])
            for arguments in [
                ["validate", "-C", house.origin], ["validate"], ["history", "-C", house.origin],
                ["status", "-C", house.origin], ["plan", "-C", house.origin], ["reconcile", "-C", house.origin, "-v"],
                ["why", "tumor", "dev", "-C", house.origin], ["check", "tumor", "--environment", evil],
                ["promote", evil, "--to", evil], ["validate", "-C", house.origin, "--output", "json"],
            ] {
                let run = try house.martlet(arguments)
                for text in [run.output, run.errors] {
                    let raw = text.unicodeScalars.filter {
                        $0.value < 0x20 && $0 != "\n" && $0 != "\t" || (0x7F...0x9F).contains($0.value)
                    }
                    #expect(raw.isEmpty, "\(arguments) prints \(raw.map(\.value))")
                }
            }
        }
    }

    @Test func `not on a terminal either, where only our own colours are`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let evil = "\u{1B}]0;owned\u{07}\u{1B}[2J\u{1B}[8m\u{9B}31m"
            try house.push(right: 9)
            try house.reconcile()
            try house.commit(["environments/dev/tumor.yaml": House.deployment("tumor")], "back \(evil)")
            for command in ["history", "status", "kinds"] {
                // script (of util-linux) gives the command a terminal.
                let run = try house.martlet(onTerminal: "\(command) \(command == "kinds" ? "" : "-C \(house.origin)")")
                let ours = run.output.replacing(/\u{1B}\[(0|1|2|31|32|33|34)m/, with: "")
                #expect(ours != run.output, "\(command) has no colours on a terminal")
                let raw = ours.unicodeScalars.filter {
                    $0.value < 0x20 && !["\n", "\r", "\t"].contains($0) || (0x7F...0x9F).contains($0.value)
                }
                #expect(raw.isEmpty, "\(command) prints \(raw.map(\.value))")
            }
        }
    }

    @Test func `the password of a remote is not told when it cannot be reached`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let url = "http://ada:hunter2@127.0.0.1:9/models.git"
            for arguments in [["reconcile", "-C", url], ["reconcile", "-C", url, "-v", "--log", "json"]] {
                let run = try house.martlet(arguments)
                #expect(run.code == 3)
                #expect(!run.errors.isEmpty)
                #expect(!(run.output + run.errors).contains("hunter2"), "\(run)")
            }
            try git("remote", "set-url", "origin", url, in: house.work)
            let run = try house.martlet(["reconcile"])
            #expect(run.code == 3)
            #expect(!(run.output + run.errors).contains("hunter2"), "\(run)")
        }
    }

    @Test func `a plan writes nothing and runs nothing`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            let before = try git("for-each-ref", in: house.origin)
            for arguments in [["plan"], ["plan", "-C", house.origin, "--output", "json"], ["reconcile", "--dry-run"]] {
                #expect(try house.martlet(arguments).code == 0)
            }
            #expect(try git("for-each-ref", in: house.origin) == before)
            #expect(!FileManager.default.fileExists(atPath: house.targets + "/dev/tumor"))
        }
    }

    @Test func `history, hold, promote and rollback as people use them`() async throws {
        let room = House.Room(name: "dev", more: "  promotion: {mode: manual}")
        try await withHouse(rooms: [room]) { house in
            let first = try house.push(right: 8)
            #expect(try house.martlet(["promote", "tumor", "--to", "dev"]).code == 0)
            try house.reconcile()
            let second = try house.push(right: 9)
            #expect(try house.martlet(["hold", "tumor", "dev", "--reason", "review"]).code == 0)
            let held = try house.martlet(["promote", "tumor", "--to", "dev"])
            #expect(held.code == 1)
            #expect(held.errors.contains("review"))
            #expect(try house.martlet(["hold", "tumor", "dev", "--lift"]).code == 0)
            #expect(try house.martlet(["promote", "tumor", "--to", "dev"]).code == 0)
            #expect(try house.pin("dev") == second)
            #expect(try house.martlet(["rollback", "tumor", "dev", "--reason", "complaints"]).code == 0)
            #expect(try house.pin("dev") == first)
            let history = try house.martlet(["history", "tumor", "-C", house.origin, "--output", "json"])
            let entries = try #require(
                try JSONSerialization.jsonObject(with: Data(history.output.utf8)) as? [[String: Any]])
            #expect(entries.compactMap { $0["kind"] as? String } == ["rollback", "promotion", "promotion"])
            let compared = try house.martlet(["diff", "tumor@\(first)", "tumor@\(second)", "-C", house.origin])
            #expect(compared.code == 0)
            #expect(compared.output.contains("accuracy"))
        }
    }
}

extension House {
    func martlet(onTerminal arguments: String) throws -> Run {
        var variables = Self.variables
        variables["MARTLET_CACHE"] = folder + "/cache"
        variables["PATH"] = path
        variables["TERM"] = "xterm"
        let ended = try spawn(
            ["script", "-qec", "martlet \(arguments)", "/dev/null"], environment: variables, folder: work)
        return Run(
            code: ended.code, output: String(decoding: ended.output, as: UTF8.self),
            errors: String(decoding: ended.errors, as: UTF8.self))
    }

    func json(_ arguments: [String]) throws -> [String: Any] {
        let run = try martlet(arguments)
        guard run.code == 0 else { throw Failed(run: run) }
        return try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    }
}
