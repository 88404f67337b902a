import Domain
import Foundation
import TestSupport
import Testing

/// The engine that `martlet.yaml` names runs what models say: the binary, and real launchers.
struct EngineTests {
    private func settings(_ engine: String) -> String {
        "apiVersion: martlet.dev/v1\nkind: Repository\nmetadata: {name: m}\nspec:\n  engine: \(engine)\n"
    }

    private func launcher(_ house: House, _ word: String = "via") -> String {
        let script = "echo \(word) {job} {memoryMiB} {minutes} >> \(house.folder)/jobs.log; exec \\\"$@\\\""
        return "{kind: command, command: [sh, -c, \"\(script)\", sh], folder: \"\(house.folder)/jobs\"}"
    }

    private func model(_ command: String) -> String {
        House.model("tumor", evaluation: "{command: [sh, -c, \"\(command)\"], memoryLimit: 1GiB, timeout: 90s}")
    }

    private func lines(_ house: House) -> [String] {
        ((try? String(contentsOfFile: house.folder + "/jobs.log", encoding: .utf8)) ?? "").split(separator: "\n").map(
            String.init)
    }

    private func withLauncher(_ body: (House) throws -> Void) async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try FileManager.default.createDirectory(
                atPath: house.folder + "/jobs", withIntermediateDirectories: true)
            try house.push(right: 9)
            try house.commit([
                "martlet.yaml": settings(launcher(house)),
                "models/tumor/model.yaml": model("cp predictions.csv {output}"),
            ])
            try body(house)
        }
    }

    @Test func `an evaluation command runs behind the launcher, with the limits that it names`() async throws {
        try await withLauncher { house in
            #expect(try house.martlet(["validate"]).code == 0)
            let run = try house.martlet(["check", "tumor"])
            #expect(run.code == 0 && run.output.contains("accuracy 0.9"), "\(run)")
            let line = try #require(lines(house).first)
            #expect(line.wholeMatch(of: /via martlet-tumor-[a-z0-9]+ 1024 2/) != nil, "\(line)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: house.folder + "/jobs").isEmpty)
            try house.commit(["models/tumor/model.yaml": model("echo no weights >&2; exit 3")])
            let failed = try house.martlet(["check", "tumor"])
            #expect(failed.code == 1, "\(failed)")
            #expect(
                failed.output.contains("failed with exit status 3") && failed.output.contains("no weights"), "\(failed)"
            )
        }
    }

    @Test func `what people push as if it had been fetched chooses no engine`() async throws {
        try await withLauncher { house in
            let version = try git("rev-parse", "HEAD", in: house.work)
            let theirs = "{kind: command, command: [sh, -c, \"touch \(house.folder)/theirs; exit 1\"], folder: /tmp}"
            try house.commit(["martlet.yaml": settings(theirs)], push: false)
            try git("push", "--quiet", "origin", "HEAD:refs/remotes/origin/main", in: house.work)
            try git("reset", "--quiet", "--hard", version, in: house.work)
            let check = try house.martlet(["check", "tumor", "-C", house.origin])
            #expect(check.code == 0, "\(check)")
            try house.reconcile()
            #expect(try house.pin("dev") == version)
            #expect(!FileManager.default.fileExists(atPath: house.folder + "/theirs"))
        }
    }

    @Test func `a launcher that does not work says nothing of the model`() async throws {
        try await withLauncher { house in
            let broken = "{kind: command, command: [sh, -c, \"echo no cluster >&2; exit 1\"], folder: /tmp}"
            try house.commit(["martlet.yaml": settings(broken)])
            let run = try house.martlet(["check", "tumor"])
            #expect(run.code == 1, "\(run)")
            #expect(run.output.contains("could not be started: 'sh' ended with 1, and the job has not begun"), "\(run)")
            #expect(run.output.contains("no cluster"), "\(run)")
        }
    }

    @Test func `a proposal's own engine is not asked`() async throws {
        try await withLauncher { house in
            try git("checkout", "--quiet", "-B", "theirs", "main", in: house.work)
            try Data(settings(launcher(house, "theirs")).utf8).write(to: URL(filePath: house.work + "/martlet.yaml"))
            try house.commit(["models/tumor/model.yaml": model("cp predictions.csv {output} # theirs")], push: false)
            try git("checkout", "--quiet", "main", in: house.work)
            let run = try house.martlet(["check", "tumor", "--revision", "theirs", "--run-commands"])
            #expect(run.code == 0, "\(run)")
            #expect(!lines(house).isEmpty && lines(house).allSatisfy { $0.hasPrefix("via ") }, "\(lines(house))")
        }
    }

    @Test func `wrong settings of an engine are told with their place, and commands wait`() async throws {
        try await withLauncher { house in
            try house.commit([
                "martlet.yaml": settings("{kind: command, command: [srun, \"--mem={memory}\"], folder: jobs}")
            ])
            let answer = try house.martlet(["validate"])
            #expect(answer.code == 1, "\(answer)")
            #expect(
                answer.output.contains("martlet.yaml:5:")
                    && answer.output.contains("'{memory}' is nothing that is filled in"),
                "\(answer)")
            #expect(answer.output.contains("folder: must be an absolute path"), "\(answer)")
            let check = try house.martlet(["check", "tumor"])
            #expect(
                check.code != 0 && check.output.contains("the engine that runs commands cannot be made"), "\(check)")
            try house.commit(["martlet.yaml": settings("{kind: comand}")])
            #expect(try house.martlet(["validate"]).output.contains("did you mean 'command'?"))
            let kinds = try house.martlet(["kinds", "local"])
            #expect(kinds.output.contains("local (engine)") && kinds.output.contains("network"), "\(kinds)")
        }
    }
}
