import Domain
import Foundation
import TestSupport
import Testing

/// How commands open a repository, and what they say where something is missing.
struct WorkspaceTests {
    @Test func `a branch that is not there is named with those that are, and with the option`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try git("branch", "--quiet", "-m", "main", "trunk", in: house.origin)
            try git("symbolic-ref", "HEAD", "refs/heads/main", in: house.origin)
            // The only branch would be it.
            #expect(try house.martlet(["status", "-C", house.origin]).code == 0)
            try git("branch", "other", "trunk", in: house.origin)
            for command in [["status"], ["why", "tumor", "dev"], ["reconcile"], ["check", "tumor"]] {
                let run = try house.martlet(command + ["-C", house.origin])
                #expect(run.code == 2, "\(run)")
                #expect(run.errors.contains("There is no branch 'main'; name the protected one with --branch NAME."))
                #expect(run.errors.contains("There are: other, trunk."), "\(run)")
                #expect(run.errors.contains("git branch -m other main"), "\(run)")
                #expect(try house.martlet(command + ["-C", house.origin, "--branch", "trunk"]).code == 0)
            }
            try git("checkout", "--quiet", "--detach", in: house.work)
            try git("branch", "--quiet", "-D", "main", in: house.work)
            let detached = try house.martlet(["status", "--branch", "main"])
            #expect(detached.code == 2 && detached.errors.contains("git fetch origin main:main"), "\(detached)")
            try git("init", "--quiet", "--bare", house.folder + "/empty.git", in: house.folder)
            let empty = try house.martlet(["status", "-C", house.folder + "/empty.git"])
            #expect(empty.code == 3 && empty.errors.contains("push a first commit"), "\(empty)")
        }
    }

    @Test func `a clone that never fetched the branch is told how to, and what it says works`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try git("branch", "other", "main", in: house.origin)
            let (fetch, pull) = ("git fetch origin main:main", "git pull origin main")
            let one = house.folder + "/one"
            try git("clone", "--quiet", "--single-branch", "--branch", "other", house.origin, one, in: house.folder)
            let other = try house.martlet(["status", "-C", one, "--branch", "main"])
            #expect(other.code == 2 && other.errors.contains("Or, if the remote has it: \(fetch)."), "\(other)")
            let new = house.folder + "/new"
            try git("init", "--quiet", "-b", "main", new, in: house.folder)
            try git("remote", "add", "origin", house.origin, in: new)
            let empty = try house.martlet(["status", "-C", new])
            #expect(empty.code == 3 && empty.errors.contains("If the remote has it: \(pull); else push"), "\(empty)")
            for (folder, advice) in [(one, fetch), (new, pull)] {
                try git(advice.split(separator: " ").dropFirst().map(String.init), in: folder)
                #expect(try house.martlet(["status", "-C", folder, "--branch", "main"]).code == 0)
            }
        }
    }

    @Test func `the branch is the one that martlet.yaml names`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let settings = "apiVersion: martlet.dev/v1\nkind: Repository\nmetadata: {name: m}\nspec: {branch: trunk}\n"
            try house.commit(["martlet.yaml": settings], "The branch")
            try house.push(right: 9)
            try git("branch", "trunk", "main", in: house.origin)
            let tip = try git("rev-parse", "main", in: house.origin)
            #expect(try house.martlet(["reconcile", "-C", house.origin]).code == 0)
            #expect(try git("log", "-1", "--format=%s", "trunk", in: house.origin).hasPrefix("Promote tumor"))
            #expect(try git("rev-parse", "main", in: house.origin) == tip)
        }
    }

    @Test func `a detached HEAD, as CI leaves it, names the branch that its martlet.yaml names`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let settings = "apiVersion: martlet.dev/v1\nkind: Repository\nmetadata: {name: m}\nspec: {branch: trunk}\n"
            try house.commit(["martlet.yaml": settings], "The branch")
            try house.push(right: 9)
            try git("branch", "--quiet", "-m", "main", "trunk", in: house.origin)
            try git("fetch", "--quiet", "--prune", "origin", in: house.work)
            try git("checkout", "--quiet", "--detach", "origin/trunk", in: house.work)
            try git("branch", "--quiet", "-D", "main", in: house.work)
            let check = try house.martlet(["check", "--all", "--revision", "HEAD"])
            #expect(check.code == 0, "\(check)")
            let status = try house.martlet(["status"])
            #expect(status.code == 2 && status.errors.contains("git fetch origin trunk:trunk"), "\(status)")
        }
    }

    @Test(arguments: GitServer.Kind.allCases)
    func `without a setting the branch is the remote's default branch`(_ kind: GitServer.Kind) async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let server = try GitServer(kind, for: house)
            try house.push(right: 9)
            try git("branch", "--quiet", "-m", "main", "trunk", in: house.origin)
            try house.reconcile(at: server.url, environment: server.variables)
            #expect(try git("log", "-1", "--format=%s", "trunk", in: house.origin).hasPrefix("Promote tumor"))
        }
    }

    @Test func `a controller does not wait for a path that is not there`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let run = try house.martlet(["controller", "-C", house.folder + "/nowhere"], timeout: .seconds(20))
            #expect(run.code == 2 && run.errors.contains("nowhere"), "\(run)")
        }
    }

    @Test func `without a home the cache is the user's own folder, or none`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.reconcile()
            func run(_ command: String...) throws -> House.Run {
                let variables = ["TMPDIR": house.folder, "PATH": house.path, "GIT_CONFIG_NOSYSTEM": "1", "HOME": ""]
                let ended = try spawn(
                    [House.binary] + command + ["-C", house.origin], environment: variables, folder: house.folder)
                return House.Run(
                    code: ended.code, output: String(decoding: ended.output, as: UTF8.self),
                    errors: String(decoding: ended.errors, as: UTF8.self))
            }
            let own = "\(house.folder)/martlet-\(geteuid())"
            #expect(try run("check", "tumor").code == 0)
            var facts = stat()
            lstat(own, &facts)
            #expect(facts.st_mode & 0o777 == 0o700)
            // Others may write there.
            try FileManager.default.removeItem(atPath: own)
            try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: false)
            chmod(own, 0o777)
            let check = try run("check", "tumor")
            #expect(check.code == 3 && check.errors.contains("\(own) is not this user's alone"), "\(check)")
            let status = try run("status")
            #expect(status.code == 0 && status.errors.isEmpty, "\(status)")
            // Or it leads elsewhere.
            try FileManager.default.removeItem(atPath: own)
            try FileManager.default.createSymbolicLink(atPath: own, withDestinationPath: house.folder)
            #expect(try run("check", "tumor").code == 3)
            #expect(try FileManager.default.contentsOfDirectory(atPath: house.folder).allSatisfy { $0.count < 16 })
        }
    }

    @Test func `status names what cannot be read, with its place, and shows the rest`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.reconcile()
            #expect(try !house.martlet(["status", "-C", house.origin]).output.contains("error:"))
            let clean = try JSON(
                parsing: Array(house.martlet(["status", "-C", house.origin, "--output", "json"]).output.utf8))
            #expect(clean["diagnostics"]?.array?.isEmpty == true)
            try house.commit([
                "martlet.yaml":
                    "apiVersion: martlet.dev/v1\nkind: Repository\nmetadata: {name: m}\nspec: {brnch: main}\n"
            ])
            for _ in 0..<2 {
                let run = try house.martlet(["status", "-C", house.origin])
                #expect(run.code == 0 && run.output.contains("\nmartlet.yaml:4:8: error: "), "\(run)")
                #expect(run.output.contains("dev") && run.output.contains("verified"), "\(run)")
            }
            let json = try JSON(
                parsing: Array(house.martlet(["status", "-C", house.origin, "--output", "json"]).output.utf8))
            #expect(json["diagnostics"]?.array?.first?["line"]?.int == 4)
            #expect(json["environments"]?["dev"]?["tumor"]?["state"] == "verified")
        }
    }

    @Test func `without a cache folder status goes on, and check names the variable`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.reconcile()
            try Data().write(to: URL(filePath: house.folder + "/file"))
            for command in [["status"], ["why", "tumor", "dev"], ["history"], ["request", "list"]] {
                let run = try house.martlet(command + ["-C", house.origin], cache: "file/cache")
                #expect(run.code == 0 && run.errors.isEmpty, "\(command): \(run)")
            }
            let check = try house.martlet(["check", "tumor", "-C", house.origin], cache: "file/cache")
            #expect(check.code == 3 && check.errors.contains("MARTLET_CACHE names another place"), "\(check)")
            #expect(try house.martlet(["help"]).output.contains("MARTLET_CACHE"))
        }
    }
}
