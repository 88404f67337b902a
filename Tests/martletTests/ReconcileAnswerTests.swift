import Domain
import Foundation
import TestSupport
import Testing

/// What `reconcile` answers where something does not run well, and what `plan` and `why` say of it.
struct ReconcileAnswerTests {
    @Test func `what failed is 1, and why asks for a person`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let version = try house.push(right: 9)
            try house.makeIll(version, in: "dev")
            let run = try house.martlet(["reconcile", "-C", house.origin])
            #expect(run.code == 1 && run.output.contains("person dev: failed: "), "\(run)")
            let why = try JSON(
                parsing: house.martlet(["why", "tumor", "dev", "-C", house.origin, "--output", "json"]).output)
            #expect(why["state"]?.string == "blocked")
            #expect(why["blockers"]?.array?.first?["person"]?.string == "dev")
            #expect(why["blockers"]?.array?.first?["since"]?.string != nil)
            let plan = try house.martlet(["plan", "-C", house.origin])
            #expect(plan.code == 0 && plan.output.contains("person dev: failed: "), "\(plan)")
        }
    }

    @Test func `what the last look found ill is 1, though that does not count as a failure yet`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let text = house.environment(.init(name: "dev")).replacing("interval: 1s", with: "interval: 9m")
            try house.commit([
                "environments/dev/environment.yaml": text.replacing("failureThreshold: 1", with: "failureThreshold: 3")
            ])
            let version = try house.push(right: 9)
            #expect(try house.martlet(["reconcile", "-C", house.origin]).code == 0)
            try house.makeIll(version, in: "dev")
            let run = try house.martlet(["reconcile", "-C", house.origin])
            #expect(run.code == 1 && run.output.contains("; the last look found it ill: "), "\(run)")
        }
    }

    @Test func `what could not be brought to its target is 3, and what is only verified yet 0`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try Data().write(to: URL(filePath: house.targets))
            let run = try house.martlet(["reconcile", "-C", house.origin])
            #expect(run.code == 3 && run.output.contains("person dev: stalled: "), "\(run)")
            try FileManager.default.removeItem(atPath: house.targets)
            let text = house.environment(.init(name: "dev")).replacing("for: 0s", with: "for: 1h")
            try house.commit(["environments/dev/environment.yaml": text])
            let wait = try house.martlet(["reconcile", "-C", house.origin])
            #expect(wait.code == 0 && wait.output.contains("verify dev: verifying: "), "\(wait)")
        }
    }

    @Test func `what cannot be planned is 3, and is shown`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.reconcile()
            let blob = try git("rev-parse", "main:gates/g.yaml", in: house.origin)
            try git("update-ref", "refs/martlet/evidence", blob, in: house.origin)
            try house.push(right: 10)
            for command in ["plan", "reconcile"] {
                let run = try house.martlet([command, "-C", house.origin])
                #expect(run.code == 3 && run.output.contains("person dev: it cannot be planned: "), "\(run)")
                let json = try house.martlet([command, "-C", house.origin, "--output", "json"])
                let plan = try JSON(parsing: json.output)["deployments"]?.array?.first
                #expect(json.code == 3 && plan?["environment"]?.string == "dev", "\(json)")
            }
        }
    }

    @Test func `a check that could not be run is 3, and why and status say it afterwards`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let version = try house.push(right: 9)
            let blob = try git("rev-parse", "\(version):models/tumor/predictions.csv", in: house.origin)
            let object = "\(house.origin)/objects/\(blob.prefix(2))/\(blob.dropFirst(2))"
            try FileManager.default.removeItem(atPath: object)
            try Data("no object".utf8).write(to: URL(filePath: object))
            let run = try house.martlet(["reconcile", "-C", house.origin])
            #expect(run.code == 3 && run.output.contains("infra.quality-gate could not run: cannot read"), "\(run)")
            for command in [["why", "tumor", "dev"], ["status"], ["plan"]] {
                let told = try house.martlet(command + ["-C", house.origin])
                #expect(told.code == 0 && told.output.contains("infra.quality-gate could not run: "), "\(told)")
                #expect(!told.output.contains("have not run yet"), "\(told)")
            }
        }
    }

    @Test func `what the remote refuses is 3, and why and status say in which words`() async throws {
        try await withHouse { house in
            let hook = house.origin + "/hooks/pre-receive"
            try FileManager.default.createDirectory(
                atPath: house.origin + "/hooks", withIntermediateDirectories: true)
            let script = """
                #!/bin/sh
                while read old new name; do
                  test $name = refs/heads/main || continue
                  if git log --author=Martlet --name-only --format= "$old..$new" | grep -q ^environments/production/
                  then echo "production is protected" >&2; exit 1; fi
                done
                """
            try script.write(toFile: hook, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
            let origin = "file://" + house.origin
            let version = try house.push(right: 9)
            let run = try house.martlet(["reconcile", "-C", origin])
            #expect(run.code == 3 && run.output.contains("production is protected"), "\(run)")
            #expect(try house.pin("staging") == version && house.pin("production") == nil)
            let why = try house.martlet(["why", "tumor", "production", "-C", house.origin])
            #expect(why.output.contains("blocked by person production: the remote refuses the promotion of"), "\(why)")
            #expect(try house.martlet(["status", "-C", house.origin]).output.contains("production is protected"))
            let byHand = try house.martlet(["promote", "tumor", "--to", "production", "-C", origin])
            #expect(byHand.code == 3 && byHand.errors.contains("production is protected"), "\(byHand)")
            let bad = try house.push(right: 10)
            try house.makeIll(bad, in: "staging")
            _ = try house.martlet(["reconcile", "-C", origin])
            #expect(try house.pin("staging") == version && house.pin("dev") == bad)
        }
    }

    @Test func `while the branch is rewritten nothing goes back, and each command says what would change that`()
        async throws
    {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let first = try house.push(right: 8)
            try house.reconcile()
            let second = try house.push(right: 9)
            try house.reconcile()
            try house.pull()
            try house.inWork("commit", "--quiet", "--amend", "--message", "other words")
            try house.inWork("push", "--quiet", "--force", "origin", "HEAD:main")
            #expect(try house.martlet(["reconcile", "-C", house.origin]).code == 1)
            try house.makeIll(second, in: "dev")
            #expect(try house.martlet(["reconcile", "-C", house.origin]).code == 1)
            let tip = try git("rev-parse", "main", in: house.origin)
            let rollback = try house.martlet(["rollback", "tumor", "dev", "-C", house.origin])
            #expect(rollback.code == 1 && rollback.errors.contains("--accept-rewrite"), "\(rollback)")
            #expect(try git("rev-parse", "main", in: house.origin) == tip)
            let why = try house.martlet(["why", "tumor", "dev", "-C", house.origin])
            #expect(why.output.contains("unblocked by: martlet reconcile --accept-rewrite"), "\(why)")
            #expect(!why.output.contains("goes back to"))
            let status = try house.martlet(["status", "-C", house.origin])
            #expect(
                status.output.contains("The branch was rewritten: nothing enters and nothing goes back"), "\(status)")
            _ = try house.martlet(["reconcile", "--accept-rewrite", "-C", house.origin])
            #expect(try house.martlet(["rollback", "tumor", "dev", "-C", house.origin]).code == 0)
            #expect(try house.pin("dev") == first)
        }
    }

    @Test func `an environment without its file is named as what is missing`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.commit(
                ["environments/lab/tumor.yaml": House.deployment("tumor")],
                removing: ["environments/dev/environment.yaml"])
            let run = try house.martlet(["why", "tumor", "lab", "-C", house.origin])
            #expect(run.code == 1 && run.errors.contains("environments/lab/environment.yaml is not"), "\(run)")
            let gone = try house.martlet(["why", "tumor", "dev", "-C", house.origin])
            #expect(gone.code == 0 && gone.output.contains("blocked by manifest environments/dev/environment.yaml: "))
            #expect(gone.output.contains("there is no such file, and deployments stand beside"), "\(gone)")
        }
    }

    @Test func `a promotion that its gate allows and that cannot be written is 3, by hand, too`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let version = try house.push(right: 9)
            let blob = try git("rev-parse", "\(version):models/tumor/model.bin", in: house.origin)
            let object = "\(house.origin)/objects/\(blob.prefix(2))/\(blob.dropFirst(2))"
            try FileManager.default.removeItem(atPath: object)
            try Data("no object".utf8).write(to: URL(filePath: object))
            let run = try house.martlet(["reconcile", "-C", house.origin])
            #expect(run.code == 3 && run.errors.contains("cannot promote into dev"), "\(run)")
            let byHand = try house.martlet(["promote", "tumor", "--to", "dev", "-C", house.origin])
            #expect(byHand.code == 3 && byHand.errors.contains("Not promoted: "), "\(byHand)")
        }
    }

    @Test func `a disk that takes nothing more is 3, also where nothing but a check's result was to be written`()
        async throws
    {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let version = try house.push(right: 9)
            try house.reconcile()
            try house.push(right: 10)
            try git("repack", "-a", "-d", "--quiet", in: house.origin)
            try git("prune-packed", "--quiet", in: house.origin)
            // Files where the folders of new objects would be.
            let places = (0..<256).map { number in
                let name = String(number, radix: 16)
                return "\(house.origin)/objects/\(name.count < 2 ? "0" : "")\(name)"
            }
            for place in places {
                try? FileManager.default.removeItem(atPath: place)
                try Data().write(to: URL(filePath: place))
            }
            let run = try house.martlet(["reconcile", "-C", house.origin])
            #expect(run.code == 3 && run.output.contains("could not be kept: cannot write "), "\(run)")
            #expect(run.errors.split(separator: "could not be kept").count == 2, "\(run)")
            let byHand = try house.martlet(["promote", "tumor", "--to", "dev", "-C", house.origin])
            #expect(byHand.code == 3 && byHand.errors.contains("could not be kept"), "\(byHand)")
            #expect(try house.pin("dev") == version)
            for place in places { try FileManager.default.removeItem(atPath: place) }
            try house.reconcile()
            #expect(try house.pin("dev") != version)
        }
    }

    @Test func `a hold on what runs says that it goes on`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.reconcile()
            let hold = ["hold", "tumor", "dev", "--revision", "main", "-C", house.origin]
            let run = try house.martlet(hold)
            #expect(run.code == 0 && run.output.contains("It runs there, and goes on."), "\(run)")
            try house.push(right: 8)
            let next = try house.martlet(hold)
            #expect(next.code == 0 && !next.output.contains("It runs there"), "\(next)")
        }
    }

    @Test func `a rollback names all that goes back with it`() async throws {
        let room = House.Room(name: "dev", more: "  releaseSets: [{name: pair, models: [a, b]}]")
        try await withHouse(rooms: [room], models: ["a", "b"]) { house in
            for right in [8, 9] {
                for model in ["a", "b"] { try house.push(model, right: right) }
                try house.reconcile()
            }
            let run = try house.martlet(["rollback", "a", "dev", "-C", house.origin])
            #expect(run.code == 0 && run.output.contains("With it goes b, which came with it, to "), "\(run)")
        }
    }

    @Test func `a lift does not say that it holds`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let version = try house.push(right: 9)
            let hold = ["hold", "tumor", "dev", "--revision", version, "-C", house.origin]
            #expect(try house.martlet(hold).code == 0)
            #expect(
                try git("log", "-1", "--format=%B", "main", in: house.origin).contains("Martlet-Cause: held by hand"))
            #expect(try house.martlet(hold + ["--lift"]).code == 0)
            #expect(
                try git("log", "-1", "--format=%B", "main", in: house.origin).contains("Martlet-Cause: lifted by hand"))
        }
    }
}
