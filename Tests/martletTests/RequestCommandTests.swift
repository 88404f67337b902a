import Domain
import Foundation
import TestSupport
import Testing

/// Requests as people make and read them on the command line.
struct RequestCommandTests {
    private static let rooms = [
        House.Room(name: "dev"),
        House.Room(
            name: "production", from: ["dev"],
            more: "  promotion: {mode: pull-request}\n  windows: [{allow: \"Mon 00:00-00:01\", zone: UTC}]"),
    ]
    private static let ada = ["GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com"]

    @Test func `what a person proposes is signed where that person's Git signs`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try await withSigningKeys(in: URL(filePath: house.folder)) { keys in
                try keys.makeSSH("ada")
                try house.push(right: 9)
                for (key, value) in [
                    ("user.signingKey", keys.path("ada")), ("gpg.format", "ssh"), ("commit.gpgSign", "true"),
                ] {
                    try git("config", key, value, in: house.work)
                }
                let run = try house.martlet(["promote", "tumor", "--to", "dev", "--request"], environment: Self.ada)
                #expect(run.code == 0, "\(run)")
                let text = try git("cat-file", "-p", "promote/dev/tumor", in: house.origin)
                #expect(text.contains("\ngpgsig -----BEGIN SSH SIGNATURE-----"), "\(text)")
                #expect(text.contains("\nMartlet-Action: promote"))
            }
        }
    }

    @Test func `promote proposes where versions enter by request, show and list say how it stands, close ends it`()
        async throws
    {
        // Whatever the time is: the window is shut by a freeze as well.
        try await withHouse(rooms: Self.rooms) { house in
            try house.push(right: 9)
            try house.reconcile()
            let own = try house.martlet(["request", "list", "-C", house.origin, "--output", "json"])
            let opened = try JSON(parsing: Array(own.output.utf8)).array ?? []
            guard opened.count == 1 else { return }  // The minute of the window has come.
            #expect(opened[0]["state"]?.string == "open")
            #expect(opened[0]["own"]?.bool == true)
            #expect(opened[0]["blockers"]?.array?.first?["window"] != nil)

            let shown = try house.martlet(["request", "show", "-C", house.origin, "production/tumor"])
            #expect(shown.code == 0)
            #expect(shown.output.contains("promote/production/tumor is open"))
            #expect(shown.output.contains("waits for window"))
            let why = try house.martlet(["why", "-C", house.origin, "tumor", "production"])
            #expect(why.output.contains("promote/production/tumor is open: waits for window"))
            let status = try house.martlet(["status", "-C", house.origin, "production"])
            #expect(status.output.contains("promote/production/tumor is open"))

            // In a clone, which has no branch for it.
            try house.inWork(
                "fetch", "--quiet", "origin", "+refs/martlet/*:refs/martlet/*", "+refs/heads/*:refs/remotes/origin/*")
            try house.pull()
            let cloned = try house.martlet(["why", "tumor", "production"])
            #expect(cloned.output.contains("promote/production/tumor is open: waits for window"), "\(cloned)")

            let twice = try house.martlet(
                ["promote", "-C", house.origin, "tumor", "--to", "production"], environment: Self.ada)
            #expect(twice.code == 0)
            #expect(twice.output.contains("Proposed already"))
            let closed = try house.martlet(
                ["request", "close", "-C", house.origin, "promote/production/tumor", "--reason", "not now"])
            #expect(closed.code == 0, "\(closed)")
            #expect(try git("for-each-ref", "refs/heads/promote", in: house.origin).isEmpty)
            try house.reconcile()
            #expect(try git("for-each-ref", "refs/heads/promote", in: house.origin).isEmpty)
            let again = try house.martlet(
                ["promote", "-C", house.origin, "tumor", "--to", "production"], environment: Self.ada)
            #expect(again.output.hasPrefix("Proposed: promote/production/tumor is open"), "\(again)")
            #expect(
                try git("log", "-1", "--format=%an <%ae>", "promote/production/tumor", in: house.origin)
                    == "Ada <ada@example.com>")
            #expect(try house.pin("production") == nil)
        }
    }

    @Test func `a merge train's commit is judged as the controller would, from a plain clone`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try await withSigningKeys(in: URL(filePath: house.folder)) { keys in
                try keys.makeSSH("grace")
                let gate = House.gateOfOne
                try house.commit(["gates/g.yaml": gate, "allowed_signers": keys.line("grace", as: "grace@example.com")])
                let version = try house.push(right: 9)
                let file = "environments/dev/tumor.yaml"
                let head = try house.propose(version)
                try house.reconcile()

                let train = try Train(house)
                let words = try train.check(["models/tumor/README.md": "Better words\n"])
                #expect(words.code == 0 && words.output.contains("may become"), "\(words)")
                let wrong = try train.check(["gates/g.yaml": gate.replacing("count", with: "cuont")])
                #expect(wrong.code == 1 && wrong.output.contains("must not become"), "\(wrong)")
                #expect(wrong.output.contains("unknown field 'cuont'"), "\(wrong)")
                let early = try train.check([:], merging: "origin/promote/dev/tumor")
                #expect(early.code == 1 && early.output.contains("may not yet become"), "\(early)")
                #expect(early.output.contains("waits for dev/tumor: approval"), "\(early)")

                let tag = try house.approve(as: "grace", keys.path("grace"), what: ["promote/dev/tumor"])
                #expect(tag.code == 0, "\(tag)")
                let agreed = try train.check([:], merging: "origin/promote/dev/tumor", ["--output", "json"])
                #expect(agreed.code == 0, "\(agreed)")
                let json = try JSON(parsing: Array(agreed.output.utf8))
                #expect(json["state"]?.string == "open" && json["waits"]?.array == [])
                #expect(json["moves"]?.array?.first?["new"]?["revision"]?.string == version)
                // The approval is of that request's head, and of no other commit that moves the same pin.
                let beside = try train.check([file: House.deployment("tumor", "  revision: \(version)\n")])
                #expect(beside.code == 1 && beside.output.contains("approval"), "\(beside)")
                // But of the same files, where a queue makes commits of its own.
                let squashed = try train.check(
                    [file: git("show", "\(head):\(file)", in: house.origin) + "\n"], ["--squashed"])
                #expect(squashed.code == 0, "\(squashed)")
                // In the same clone: an approval that was taken back counts no more, nor one of a request that was closed.
                let grace = { try house.approve(as: "grace", keys.path("grace"), $0, what: ["promote/dev/tumor"]) }
                #expect(try grace(["--revoke"]).code == 0)
                #expect(try train.check([:], merging: head).code == 1)
                #expect(try grace([]).code == 0)
                #expect(try train.check([:], merging: head).code == 0)
                #expect(try house.martlet(["request", "close", "-C", house.origin, "dev/tumor"]).code == 0)
                let closed = try train.check([:], merging: head)
                #expect(closed.code == 1 && closed.output.contains("waits for dev/tumor: approval"), "\(closed)")
                let nothing = try train.check([:], ["--branch", "nosuch"])
                #expect(nothing.code > 1, "\(nothing)")
            }
        }
    }

    /// A CI system's clone, in which it makes what would be merged.
    private struct Train {
        let house: House
        let folder: String

        init(_ house: House) throws {
            (self.house, folder) = (house, house.folder + "/train")
            try git("clone", "--quiet", house.origin, folder, in: house.folder)
            try git("checkout", "--quiet", "--detach", in: folder)
        }

        func check(_ files: [String: String], merging branch: String? = nil, _ more: [String] = []) throws -> House.Run
        {
            try git(
                "fetch", "--prune", "--quiet", "origin", "+refs/heads/*:refs/heads/*",
                "+refs/heads/*:refs/remotes/origin/*",
                "+refs/martlet/*:refs/martlet/*", "+refs/tags/*:refs/tags/*", in: folder)
            try git("reset", "--quiet", "--hard", "origin/main", in: folder)
            for (path, text) in files {
                let file = URL(filePath: folder).appending(path: path)
                try Data(text.utf8).write(to: file)
            }
            let person = ["-c", "user.name=CI", "-c", "user.email=ci@example.com"]
            if !files.isEmpty {
                try git("add", ".", in: folder)
                try git(person + ["commit", "--quiet", "-m", "change"], in: folder)
            }
            if let branch { try git(person + ["merge", "--quiet", "--no-ff", "-m", "train", branch], in: folder) }
            return try house.martlet(["request", "check", "-C", folder, "--branch", "main", "HEAD"] + more)
        }
    }

    @Test func `with a signing key, Martlet knows its own proposal though the record is lost`() async throws {
        try await withHouse(rooms: Self.rooms) { house in
            try await withSigningKeys(in: URL(filePath: house.folder)) { keys in
                try keys.makeSSH("martlet")
                let key = ["MARTLET_SIGNING_KEY": keys.path("martlet")]
                try house.push(right: 8)
                try house.reconcile(environment: key)
                let branch = "refs/heads/promote/production/tumor"
                guard let old = try? git("rev-parse", "--verify", "--quiet", branch, in: house.origin) else { return }
                try git("update-ref", "-d", "refs/martlet/requests", in: house.origin)
                let newer = try house.push(right: 9)
                try house.reconcile(environment: key)
                #expect(try git("rev-parse", branch, in: house.origin) != old)
                #expect(try git("log", "-1", "--format=%B", branch, in: house.origin).contains("tumor@\(newer)"))
            }
        }
    }

    @Test func `what is no request is said to be none, and a request needs an author`() async throws {
        try await withHouse(rooms: Self.rooms) { house in
            try house.push(right: 9)
            for command in ["show", "close"] {
                let run = try house.martlet(["request", command, "-C", house.origin, "production/tumor"])
                #expect(run.code == 2 && run.errors.contains("There is no "), "\(run)")
            }
            #expect(try house.martlet(["request", "show", "-C", house.origin, "tumor"]).code == 2)
            let nobody = try house.martlet(["promote", "-C", house.origin, "tumor", "--to", "production"])
            #expect(nobody.code == 2)
            #expect(nobody.errors.contains("user.email"))
        }
    }

    @Test func `promote into an environment without requests stays as it was, unless a request is asked for`()
        async throws
    {
        let rooms = [House.Room(name: "dev", more: "  promotion: {mode: manual}")]
        try await withHouse(rooms: rooms) { house in
            let first = try house.push(right: 8)
            let promoted = try house.martlet(["promote", "-C", house.origin, "tumor", "--to", "dev"])
            #expect(promoted.code == 0, "\(promoted)")
            #expect(try house.pin("dev") == first)
            let second = try house.push(right: 9)
            let proposed = try house.martlet(
                ["promote", "-C", house.origin, "tumor", "--to", "dev", "--request"], environment: Self.ada)
            #expect(proposed.code == 0, "\(proposed)")
            #expect(try house.pin("dev") == first)
            try house.reconcile()
            #expect(try house.pin("dev") == second)
            let entry = try house.martlet(["history", "-C", house.origin, "tumor", "dev"])
            #expect(entry.output.split(separator: "\n").count == 3)
            let back = try house.martlet(["rollback", "-C", house.origin, "tumor", "dev"])
            #expect(back.code == 0, "\(back)")
            #expect(try house.pin("dev") == first)
        }
    }
}
