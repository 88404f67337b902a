import Domain
import Foundation
import TestSupport
import Testing

/// The main path of requests over real servers: look, propose, judge, merge, push, roll back.
struct RequestRemoteTests {
    @Test(arguments: GitServer.Kind.allCases)
    func `a request through a real server`(_ kind: GitServer.Kind) async throws {
        let rooms = [
            House.Room(name: "dev"),
            House.Room(name: "production", from: ["dev"], more: "  promotion: {mode: pull-request}"),
        ]
        try await withHouse(rooms: rooms, models: ["tumor", "liver"]) { house in
            let server = try GitServer(kind, for: house)
            // A person by hand, with nothing but git and an editor.
            let first = try house.push(right: 7)
            try git("remote", "set-url", "origin", server.url, in: house.work)
            try git("fetch", "--quiet", "origin", in: house.work, environment: server.variables)
            let text = House.deployment("tumor", "  revision: \"\(first)\"\n")
            try Data(text.utf8).write(to: URL(filePath: "\(house.work)/environments/production/tumor.yaml"))
            try git("commit", "--quiet", "-a", "-m", "tumor for production", in: house.work)
            let head = try git("rev-parse", "HEAD", in: house.work)
            try git(
                "push", "--quiet", "origin", "HEAD:promote/production/tumor", in: house.work,
                environment: server.variables)
            try git("reset", "--quiet", "--hard", "HEAD~1", in: house.work)

            try house.reconcile(at: server.url, environment: server.variables)
            #expect(try house.pin("dev") == first)
            #expect(try revision(house) == first)
            #expect(try git("for-each-ref", "refs/heads/promote", in: house.origin).isEmpty)
            let merges = try git("log", "--merges", "--format=%P %s", "main", in: house.origin)
            #expect(merges.contains(head))
            #expect(merges.contains("Promote tumor"))

            // Martlet's own proposal of the next version, which fails and is taken back.
            try git("remote", "set-url", "origin", house.origin, in: house.work)
            let second = try house.push(right: 9)
            try house.makeIll(second, in: "production")
            try house.reconcile(at: server.url, environment: server.variables)
            #expect(try revision(house) == first)
            #expect(try house.log().contains { $0.hasPrefix("Revert \"Promote tumor") })
            let record = try git("show", "refs/martlet/requests:production/tumor.json", in: house.origin)
            #expect(record.contains("\"state\": \"merged\""))
            #expect(!record.contains("tok123"))
            try git("fsck", "--strict", in: house.origin)
        }
    }

    private func revision(_ house: House) throws -> String? {
        try house.pin("production")?.trimmingCharacters(in: CharacterSet(charactersIn: "\""))
    }
}
