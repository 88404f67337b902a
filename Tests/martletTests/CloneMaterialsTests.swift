import Foundation
import TestSupport
import Testing

/// What a pass over a clone's remote finds in the clone.
struct CloneMaterialsTests {
    @Test func `a remote of DVC's that is relative to the clone is found from there, and from nowhere else`()
        async throws
    {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            // "weights", and its MD5.
            let sum = "63f4f1e9b725370f459720575cd5f953"
            let object = URL(filePath: "\(house.folder)/store/files/md5/\(sum.prefix(2))/\(sum.dropFirst(2))")
            try FileManager.default.createDirectory(
                at: object.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data("weights".utf8).write(to: object)
            let version = try house.commit([
                ".dvc/config": "[core]\n    remote = r\n['remote \"r\"']\n    url = ../../store\n",
                "models/tumor/model.yaml": House.model("tumor"),
                "models/tumor/model.bin.dvc": "outs:\n- md5: \(sum)\n  size: 7\n  hash: md5\n  path: model.bin\n",
                "models/tumor/predictions.csv": House.predictions(right: 9),
            ])
            let blind = try house.martlet(["reconcile", "-C", house.origin], cache: "blind")
            #expect(try house.pin("dev") != version, "\(blind)")
            try house.reconcile(at: house.work)
            #expect(try house.pin("dev") == version)
        }
    }
}
