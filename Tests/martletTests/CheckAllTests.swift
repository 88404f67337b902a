import Domain
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
