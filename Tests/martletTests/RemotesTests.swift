import Foundation
import TestSupport
import Testing

/// Which repository a command acts on, and what is said where that cannot be right.
struct RemotesTests {
    @Test func `a clone without a remote is told how to get one, and that works`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try git("remote", "remove", "origin", in: house.work)
            let run = try house.martlet(["promote", "tumor", "--to", "dev"])
            #expect(run.code == 2 && run.errors.contains("checked out and no remote"), "\(run)")
            let recipe = try #require(run.errors.split(separator: "\n").first { $0.contains("git clone --bare") })
            #expect(try house.martlet(["reconcile", "--dry-run"]).code == 0)
            let made = try spawn(["sh", "-ec", String(recipe)], environment: plainGitEnvironment, folder: house.work)
            #expect(made.code == 0)
            #expect(try house.martlet(["promote", "tumor", "--to", "dev"]).output.contains("Promoted tumor"))
            let bare = house.folder + "/models.git"
            #expect(try git("log", "-1", "--format=%s", "main", in: bare).hasPrefix("Promote tumor"))
        }
    }

    @Test func `a bare repository whose origin is a work clone is refused, and nothing is written there`() async throws
    {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            let bare = house.folder + "/q.git", before = try git("for-each-ref", in: house.work)
            try git("clone", "--quiet", "--bare", house.work, bare)
            for command in [["reconcile"], ["controller"]] {
                let run = try house.martlet(command + ["-C", bare], timeout: .seconds(20))
                #expect(run.code == 2 && run.errors.contains("remote remove origin"), "\(run)")
            }
            #expect(try git("for-each-ref", in: house.work) == before)
            try git("config", "receive.denyCurrentBranch", "updateInstead", in: house.work)
            try house.reconcile(at: bare)
            try git("config", "--unset", "receive.denyCurrentBranch", in: house.work)
            let clone = house.folder + "/clone"
            try git("clone", "--quiet", house.work, clone)
            let run = try house.martlet(["reconcile"], in: clone)
            #expect(run.code == 2 && run.errors.contains("git clone --bare . ../models.git"), "\(run)")
            try git("remote", "remove", "origin", in: bare)
            try house.reconcile(at: bare)
        }
    }

    @Test func `a relative address of the remote starts at the top of the clone`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try git("remote", "set-url", "origin", "../origin.git", in: house.work)
            let elsewhere = try house.martlet(["promote", "tumor", "--to", "dev", "-C", house.work], in: "/")
            #expect(elsewhere.code == 0 && elsewhere.output.contains("Promoted tumor"), "\(elsewhere)")
            let below = try house.martlet(["promote", "tumor", "--to", "dev"], in: house.work + "/gates")
            #expect(below.code == 0 && below.output.contains("already runs"), "\(below)")
        }
    }

    @Test func `what the clone's own configuration says of the way to its remote counts`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            // Addresses are rewritten there, and ssh is another program.
            try git("config", "url.host:\(house.folder)/.insteadOf", "short:", in: house.work)
            try git("config", "core.sshCommand", try #require(house.fakeSSH()["GIT_SSH_COMMAND"]), in: house.work)
            try git("config", "ssh.variant", "simple", in: house.work)
            try git("remote", "set-url", "origin", "short:origin.git", in: house.work)
            try git("fetch", "--quiet", "origin", in: house.work)
            let run = try house.martlet(["promote", "tumor", "--to", "dev", "-C", house.work])
            #expect(run.code == 0 && run.output.contains("Promoted tumor"), "\(run)")
        }
    }

    @Test func `pushes go where the clone's go`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            let other = house.folder + "/other.git"
            try git("clone", "--quiet", "--bare", house.origin, other, in: house.folder)
            try git("remote", "set-url", "--push", "origin", other, in: house.work)
            let before = try house.log()
            let run = try house.martlet(["promote", "tumor", "--to", "dev", "-C", house.work])
            #expect(run.code == 0, "\(run)")
            #expect(try house.log() == before)
            #expect(try git("log", "-1", "--format=%s", "main", in: other).hasPrefix("Promote tumor"))
        }
    }

    @Test func `the only remote of a clone is taken, whatever its name`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try git("remote", "rename", "origin", "upstream", in: house.work)
            #expect(try house.martlet(["promote", "tumor", "--to", "dev"]).output.contains("Promoted tumor"))
            #expect(try house.log()[0].hasPrefix("Promote tumor"))
            #expect(try house.martlet(["status"]).errors.contains("git fetch upstream \"+refs/martlet/*"))
            try git("remote", "add", "other", house.origin, in: house.work)
            let run = try house.martlet(["reconcile"])
            #expect(run.code == 2 && run.errors.contains("git remote rename NAME origin"), "\(run)")
            #expect(try house.martlet(["status"]).code == 0)
        }
    }
}
