import Foundation
import TestSupport
import Testing

/// What `status` says of a controller that has died without giving its lease back.
struct DeadControllerTests {
    @Test func `a dead controller is not said to act`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            _ = try house.martlet(["controller", "-C", house.origin], timeout: .seconds(5))
            let status = try house.martlet(["status", "-C", house.origin]).output
            #expect(status.contains("and is no longer running: last renewed"), "\(status)")
            #expect(!status.contains("acts as the controller"), "\(status)")
            // The same from a machine that cannot ask for the process: the lease is over.
            let lease = try git("show", "refs/martlet/lease:lease.json", in: house.origin)
            let blob = try git(
                "hash-object", "-w", "--stdin", in: house.origin,
                input: lease.replacing(/"space": "[^"]*"/, with: "\"space\": \"elsewhere\"")
                    .replacing(/"renewed": "20\d\d/, with: "\"renewed\": \"2020"))
            let tree = try git("mktree", in: house.origin, input: "100644 blob \(blob)\tlease.json\n")
            let commit = try git("commit-tree", tree, "-m", "Lease", in: house.origin)
            try git("update-ref", "refs/martlet/lease", commit, in: house.origin)
            #expect(try house.martlet(["status", "-C", house.origin]).output.contains("acts as the controller"))
            let old = Date.now.addingTimeInterval(-300)
            try FileManager.default.setAttributes(
                [.modificationDate: old], ofItemAtPath: house.origin + "/refs/martlet/lease")
            let later = try house.martlet(["status", "-C", house.origin]).output
            #expect(later.contains("but its lease of 1m is over: last renewed 5m"), "\(later)")
        }
    }
}
