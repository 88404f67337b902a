import Foundation
import TestSupport
import Testing

/// The hooks, run by git itself.
struct HookTests {
    let broken = "apiVersion: martlet.dev/v1\nkind: Gate\nmetadata: {name: g}\nspec: {soakfor: 1h}\n"

    @Test func `pre-commit refuses a staged manifest that is invalid, and says where`() throws {
        try with { house in
            try house.installHooks()
            try house.write(broken, to: "gates/g.yaml")
            try house.inWork("add", "gates/g.yaml")
            let refusal = try gitRefusal { try house.inWork("commit", "-m", "x") }
            #expect(refusal.contains("gates/g.yaml:4:"))
            #expect(refusal.contains("did you mean 'soakFor'?"))
        }
    }

    @Test func `pre-commit looks at what is staged, not at what lies in the folder`() throws {
        try with { house in
            try house.installHooks()
            try house.write(House.gate(0.7), to: "gates/g.yaml")
            try house.inWork("add", "gates/g.yaml")
            try house.write(broken, to: "gates/g.yaml")
            try house.write(broken, to: "gates/unstaged.yaml")
            try house.inWork("commit", "-m", "the staged one is valid")
        }
    }

    @Test func `pre-commit gives the same answer when the pre-commit framework names the files`() throws {
        try with { house in
            try house.write(broken, to: "gates/g.yaml")
            try house.inWork("add", "gates/g.yaml")
            let alone = try house.martlet(["hook", "pre-commit"])
            let named = try house.martlet(["hook", "pre-commit", "gates/g.yaml", "gates/h.yaml"])
            #expect(alone.code == 1 && alone.errors.contains("did you mean 'soakFor'?"))
            #expect(named.code == alone.code && named.errors == alone.errors)
        }
    }

    @Test func `pre-commit works from a folder within the work tree and in a linked work tree`() throws {
        try with { house in
            try house.installHooks()
            try house.inWork("worktree", "add", "--quiet", "-b", "side", house.folder + "/linked")
            try Data(broken.utf8).write(to: URL(filePath: house.folder + "/linked/gates/g.yaml"))
            let linked = house.folder + "/linked/gates"
            let refusal = try gitRefusal {
                try git("commit", "-a", "-m", "x", in: linked, environment: house.hookEnvironment)
            }
            #expect(refusal.contains("gates/g.yaml:4:"))
        }
    }

