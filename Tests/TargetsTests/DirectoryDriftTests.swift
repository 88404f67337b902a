import Domain
import Foundation
import TestSupport
import Testing

@testable import Targets

/// What people and programs do to a directory behind Martlet's back.
struct DirectoryDriftTests {
    private let scratch: ScratchFolder
    private let releases: Releases

    init() throws {
        scratch = try ScratchFolder()
        releases = try Releases(in: scratch)
    }

    private func target(_ layout: Directory.Layout, more: [(String, JSON)] = []) throws -> Directory {
        let settings: [(String, JSON)] = [
            ("path", .string(scratch.path + "/served")), ("layout", .string(layout.rawValue)),
        ]
        return try Directory(node: ManifestTree(.object(settings + more)))
    }

    /// Does something to a deployed directory, expects to be told about it in these words, and expects the repair.
    private func expectRepair(
        _ layout: Directory.Layout, _ words: String, leaving left: [String] = [],
        _ damage: (_ folder: String, _ file: String) throws -> Void
    ) async throws {
        let target = try target(layout)
        try await target.apply(releases.second, using: localTools)
        try await target.apply(releases.first, using: localTools)
        let root = scratch.path + "/served"
        let folder = root + (layout == .plain ? "/lending/credit-risk" : "/lending__credit-risk")
        try damage(folder, try #require(ServedFile.path(layout, in: root)))
        guard case .other(let said) = try await target.observe(releases.first, using: localTools) else {
            Issue.record("the change was not seen: \(words)")
            return
        }
        #expect(said.contains(words), "\(said)")
        try await target.apply(releases.first, using: localTools)
        #expect(try await target.observe(releases.first, using: localTools) == .asWanted, "\(layout) \(words)")
        let file = try #require(ServedFile.path(layout, in: root))
        #expect(try Array(Data(contentsOf: URL(filePath: file))) == releases.firstBytes)
        try await target.apply(releases.nothing, using: localTools)
        #expect(FileTree.names(in: folder) == left)
        #expect(!left.isEmpty || FileTree.names(in: root) == [".martlet.lock"])
    }

    @Test(arguments: Directory.Layout.allCases)
    func `changed, missing and added files are found and repaired`(layout: Directory.Layout) async throws {
        try await expectRepair(layout, "model.onnx was changed") { _, file in
            let handle = try FileHandle(forWritingTo: URL(filePath: file))
            try handle.write(contentsOf: Data([9, 9, 9]))
            try handle.close()
        }
        try await expectRepair(layout, "model.onnx was changed") { _, file in
            try Data([1]).write(to: URL(filePath: file))
        }
        try await expectRepair(layout, "model.onnx is missing") { _, file in unlink(file) }
        try await expectRepair(layout, "other.bin was added") { _, file in
            try Data([1]).write(to: URL(filePath: file.replacing("model.onnx", with: "other.bin")))
        }
        try await expectRepair(layout, "is a link or a device") { _, file in
            unlink(file)
            symlink("/etc/passwd", file)
        }
    }

    @Test(arguments: [Directory.Layout.plain, .triton], ["", "{\"versions\": 3}"])
    func `a lost or foreign record is found and written again`(layout: Directory.Layout, record: String) async throws {
        let target = try target(layout)
        try await target.apply(releases.first, using: localTools)
        let folder = scratch.path + "/served/" + (layout == .plain ? "lending/credit-risk" : "lending__credit-risk")
        unlink(folder + "/.martlet.json")
        if !record.isEmpty { try Data(record.utf8).write(to: URL(filePath: folder + "/.martlet.json")) }
        #expect(
            try await target.observe(releases.first, using: localTools)
                == .other("\(folder)/.martlet.json is missing or is not Martlet's"))
        try await target.apply(releases.first, using: localTools)
        #expect(try await target.observe(releases.first, using: localTools) == .asWanted)
        try await target.apply(releases.nothing, using: localTools)
        #expect(FileTree.names(in: scratch.path + "/served") == [".martlet.lock"])
    }

