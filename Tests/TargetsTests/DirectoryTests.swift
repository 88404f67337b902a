import Domain
import Foundation
import TestSupport
import Testing

@testable import Targets

struct DirectoryTests {
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

    /// The file that a server of that layout reads.
    private func file(_ layout: Directory.Layout) -> String? {
        ServedFile.path(layout, in: scratch.path + "/served")
    }

    private func bytes(_ layout: Directory.Layout) -> [UInt8]? {
        file(layout).flatMap { try? Array(Data(contentsOf: URL(filePath: $0))) }
    }

    @Test(arguments: Directory.Layout.allCases)
    func `keeps a target's promises`(layout: Directory.Layout) async throws {
        try await expectConformance(of: try target(layout), releases) { bytes(layout) }
    }

    @Test func `where a model lies has one name, whatever path leads there`() async throws {
        let model = releases.first.model
        func location(_ path: String) async throws -> String? {
            let target = try Directory(node: ManifestTree(["path": .string("\(scratch.path)/\(path)")]))
            return try await target.location(of: model, using: localTools)
        }
        #expect(try await location("served") == nil)
        try await target(.plain).apply(releases.first, using: localTools)
        try FileManager.default.createSymbolicLink(
            atPath: scratch.path + "/link", withDestinationPath: scratch.path + "/served")
        let here = try #require(try await location("served"))
        #expect(try await location("link") == here)
        #expect(try await location("link/./") == here)
        try FileManager.default.copyItem(atPath: scratch.path + "/served", toPath: scratch.path + "/copy")
        #expect(try await location("copy") != here)
        try FileManager.default.createSymbolicLink(
            atPath: scratch.path + "/circle", withDestinationPath: scratch.path + "/circle")
        await #expect(throws: TargetFailure.self) { try await location("circle") }
    }

    @Test func `plain is a link to the version's folder`() async throws {
        try await target(.plain).apply(releases.first, using: localTools)
        #expect(try scratch.bytes(of: "served/lending/credit-risk/current/model.onnx") == releases.firstBytes)
        let other = Directory.Layout.plain
        try await target(other, more: [("file", "weights.bin")]).apply(releases.first, using: localTools)
        #expect(try scratch.bytes(of: "served/lending/credit-risk/current/weights.bin") == releases.firstBytes)
    }

