import Domain
import Foundation
import TestSupport
import Testing

/// `martlet check --all`, as CI systems run it on every push.
struct CheckAllTests {
    @Test(arguments: ["junit", "sarif", "github", "gitlab"])
    func `where no gate asks for anything, checking all is no failure`(format: String) async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let folder = house.folder + "/begun"
            #expect(try house.martlet(["init", folder]).code == 0)
            try git("init", "--quiet", folder, in: house.folder)
            try git("add", ".", in: folder)
            try git("commit", "--quiet", "-m", "begin", in: folder)
            let all = ["check", "-C", folder, "--all", "--revision", "HEAD"]
            let run = try house.martlet(all + ["--format", format])
            #expect(run.code == 0 && run.errors.contains("No gate asks for a check"), "\(run)")
            #expect(run.errors.contains("dev has no gate. With a gate: staging, production"), "\(run)")
            #expect(run.errors.contains("martlet check --all --environment staging"), "\(run)")
            if format == "junit" {
                #expect(run.output.contains("tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"1\""))
            }
        }
    }

    @Test func `a check that is named where no environment asks for any says what is missing`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.commit([:], removing: ["environments"], "no environments")
            let run = try house.martlet(["check", "tumor", "--only", "data.schema"])
            #expect(
                run.code == 1 && run.errors.contains("No environment takes versions straight from models/"), "\(run)")
            #expect(!run.errors.contains("name it with --only"), "\(run)")
        }
    }

    @Test func `which checks keep a version out is told apart from those that only show`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let gate = House.gate() + "    - {check: model.card, required: false}\n"
            try house.commit(["gates/g.yaml": gate])
            try house.push(right: 2)
            let run = try house.martlet(["check", "tumor"])
            #expect(
                run.code == 1 && run.errors.contains("1 of 2 checks does not pass, and the gate requires it."), "\(run)"
            )
            #expect(run.output.contains("model.card: (not required) the model has no README.md"), "\(run)")
            try house.push(right: 9)
            try house.reconcile()
            let message = try git("log", "-1", "--format=%B", "main", in: house.origin)
            #expect(message.contains("- model.card (not required): fail: "), "\(message)")
            #expect(message.contains("- infra.quality-gate: pass: "), "\(message)")
        }
    }

    @Test func `with a revision, the models are those of that commit`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try git("checkout", "--quiet", "-b", "request", in: house.work)
            try house.commit(
                Self.model("rash", right: 2), removing: ["models/tumor", "environments/dev/tumor.yaml"],
                "rash for tumor", push: false)
            let all = ["check", "--all", "--branch", "main", "--revision", "HEAD"]
            let text = try house.martlet(all)
            #expect(text.code == 1 && text.output.contains("dev/rash  infra.quality-gate"), "\(text)")
            #expect(!text.output.contains("tumor"), "\(text)")
            for format in ["junit", "sarif"] {
                let run = try house.martlet(all + ["--format", format])
                #expect(run.code == 1 && run.output.contains("rash"), "\(run)")
            }
            let main = try house.martlet(["check", "--all", "--branch", "main"])
            #expect(main.code == 0 && main.output.contains("dev/tumor"), "\(main)")
        }
    }

    @Test(arguments: ["nothing", "link", "submodule"])
    func `where a deployment's model is not there any more, nothing is in order`(_ place: String) async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            let version = try git("rev-parse", "HEAD", in: house.work), folder = house.work + "/models/tumor"
            try git("checkout", "--quiet", "-b", "request", in: house.work)
            try git("rm", "--quiet", "-r", "models/tumor", in: house.work)
            if place == "link" {
                try FileManager.default.createDirectory(
                    atPath: house.work + "/models", withIntermediateDirectories: true)
                try FileManager.default.createSymbolicLink(atPath: folder, withDestinationPath: "../data")
                try git("add", ".", in: house.work)
            } else if place == "submodule" {
                let entry = "160000,\(version),models/tumor"
                try git("update-index", "--add", "--cacheinfo", entry, in: house.work)
            }
            try git("commit", "--quiet", "-m", "gone", in: house.work)
            let words = [
                "nothing": "there is no model ", "link": "models/tumor is a symbolic link",
                "submodule": "models/tumor is a submodule",
            ]
            for more in [[], ["--environment", "dev"], ["--format", "junit"], ["--format", "github"]] {
                let run = try house.martlet(["check", "--all", "--branch", "main", "--revision", "HEAD"] + more)
                #expect(run.code == 1 && run.output.contains("environments/dev/tumor.yaml"), "\(run)")
                #expect(run.output.contains(try #require(words[place])), "\(run)")
                #expect(!more.contains("junit") || run.output.contains("failures=\"1\""), "\(run)")
            }
        }
    }

    @Test func `gates are those of the branch at its remote, where the clone's own stayed behind`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 8)
            let all = ["check", "--all", "--branch", "main", "--revision", "HEAD"]
            #expect(try house.martlet(all).code == 0)
            let path = house.work + "/gates/g.yaml"
            let stricter = try String(contentsOfFile: path, encoding: .utf8).replacing(
                #/min: [0-9.]+/#, with: "min: 0.99")
            try house.commit(["gates/g.yaml": stricter])
            try git("reset", "--quiet", "--hard", "HEAD~1", in: house.work)
            try git("fetch", "--quiet", "origin", in: house.work)
            let run = try house.martlet(all)
            #expect(run.code == 1 && run.output.contains("0.99"), "\(run)")
        }
    }

    @Test func `a model that cannot be read does not keep the others from being checked`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.commit(["models/a/model.yaml": "spec: {}\n"])
            for more in [[], ["--revision", "HEAD"]] {
                let run = try house.martlet(["check", "--all", "--format", "junit"] + more)
                #expect(
                    run.code == 1 && run.output.contains("\"a in dev\" tests=\"1\" failures=\"0\" errors=\"1\""),
                    "\(run)")
                #expect(run.output.contains("\"tumor in dev\" tests=\"1\" failures=\"0\" errors=\"0\""), "\(run)")
                #expect(run.output.contains("models/a/model.yaml cannot be read"), "\(run)")
                #expect(!run.output.contains("manifests"), "nobody validated them: \(run)")
            }
            try house.commit([:], removing: ["models", "environments/dev/tumor.yaml"])
            let none = try house.martlet(["check", "--all", "--environment", "dev", "--revision", "HEAD"])
            #expect(none.code == 0 && none.errors.contains("There is no model at"), "\(none)")
        }
    }

    @Test func `the version that is checked is named, and what the user may have meant instead`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let tip = try house.push(right: 9)
            let clean = try house.martlet(["check", "tumor"])
            #expect(clean.output.hasPrefix("tumor \(tip.prefix(7)) (main)\n") && clean.errors.isEmpty, "\(clean)")
            try git("checkout", "--quiet", "-b", "side", in: house.work)
            let mine = try house.commit(Self.model("tumor", right: 2), push: false)
            let other = try house.martlet(["check", "tumor", "--branch", "main"])
            #expect(other.code == 0 && other.errors.contains("Not looked at: your branch 'side'"), "\(other)")
            let asked = try house.martlet(["check", "tumor", "--branch", "main", "--revision", "HEAD"])
            #expect(asked.code == 1 && asked.output.hasPrefix("tumor \(mine.prefix(7)) (HEAD)\n"), "\(asked)")
            #expect(!asked.errors.contains("Not looked at"))
            try git("checkout", "--quiet", "main", in: house.work)
            try house.write(House.predictions(right: 1), to: "models/tumor/predictions.csv")
            let dirty = try house.martlet(["check", "tumor"])
            #expect(dirty.errors.contains("Not looked at: uncommitted changes in models/tumor"), "\(dirty)")
            let json = try house.martlet(["check", "tumor", "--output", "json"])
            #expect(json.output.hasPrefix("{"), "\(json)")
        }
    }

    @Test func `where only later gates ask for checks, they are named`() async throws {
        try await withHouse(rooms: [.init(name: "dev"), .init(name: "staging", from: ["dev"])]) { house in
            let open = house.environment(.init(name: "dev")).replacing("  gate: g\n", with: "")
            try house.commit(["environments/dev/environment.yaml": open])
            try house.push(right: 9)
            let run = try house.martlet(["check", "tumor"])
            #expect(
                run.code == 1
                    && run.errors.contains("With a gate: staging (martlet check tumor --environment staging)"), "\(run)"
            )
        }
    }

    private static func model(_ name: String, right: Int) -> [String: String] {
        [
            "models/\(name)/model.yaml": House.model(name), "models/\(name)/model.bin": "weights\n",
            "models/\(name)/predictions.csv": House.predictions(right: right),
        ]
    }

    @Test func `where a model is named whose gate asks for nothing, there is no yes`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.commit(["gates/g.yaml": "apiVersion: martlet.dev/v1\nkind: Gate\nmetadata: {name: g}\n"])
            try house.push(right: 9)
            #expect(try house.martlet(["check", "tumor"]).code == 1)
            #expect(try house.martlet(["check", "--all", "--environment", "dev"]).code == 1)
            #expect(try house.martlet(["check", "--all"]).code == 0)
        }
    }

    @Test(arguments: [["check", "tumor"], ["check", "--all"], ["check", "tumor", "--environment", "dev"]])
    func `a gate that cannot be read is named, and there is no yes`(command: [String]) async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            #expect(try house.martlet(command).code == 0)
            try house.commit(["gates/g.yaml": House.gate() + "  soakfor: 1h\n"])
            let run = try house.martlet(command)
            #expect(
                run.code == 1 && run.output.contains("gates/g.yaml:7:3: error: ") && run.output.contains("soakFor"),
                "\(run)")
            #expect(run.output.contains("pass  "), "its last valid state is checked: \(run)")
            let json = try JSON(parsing: Array(house.martlet(command + ["--output", "json"]).output.utf8))
            #expect(
                json["diagnostics"]?.array?.first?["file"] == "gates/g.yaml" && json["checks"]?.array?.isEmpty == false)
            let junit = try house.martlet(command + ["--format", "junit"])
            #expect(junit.code == 1 && junit.output.contains("gates/g.yaml"), "\(junit)")
            try house.commit([:], removing: ["gates/g.yaml"])
            let missing = try house.martlet(command)
            #expect(missing.code == 1 && missing.output.contains("there is no gates/g.yaml"), "\(missing)")
        }
    }
}