    @Test(arguments: [[], ["--server"]])
    func `into a repository that Martlet cannot work in, no hook is installed`(more: [String]) throws {
        try with { house in
            let folder = house.folder + "/sha256"
            try git("init", "--quiet", "--object-format=sha256", "--template=", folder, in: house.folder)
            let run = try house.martlet(["hook", "install", "-C", folder] + more)
            #expect(run.code == 3 && run.errors.contains("its objects are named by sha256"), "\(run)")
            #expect(run.output.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: folder + "/.git/hooks/pre-commit"))
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a folder away"))
    func `of another user's repository it says how to trust it, and of none that there is none`() throws {
        try with { house in
            try #require(
                spawn(["chown", "-R", "nobody", house.origin], environment: ["PATH": house.path]).code == 0)
            let foreign = try house.martlet(["hook", "install", "--server", "-C", house.origin])
            let remedy = "git config --global --add safe.directory \(house.origin)"
            #expect(foreign.code == 3 && foreign.errors.contains(remedy), "\(foreign)")
            let none = try house.martlet(["hook", "install", "-C", "/"])
            #expect(none.code == 2 && none.errors.contains("there is no Git repository at / or above it"), "\(none)")
        }
    }

    @Test func `commit-msg refuses a promotion without its trailers`() throws {
        try with { house in
            try house.installHooks()
            let refusal = try gitRefusal {
                try house.inWork("commit", "--allow-empty", "-m", "Promote", "-m", "Martlet-Action: promote")
            }
            #expect(refusal.contains("needs Martlet-Environment: and Martlet-Model:"))
            let odd = try gitRefusal {
                try house.inWork("commit", "--allow-empty", "-m", "x", "-m", "Martlet-Action: explode")
            }
            #expect(odd.contains("none of promote, rollback, hold, lift"))
            try house.inWork("commit", "--allow-empty", "-m", "an ordinary commit")
            try house.inWork("commit", "--allow-empty", "-m", "Promote the use of tea")
        }
    }

    @Test func `commit-msg refuses what only Git reads as a trailer, in the message as Git will write it`() throws {
        try with { house in
            let file = house.folder + "/message"
            func refusal(_ message: String) throws -> String {
                try Data(message.utf8).write(to: URL(filePath: file))
                let run = try house.martlet(["hook", "commit-msg", file])
                #expect(run.code == (run.errors.isEmpty ? 0 : 1), "\(run)")
                return run.errors
            }
            let hold = "Martlet-Action: hold\nMartlet-Environment: dev\nMartlet-Rejects: tumor@1"
            let quiet = hold.replacing("Martlet-Action", with: "martlet-action")
            let said = try refusal("x\n\n\(quiet)\n")
            #expect(said.contains("Git reads the line 'martlet-action: hold'"), "\(said)")
            // An editor's line ends, comments, and the changes that it shows.
            #expect(try refusal("x\n\n\(hold)\n".replacing("\n", with: "\r\n")) == "")
            let cut = "# ------------------------ >8 ------------------------\n+Martlet-action: x\n"
            #expect(try refusal("x\n\n\(hold)\n# Please enter\n\(cut)") == "")
        }
    }

    @Test func `commit-msg asks a commit that promotes for its trailers, whatever it is called`() throws {
        try with { house in
            let first = try house.push(right: 7), second = try house.push(right: 9)
            try house.installHooks()
            func stage(_ version: String) throws {
                try house.write(
                    House.deployment("tumor", "  revision: \"\(version)\"\n"), to: "environments/dev/tumor.yaml")
                try house.inWork("add", ".")
            }
            for version in [first, second] {
                try stage(version)
                let lines = ["Martlet-Action: promote", "Martlet-Environment: dev", "Martlet-Model: tumor@\(version)"]
                let silent = try gitRefusal { try house.inWork("commit", "-m", "by hand") }
                #expect(lines.allSatisfy(silent.contains), "\(silent)")
                try house.inWork("commit", "-m", "by hand", "-m", lines.joined(separator: "\n"))
            }
            // One that says it and does nothing, or something else; the words of one that does may be written anew.
            func claim(_ environment: String, _ version: String) -> String {
                "Martlet-Action: promote\nMartlet-Environment: \(environment)\nMartlet-Model: tumor@\(version)"
            }
            for (environment, version) in [("staging", second), ("dev", first), ("nowhere", second), ("dev", "x")] {
                let lines = claim(environment, version)
                let idle = try gitRefusal { try house.inWork("commit", "--allow-empty", "-m", "x", "-m", lines) }
                #expect(idle.contains("says that it promotes tumor@\(version) to \(environment)"), "\(idle)")
            }
            try house.inWork("commit", "--amend", "-m", "by hand, too", "-m", claim("dev", second))
            // To set an environment up, or to rename one, is no promotion.
            try house.inWork("mv", "environments/dev", "environments/lab")
            let file = "environments/lab/environment.yaml"
            let text = try String(contentsOfFile: "\(house.work)/\(file)", encoding: .utf8)
            try house.write(text.replacing("name: dev", with: "name: lab"), to: file)
            try house.inWork("commit", "-a", "-m", "rename")
            try house.inWork("reset", "--quiet", "--hard", "HEAD~1")
            // The way back needs no words, nor does a merge of what others have promoted.
            try house.inWork("revert", "--no-edit", "HEAD")
            try house.inWork("checkout", "--quiet", "-b", "side", "HEAD~2")
            try house.inWork("commit", "--allow-empty", "-m", "side")
            try house.inWork("merge", "--quiet", "--no-edit", "main")
        }
    }

    @Test func `pre-push refuses what the server would refuse`() throws {
        try with { house in
            try house.push(right: 9)
            try house.installHooks()
            try house.write(broken, to: "gates/g.yaml")
            try house.inWork("add", ".")
            try house.inWork("commit", "--no-verify", "-m", "x")
            let refusal = try gitRefusal { try house.inWork("push", "origin", "HEAD:main") }
            #expect(refusal.contains("gates/g.yaml:4:"))
            #expect(refusal.contains("not pushed"))
            try house.inWork("push", "--quiet", "origin", "HEAD~1:refs/heads/other")
            try house.inWork("push", "--quiet", "origin", ":refs/heads/other")
        }
    }

    @Test func `pre-receive refuses invalid manifests, and nothing of the push stays`() throws {
        try with { house in
            try house.installHooks(server: true)
            let before = try git("for-each-ref", in: house.origin)
            try house.commit(["gates/g.yaml": broken], push: false)
            let refusal = try gitRefusal { try house.inWork("push", "origin", "HEAD:main") }
            #expect(refusal.contains("gates/g.yaml:4:"))
            #expect(refusal.contains("the push is refused; nothing was changed"))
            #expect(try git("for-each-ref", in: house.origin) == before)
            let lost = try git("rev-parse", "HEAD", in: house.work)
            #expect(throws: GitProgramFailure.self) { try git("cat-file", "-e", lost, in: house.origin) }
        }
    }

    @Test func `pre-receive refuses names and pins that lead nowhere, but not those that did before`() throws {
        try with { house in
            try house.push(right: 9)
            try house.installHooks(server: true)
            let nowhere = String(repeating: "1234", count: 10)
            let environment = house.environment(.init(name: "dev"))
            let faults = [
                "environments/dev/environment.yaml": environment.replacing("gate: g", with: "gate: prodution"),
                "environments/dev/tumor.yaml": House.deployment("tumor", "  revision: \"\(nowhere)\"\n"),
                "models/tumor/model.yaml": House.model("tumor").replacing(
                    "predictions.csv}", with: "predictions.csv, data: missing}"),
            ]
            for (path, text) in faults {
                try house.commit([path: text], push: false)
                let refusal = try gitRefusal { try house.inWork("push", "origin", "HEAD:main") }
                #expect(refusal.contains("martlet: \(path):"), "\(path): \(refusal)")
                try house.inWork("reset", "--quiet", "--hard", "HEAD~1")
            }
            try FileManager.default.removeItem(atPath: house.origin + "/hooks/pre-receive")
            try house.commit(faults)
            try house.installHooks(server: true)
            try house.commit(["README.md": "more", "gates/h.yaml": House.gate().replacing("name: g", with: "name: h")])
            let pin = House.deployment("tumor", "  revision: \"\(nowhere.replacing("4", with: "5"))\"\n")
            try house.commit(["environments/dev/tumor.yaml": pin], push: false)
            let refusal = try gitRefusal { try house.inWork("push", "origin", "HEAD:main") }
            #expect(refusal.contains("environments/dev/tumor.yaml:6:13: error: spec.revision"), "\(refusal)")
        }
    }

    @Test func `pre-commit refuses a pin to a commit that is not there`() throws {
        try with { house in
            let version = try house.push(right: 9)
            try house.installHooks()
            try house.write(
                House.deployment("tumor", "  revision: \"\(String(repeating: "1234", count: 10))\"\n"),
                to: "environments/dev/tumor.yaml")
            let refusal = try gitRefusal { try house.inWork("commit", "-a", "-m", "x") }
            #expect(refusal.contains("environments/dev/tumor.yaml:6:13: error: spec.revision"), "\(refusal)")
            try house.write(
                House.deployment("tumor", "  revision: \"\(version)\"\n"), to: "environments/dev/tumor.yaml")
            try house.inWork(
                "commit", "-a", "-m", "x", "-m",
                "Martlet-Action: promote\nMartlet-Environment: dev\nMartlet-Model: tumor@\(version)")
        }
    }

    @Test func `install says where the other hooks belong`() throws {
        try with { house in
            let bare = try house.martlet(["hook", "install", "-C", house.origin])
            #expect(bare.code == 2 && bare.errors.contains("martlet hook install --server -C"), "\(bare)")
            let clone = try house.martlet(["hook", "install", "--server"])
            #expect(clone.code == 2 && clone.errors.contains("martlet hook install"), "\(clone)")
            #expect(!FileManager.default.fileExists(atPath: house.work + "/.git/hooks/pre-receive"))
        }
    }

    @Test func `pre-receive refuses to rewrite or delete the branch`() throws {
        try with { house in
            try house.installHooks(server: true)
            try house.push(right: 9)
            let rewrite = try gitRefusal { try house.inWork("push", "--force", "origin", "HEAD~1:main") }
            #expect(rewrite.contains("would be rewritten"))
            let deletion = try gitRefusal { try house.inWork("push", "origin", ":main") }
            #expect(deletion.contains("must not be deleted") || deletion.contains("deletion of the current branch"))
            try house.inWork("push", "--quiet", "origin", "HEAD~1:refs/heads/side")
            try house.inWork("push", "--quiet", "--force", "origin", "HEAD:refs/heads/side")
            try house.inWork("push", "--quiet", "origin", ":refs/heads/side")
        }
    }

    @Test func `no setting switches the guard off by naming a branch that is not there`() throws {
        try with { house in
            try house.push(right: 9)
            try house.installHooks(server: true)
            let settings =
                "apiVersion: martlet.dev/v1\nkind: Repository\nmetadata: {name: m}\nspec: {branch: release}\n"
            try house.commit(["martlet.yaml": settings], push: false)
            let refusal = try gitRefusal { try house.inWork("push", "origin", "HEAD:main") }
            #expect(refusal.contains("spec.branch: there is no branch 'release' here"), "\(refusal)")
            // However it came there, the branch itself is guarded.
            try house.inWork("push", "--quiet", "origin", "HEAD:refs/heads/later")
            try git("update-ref", "refs/heads/main", "refs/heads/later", in: house.origin)
            let told = try house.martlet(["validate", "-C", house.origin, "--revision", "main"])
            #expect(told.code == 0 && told.output.contains("no branch 'release' here"), "\(told)")
            let rewrite = try gitRefusal { try house.inWork("push", "--force", "origin", "HEAD~1:main") }
            #expect(rewrite.contains("would be rewritten"), "\(rewrite)")
            // With the branch it may come.
            try git("update-ref", "refs/heads/main", "refs/heads/later~1", in: house.origin)
            try house.inWork("push", "--quiet", "origin", "HEAD:main", "HEAD:release")
        }
    }

    @Test func `pre-receive finds the branch where HEAD names one that nobody pushed`() throws {
        try with { house in
            try house.commit(
                [
                    "martlet.yaml":
                        "apiVersion: martlet.dev/v1\nkind: Repository\nmetadata: {name: m}\nspec: {branch: main}\n"
                ])
            try git("symbolic-ref", "HEAD", "refs/heads/master", in: house.origin)
            try house.installHooks(server: true)
            try house.commit(["gates/g.yaml": broken], push: false)
            #expect(try gitRefusal { try house.inWork("push", "origin", "HEAD:main") }.contains("gates/g.yaml:4:"))
            #expect(try gitRefusal { try house.inWork("push", "origin", ":main") }.contains("must not be deleted"))
        }
    }

    @Test func `where HEAD names no branch that is there, another branch does not switch the guard off`() throws {
        try with { house in
            try house.commit([
                "martlet.yaml": "apiVersion: martlet.dev/v1\nkind: Repository\nmetadata: {name: m}\nspec: {}\n"
            ])
            try git("symbolic-ref", "HEAD", "refs/heads/master", in: house.origin)
            try house.installHooks(server: true)
            try house.inWork("push", "--quiet", "origin", "HEAD:topic")
            try house.commit(["gates/g.yaml": broken], push: false)
            #expect(try gitRefusal { try house.inWork("push", "origin", "HEAD:main") }.contains("gates/g.yaml:4:"))
            // HEAD's own branch is guarded before it is there.
            #expect(try gitRefusal { try house.inWork("push", "origin", "HEAD:master") }.contains("gates/g.yaml:4:"))
        }
    }

    @Test(arguments: ["main", "trunk"]) func `the first push into an empty repository is judged, whatever HEAD names`(
        branch: String
    ) throws {
        try with { house in
            try house.push(right: 9)
            let empty = house.folder + "/empty.git"
            try git("init", "--quiet", "--bare", "--initial-branch=master", empty, in: house.folder)
            try git("remote", "set-url", "origin", empty, in: house.work)
            #expect(try house.martlet(["hook", "install", "--server", "-C", empty]).code == 0)
            let settings =
                "apiVersion: martlet.dev/v1\nkind: Repository\nmetadata: {name: m}\nspec: {branch: \(branch)}\n"
            try house.commit(["martlet.yaml": settings, "gates/g.yaml": broken], push: false)
            #expect(try gitRefusal { try house.inWork("push", "origin", "HEAD:\(branch)") }.contains("gates/g.yaml:4:"))
            try house.inWork("checkout", "--quiet", "HEAD~1", "--", "gates/g.yaml")
            try house.commit([:], push: false)
            try house.inWork("push", "--quiet", "origin", "HEAD:\(branch)")
        }
    }

    @Test func `pre-receive refuses trailers that are not true`() throws {
        try with { house in
            let version = try house.push(right: 9)
            try house.installHooks(server: true)
            let claims = [
                ["Martlet-Action: promote\nMartlet-Environment: dev\nMartlet-Model: tumor@\(version)"],
                ["Martlet-Action: promote"],
                ["Martlet-Action: rollback\nMartlet-Environment: dev\nMartlet-Rejects: tumor@\(version)"],
                ["Martlet-Action: hold\nMartlet-Environment: dev"], ["Martlet-Action: sell"],
                ["Martlet-Approved: ceo@example.com \(version)"],
            ]
            for claim in claims {
                try house.commit(["README.md": "\(claim)"], "Promote tumor to dev\n\n" + claim[0], push: false)
                let refusal = try gitRefusal { try house.inWork("push", "origin", "HEAD:main") }
                #expect(refusal.contains("martlet: "), "\(claim) was let in")
                try house.inWork("reset", "--quiet", "--hard", "HEAD~1")
            }
            // The same claim where it is true, and where more is claimed or done.
            let deployment = House.deployment("tumor", "  revision: \(version)\n")
            let promotion = ["environments/dev/tumor.yaml": deployment], nowhere = String(repeating: "1", count: 40)
            let more = [
                (promotion, "Martlet-From: nowhere"), (promotion, "Martlet-Gate: no-such-gate"),
                (promotion, "Martlet-Evidence: \(nowhere)"),
                (promotion, "Martlet-Approved: ceo@example.com \(nowhere)"),
                (promotion, "Martlet-Approved: ceo@example.com"),
                (promotion.merging(["README.md": "x"]) { $1 }, "Martlet-Gate: g"),
            ]
            for (files, line) in more {
                try house.commit(files, "By hand\n\n" + claims[0][0] + "\n" + line, push: false)
                let refusal = try gitRefusal { try house.inWork("push", "origin", "HEAD:main") }
                #expect(refusal.contains("martlet: "), "\(line) was let in")
                try house.inWork("reset", "--quiet", "--hard", "HEAD~1")
            }
            try house.commit(promotion, "By hand\n\n" + claims[0][0])
            #expect(try house.pin("dev") == version)
        }
    }

    @Test func `pre-receive lets the controller's own commits in, through a real push`() throws {
        try with { house in
            try house.push(right: 7)
            try house.installHooks(server: true)
            let ssh = try house.fakeSSH()
            try house.reconcile(at: "host:\(house.origin)", environment: ssh)
            #expect(try house.log().filter { $0.hasPrefix("Promote") }.count == 3)
            let bad = try house.push(right: 9)
            try house.makeIll(bad, in: "production")
            try house.reconcile(at: "host:\(house.origin)", environment: ssh)
            #expect(try house.log()[0].hasPrefix("Revert"))
        }
    }

    @Test func `install keeps a hook that is there, and says what to add`() throws {
        try with { house in
            let hooks = house.work + "/.git/hooks"
            try FileManager.default.createDirectory(atPath: hooks, withIntermediateDirectories: true)
            try Data("#!/bin/sh\nexit 0\n".utf8).write(to: URL(filePath: hooks + "/pre-commit"))
            let run = try house.martlet(["hook", "install"])
            #expect(run.code == 0)
            #expect(run.errors.contains("martlet hook pre-commit \"$@\" || exit 1"))
            #expect(try String(contentsOfFile: hooks + "/pre-commit", encoding: .utf8) == "#!/bin/sh\nexit 0\n")
            #expect(FileManager.default.isExecutableFile(atPath: hooks + "/pre-push"))
            let again = try house.martlet(["hook", "install"])
            #expect(again.output.contains("is there already"))
        }
    }

    private func with(_ body: (House) throws -> Void) throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(House(in: folder))
    }
}