    @Test func `triton gets a version folder and a configuration that names it`() async throws {
        try await target(.triton, more: [("config", "max_batch_size: 8")]).apply(releases.second, using: localTools)
        let folder = "served/lending__credit-risk"
        #expect(try scratch.bytes(of: "\(folder)/1795000777/model.onnx") == releases.secondBytes)
        #expect(
            try scratch.text(of: "\(folder)/config.pbtxt") == """
                # Written by Martlet, and written again where it is changed. More lines: the target's setting 'config'.
                name: "lending__credit-risk"
                platform: "onnxruntime_onnx"
                version_policy: { specific: { versions: [ 1795000777 ] } }
                max_batch_size: 8

                """)
        let pickle = try Releases.release([1], "other", number: 1, scratch, format: .pickle)
        let failure = await #expect(throws: TargetFailure.self) {
            try await target(.triton).apply(pickle, using: localTools)
        }
        #expect(failure?.description.contains("no platform for the format 'pickle'") == true)
    }

    @Test func `a failure to write has the same words each time, and names the place that was meant`() async throws {
        let long = String(repeating: "x", count: 300)
        var words: Set<String> = []
        for _ in 0..<2 {
            let failure = await #expect(throws: TargetFailure.self) {
                try await target(.plain, more: [("file", .string(long))]).apply(releases.first, using: localTools)
            }
            words.insert(failure?.description ?? "")
        }
        #expect(words.count == 1)
        let folder = scratch.path + "/served/lending/credit-risk/"
        #expect(words.allSatisfy { $0.hasPrefix("cannot write \(folder)") && !$0.contains(".martlet-new") })
    }

    @Test func `after a rollback TensorFlow Serving finds no greater number`() async throws {
        let target = try target(.tensorflowServing)
        try await target.apply(releases.first, using: localTools)
        try await target.apply(releases.second, using: localTools)
        let folder = scratch.path + "/served/lending__credit-risk"
        #expect(numbers(in: folder) == ["1795000000", "1795000777"])
        try await target.apply(releases.first, using: localTools)
        #expect(numbers(in: folder) == ["1795000000"])
        try await target.apply(releases.second, using: localTools)
        #expect(numbers(in: folder) == ["1795000000", "1795000777"])
    }

    @Test func `a folder is deployed as it is`() async throws {
        let names = ["saved_model.pb", "variables/variables.data", "assets/a/b c.txt"]
        for name in names { try scratch.write("text of \(name)".utf8, to: "saved/\(name)") }
        let digest = FolderDigest.of(names.map { ($0, SHA256.digest(of: "text of \($0)".utf8)) })
        let artifact = Artifact(path: scratch.path + "/saved", isFolder: true, size: 1, digest: digest)
        let release = Release(
            environment: "e", model: "flat", pin: Pin(revision: releases.first.pin.revision), artifact: artifact,
            digest: digest, format: .savedmodel, number: 7)
        for (layout, path) in [
            (Directory.Layout.plain, "served/flat/current"), (.triton, "served/flat/7/model.savedmodel"),
            (.tensorflowServing, "served/flat/7"),
        ] {
            let target = try target(layout)
            try await target.apply(release, using: localTools)
            #expect(try await target.observe(release, using: localTools) == .asWanted)
            for name in names { #expect(try scratch.text(of: "\(path)/\(name)") == "text of \(name)") }
            try await target.apply(without(release), using: localTools)
        }
    }

    @Test(arguments: Directory.Layout.allCases)
    func `keeps the last three versions and what is served`(layout: Directory.Layout) async throws {
        let target = try target(layout)
        let all = try (1...6).map { number in
            try Releases.release([UInt8(number)], "lending/credit-risk", number: number, scratch)
        }
        for release in all { try await target.apply(release, using: localTools) }
        #expect(bytes(layout) == [6])
        #expect(versionFolders(layout) == ["4", "5", "6"])
        try await target.apply(all[3], using: localTools)
        #expect(bytes(layout) == [4])
        #expect(versionFolders(layout) == ["4", "5", "6"])
        try await target.apply(all[0], using: localTools)
        #expect(bytes(layout) == [1])
        #expect(versionFolders(layout).count == 3)
        let thrifty = try self.target(layout, more: [("keep", 1)])
        try await thrifty.apply(all[1], using: localTools)
        #expect(bytes(layout) == [2])
        #expect(versionFolders(layout) == ["2"])
        #expect(try await thrifty.observe(all[1], using: localTools) == .asWanted)
    }

    @Test(arguments: Directory.Layout.allCases)
    func `an artifact that is not what it claims to be is not deployed`(layout: Directory.Layout) async throws {
        let target = try target(layout)
        try await target.apply(releases.first, using: localTools)
        let artifact = try #require(releases.second.artifact)
        try Data([0]).write(to: URL(filePath: artifact.path))
        let failure = await #expect(throws: TargetFailure.self) {
            try await target.apply(releases.second, using: localTools)
        }
        #expect(failure?.description.contains("it was not deployed") == true && failure?.blamed == artifact)
        #expect(bytes(layout) == releases.firstBytes)
        #expect(try await target.observe(releases.first, using: localTools) == .asWanted)
    }

    @Test func `the same bytes under another revision are not copied again`() async throws {
        let target = try target(.triton)
        try await target.apply(releases.first, using: localTools)
        let before = try modified(file(.triton))
        let renamed = Release(
            environment: "production", model: releases.first.model,
            pin: Pin(revision: releases.second.pin.revision, version: "v2"), artifact: releases.first.artifact,
            digest: releases.first.digest, format: .onnx, number: 1_795_000_999)
        #expect(try await target.observe(renamed, using: localTools) != .asWanted)
        try await target.apply(renamed, using: localTools)
        #expect(try await target.observe(renamed, using: localTools) == .asWanted)
        #expect(try modified(file(.triton)) == before)
    }

    @Test(arguments: Directory.Layout.allCases)
    func `says by which name and number it serves a release`(layout: Directory.Layout) async throws {
        let target = try target(layout)
        #expect(
            target.name(of: "lending/credit-risk")
                == (layout == .plain ? "lending/credit-risk" : "lending__credit-risk"))
        #expect(try await target.number(of: releases.first, using: localTools) == nil)
        try await target.apply(releases.first, using: localTools)
        // Another version of the same second, and later the first one's bytes in another commit.
        let bytes: [UInt8] = [3, 2, 1]
        let twin = try Releases.release(bytes, releases.first.model, number: releases.first.number, scratch)
        try await target.apply(twin, using: localTools)
        #expect(try await target.number(of: twin, using: localTools) == 1_795_000_001)
        #expect(try await target.number(of: releases.first, using: localTools) == nil, "it is kept, not served")
        let again = Release(
            environment: "production", model: releases.first.model, pin: Pin(revision: releases.second.pin.revision),
            artifact: releases.first.artifact, digest: releases.first.digest, format: .onnx, number: 1_795_000_999)
        try await target.apply(again, using: localTools)
        let served = await again.asServed(by: target, using: localTools)
        #expect(served.number == 1_795_000_000 && served.name == target.name(of: again.model))
        #expect(file(layout)?.contains(layout == .plain ? "current" : "/1795000000/") == true)
    }

    @Test func `settings are checked`() {
        for (path, words) in [
            ("/", "root directory"), ("//", "root directory"), ("~/models", "not expanded"),
            ("models", "absolute path"),
            ("/srv/../etc", "without '..'"), ("", "absolute path"),
        ] {
            let failure = #expect(throws: FieldErrors.self) {
                try Directory(node: ManifestTree(["path": .string(path)]))
            }
            #expect(failure?.problems.first?.message.contains(words) == true, "\(path)")
        }
        for more in [["keep": 0], ["file": "a/b"], ["config": "x"], ["layout": "triton", "file": "x"]] as [JSON] {
            let members = (more.members ?? []).map { ($0.key, $0.value) }
            #expect(throws: FieldErrors.self) {
                try Directory(node: ManifestTree(.object([("path", "/srv/models")] + members)))
            }
        }
        #expect(Directory.schema["properties"]?["layout"] != nil)
    }

    private func without(_ release: Release) -> Release {
        Release(
            environment: release.environment, model: release.model, pin: Pin(revision: .zero), artifact: nil,
            digest: nil,
            format: nil, number: 0)
    }

    private func numbers(in folder: String) -> [String] {
        FileTree.names(in: folder).filter { Int($0) != nil }.sorted()
    }

    private func versionFolders(_ layout: Directory.Layout) -> [String] {
        let folder =
            scratch.path + "/served/" + (layout == .plain ? "lending/credit-risk/.versions" : "lending__credit-risk")
        return FileTree.names(in: folder).compactMap { name in
            Int(name) != nil ? name : name.hasPrefix(".kept-") ? String(name.dropFirst(6)) : nil
        }.sorted()
    }

    private func modified(_ path: String?) throws -> Int {
        var status = stat()
        #expect(stat(try #require(path), &status) == 0)
        return status.st_mtim.tv_nsec
    }
}

/// Finds what a server of each layout would read, as that server finds it.
enum ServedFile {
    static func path(_ layout: Directory.Layout, in root: String) -> String? {
        switch layout {
        case .plain:
            let path = root + "/lending/credit-risk/current"
            return FileTree.kind(of: path) == nil ? nil : path + "/model.onnx"
        case .triton:
            let folder = root + "/lending__credit-risk"
            guard let text = try? String(contentsOfFile: folder + "/config.pbtxt", encoding: .utf8),
                let number = text.split(separator: "[ ").last?.split(separator: " ]").first
            else { return nil }
            return "\(folder)/\(number)/model.onnx"
        case .tensorflowServing:
            let folder = root + "/lending__credit-risk"
            return FileTree.names(in: folder).compactMap { Int($0) }.max().map { "\(folder)/\($0)/model.onnx" }
        }
    }
}
