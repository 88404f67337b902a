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
            #expect(try house.martlet(["request", "show", "-C", house.origin, "production/tumor"]).code == 1)
            #expect(try house.martlet(["request", "close", "-C", house.origin, "production/tumor"]).code == 1)
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