    @Test func `for TensorFlow Serving nothing but the record says whose a number is`() async throws {
        let target = try target(.tensorflowServing)
        try await target.apply(releases.first, using: localTools)
        let folder = scratch.path + "/served/lending__credit-risk"
        unlink(folder + "/.martlet.json")
        let failure = await #expect(throws: TargetFailure.self) {
            try await target.apply(releases.second, using: localTools)
        }
        #expect(failure?.description.hasPrefix("\(folder)/1795000000 was not written by Martlet") == true)
    }

    @Test func `a moved link is found and put back`() async throws {
        try await expectRepair(.plain, "it runs v1795000777") { folder, _ in
            unlink(folder + "/current")
            symlink(".versions/1795000777", folder + "/current")
        }
        try await expectRepair(.plain, "serves '/etc' that Martlet did not put there") { folder, _ in
            unlink(folder + "/current")
            symlink("/etc", folder + "/current")
        }
        try await expectRepair(.plain, "none of them is served") { folder, _ in unlink(folder + "/current") }
    }

    @Test func `a changed configuration of Triton is found and written again`() async throws {
        try await expectRepair(.triton, "config.pbtxt was changed") { folder, _ in
            let path = folder + "/config.pbtxt"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try Data((text + "max_batch_size: 9\n").utf8).write(to: URL(filePath: path))
        }
        try await expectRepair(.triton, "serves something") { folder, _ in
            try Data("name: \"x\"".utf8).write(to: URL(filePath: folder + "/config.pbtxt"))
        }
        try await expectRepair(.triton, "none of them is served") { folder, _ in unlink(folder + "/config.pbtxt") }
    }

    @Test func `a greater number that somebody put there is moved out of the way`() async throws {
        try await expectRepair(.tensorflowServing, "serves '9999999999'", leaving: [".kept-9999999999"]) { folder, _ in
            mkdir(folder + "/9999999999", 0o755)
        }
    }

    @Test func `a version's folder that became a file or a link is replaced`() async throws {
        for layout in [Directory.Layout.triton, .tensorflowServing] {
            try await expectRepair(layout, "/lending__credit-risk") { folder, _ in
                FileTree.remove(folder + "/1795000000")
                try Data([1]).write(to: URL(filePath: folder + "/1795000000"))
            }
        }
    }

    @Test func `a touched file is read, and found to be the same`() async throws {
        let target = try target(.plain)
        try await target.apply(releases.first, using: localTools)
        utimes(scratch.path + "/served/lending/credit-risk/current/model.onnx", nil)
        #expect(try await target.observe(releases.first, using: localTools) == .asWanted)
    }

    @Test func `a change that keeps size and time is found all the same`() async throws {
        let target = try target(.plain)
        try await target.apply(releases.first, using: localTools)
        let path = scratch.path + "/served/lending/credit-risk/current/model.onnx"
        var status = stat()
        #expect(stat(path, &status) == 0)
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.write(contentsOf: Data([9]))
        try handle.close()
        utimensat(AT_FDCWD, path, [status.st_atim, status.st_mtim], 0)
        #expect(try await target.observe(releases.first, using: localTools) != .asWanted)
        try await target.apply(releases.first, using: localTools)
        #expect(try await target.observe(releases.first, using: localTools) == .asWanted)
    }

    @Test func `a file that others may read no more is found and repaired`() async throws {
        let target = try target(.plain)
        try await target.apply(releases.first, using: localTools)
        let path = scratch.path + "/served/lending/credit-risk/current/model.onnx"
        chmod(path, 0)
        guard case .other(let words) = try await target.observe(releases.first, using: localTools) else {
            Issue.record("it was not found")
            return
        }
        #expect(words.contains("model.onnx has mode 0, not 644"), "\(words)")
        try await target.apply(releases.first, using: localTools)
        #expect(try await target.observe(releases.first, using: localTools) == .asWanted)
    }

    @Test func `what was touched and is the same is read once, and found where it is changed later`() async throws {
        let target = try target(.plain)
        try await target.apply(releases.first, using: localTools)
        let folder = scratch.path + "/served/lending/credit-risk"
        let path = folder + "/current/model.onnx"
        let before = try Data(contentsOf: URL(filePath: folder + "/" + DeploymentRecord.name))
        try FileManager.default.linkItem(atPath: path, toPath: scratch.path + "/backup")
        #expect(try await target.observe(releases.first, using: localTools) == .asWanted)
        let after = try Data(contentsOf: URL(filePath: folder + "/" + DeploymentRecord.name))
        #expect(before != after)
        #expect(try await target.observe(releases.first, using: localTools) == .asWanted)
        #expect(try Data(contentsOf: URL(filePath: folder + "/" + DeploymentRecord.name)) == after)
        let handle = try FileHandle(forWritingTo: URL(filePath: scratch.path + "/backup"))
        try handle.write(contentsOf: Data([9]))
        try handle.close()
        #expect(try await target.observe(releases.first, using: localTools) != .asWanted)
    }

    @Test(arguments: Directory.Layout.allCases)
    func `nothing is written through a link that somebody placed`(layout: Directory.Layout) async throws {
        let elsewhere = scratch.path + "/elsewhere"
        mkdir(elsewhere, 0o755)
        mkdir(scratch.path + "/served", 0o755)
        symlink(elsewhere, scratch.path + "/served/" + (layout == .plain ? "lending" : "lending__credit-risk"))
        let target = try target(layout)
        for release in [releases.first, releases.nothing] {
            let failure = await #expect(throws: TargetFailure.self) {
                try await target.apply(release, using: localTools)
            }
            #expect(failure?.description.contains("is a symbolic link; move it away") == true)
        }
        guard case .other = try await target.observe(releases.first, using: localTools) else {
            Issue.record("the link was not seen")
            return
        }
        #expect(FileTree.names(in: elsewhere).isEmpty)
    }

    @Test func `what a person has set up under the model's name is left alone`() async throws {
        let config = try scratch.write("name: \"mine\"".utf8, to: "served/lending__credit-risk/config.pbtxt")
        let current = try scratch.write([1], to: "served/lending/credit-risk/current/model.onnx")
        for (layout, path) in [(Directory.Layout.triton, config), (.plain, current)] {
            let before = try Data(contentsOf: URL(filePath: path))
            let failure = await #expect(throws: TargetFailure.self) {
                try await target(layout).apply(releases.first, using: localTools)
            }
            #expect(failure?.description.contains("was not written by Martlet") == true)
            #expect(try Data(contentsOf: URL(filePath: path)) == before)
        }
    }

    @Test func `two names that Triton cannot tell apart are told apart`() async throws {
        let target = try target(.triton)
        try await target.apply(releases.first, using: localTools)
        let twin = try Releases.release([1], "lending__credit-risk", number: 5, scratch)
        let failure = await #expect(throws: TargetFailure.self) { try await target.apply(twin, using: localTools) }
        #expect(failure?.description.contains("belongs to the model lending/credit-risk") == true)
    }

    @Test(arguments: ["../x", "a/../../x", "/abs", ".hidden", "a//b", "", "a\nb"])
    func `a model's name cannot leave the directory`(name: String) async throws {
        let release = try Releases.release([1], name, number: 5, scratch)
        for layout in Directory.Layout.allCases {
            await #expect(throws: TargetFailure.self) { try await target(layout).apply(release, using: localTools) }
        }
        #expect(FileTree.kind(of: scratch.path + "/served") == nil)
    }
}
