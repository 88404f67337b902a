import Foundation
import TestSupport
import Testing

/// What is said where a rollback has nowhere to go.
struct NothingEarlierTests {
    @Test func `the only version that was verified is not said to be none`() async throws {
        try await withHouse(rooms: []) { house in
            let probe = "{kind: exec, command: [sh, -c, \"test ! -e \(house.folder)/trouble\"]}"
            let more =
                "  monitors: [{name: errors, probe: \(probe), action: rollback, interval: 10ms, failureThreshold: 1}]"
            try house.commit([
                "environments/dev/environment.yaml": house.environment(.init(name: "dev", more: more)),
                "environments/dev/tumor.yaml": House.deployment("tumor"),
            ])
            try house.push(right: 9)
            try house.reconcile()
            #expect(try house.martlet(["status", "-C", house.origin]).output.contains("verified"))
            try Data().write(to: URL(filePath: house.folder + "/trouble"))
            #expect(try house.martlet(["reconcile", "-C", house.origin]).code == 1)
            let status = try house.martlet(["status", "-C", house.origin]).output
            #expect(status.contains("no earlier version counts as verified here"), "\(status)")
        }
    }
}
