import Domain
import Foundation
import TestSupport
import Testing

/// What the commands say and do where the disk of the repository has lost an object.
struct DamagedRepositoryTests {
    @Test func `a damaged model is named, and every other is looked after`() async throws {
        try await withHouse(rooms: [.init(name: "dev")], models: ["a", "b"]) { house in
            for model in ["a", "b"] { try house.push(model, right: 9) }
            try house.reconcile()
            let object = try SpoiltObject("main:models/a", in: house.origin)
            try FileManager.default.removeItem(atPath: house.targets + "/dev/b")
            let run = try house.martlet(["reconcile", "-C", house.origin])
            #expect(run.code == 3 && run.output.contains("the folder cannot be read"), "\(run)")
            #expect(FileManager.default.fileExists(atPath: house.targets + "/dev/b"), "\(run)")
            let plan = try house.martlet(["plan", "-C", house.origin])
            #expect(plan.code == 3 && plan.output.contains("dev/b  ") && plan.output.contains("up-to-date"), "\(plan)")
            let other = try house.martlet(["why", "b", "dev", "-C", house.origin])
            #expect(other.code == 0 && other.output.contains("no newer version waits"), "\(other)")
            let own = try house.martlet(["why", "a", "dev", "-C", house.origin])
            #expect(own.code == 0 && own.output.contains("pack-objects \(house.origin)"), "\(own)")
            let validate = try house.martlet(["validate", "-C", house.origin])
            #expect(validate.code == 1 && validate.output.contains("\nmodels/a:1:1: error: "), "\(validate)")
            #expect(try house.martlet(["status", "-C", house.origin]).code == 0)
            try object.restore()
            #expect(try house.martlet(["reconcile", "-C", house.origin]).code == 0)
        }
    }

    @Test func `a record that cannot be read is named by status, and mended by reconcile`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.reconcile()
            _ = try SpoiltObject("refs/martlet/status:dev/tumor.json", in: house.origin)
            let status = try house.martlet(["status", "-C", house.origin])
            #expect(status.code == 0 && status.output.contains("refs/martlet/status:dev/tumor.json:1:1"), "\(status)")
            #expect(try house.martlet(["plan", "-C", house.origin]).code == 0)
            try house.reconcile()
            let after = try house.martlet(["status", "-C", house.origin])
            #expect(after.output.contains("verified") && !after.output.contains("cannot be read"), "\(after)")
        }
    }

    @Test func `what keeps several from being planned is said once`() async throws {
        let room = House.Room(name: "dev", more: "  promotion: {order: every}")
        try await withHouse(rooms: [room], models: ["a", "b"]) { house in
            for model in ["a", "b"] { try house.push(model, right: 9) }
            try house.reconcile()
            for model in ["a", "b"] { try house.push(model, right: 2) }
            for text in ["1", "2", "3"] { try house.commit(["notes": text]) }
            try house.reconcile(["--log", "none"])
            _ = try SpoiltObject("main~1", in: house.origin)
            let plan = try house.martlet(["plan", "-C", house.origin])
            #expect(plan.code == 3 && plan.output.split(separator: "cannot read commit").count == 2, "\(plan)")
            #expect(plan.output.contains("person branch: as is said of dev/a"), "\(plan)")
        }
    }
}
