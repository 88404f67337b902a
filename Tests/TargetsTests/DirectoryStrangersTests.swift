import Domain
import Foundation
import TestSupport
import Testing

@testable import Targets

/// What is not Martlet's in a directory stays there.
struct DirectoryStrangersTests {
    private let scratch: ScratchFolder
    private let releases: Releases

    init() throws {
        scratch = try ScratchFolder()
        releases = try Releases(in: scratch)
    }

    private func target(_ layout: Directory.Layout) throws -> Directory {
        try Directory(
            node: ManifestTree(["path": .string(scratch.path + "/served"), "layout": .string(layout.rawValue)]))
    }

    private func folder(_ layout: Directory.Layout) -> String {
        layout == .plain ? "served/lending/credit-risk" : "served/lending__credit-risk"
    }

    private func files() -> [String] { FileTree.walk(scratch.path + "/served").files.map(\.path).sorted() }

    @Test func `names that differ only in how a letter is written are two names`() async throws {
        let names = ["\u{E9}.bin", "e\u{301}.bin", "\u{E9}/a", "e\u{301}/a", "K", "\u{212A}", "\u{301}x"]
        for (index, name) in names.dropLast().enumerated() { try scratch.write([UInt8(index)], to: "weights/\(name)") }
        // Foundation takes a slash and a mark behind it for one character.
        let file = try #require(fopen("\(scratch.path)/weights/\u{301}x", "w"))
        fputc(6, file)
        fclose(file)
        let digest = FolderDigest.of(names.enumerated().map { ($1, SHA256.digest(of: [UInt8($0)])) })
        let artifact = Artifact(path: scratch.path + "/weights", isFolder: true, size: names.count, digest: digest)
        let release = Release(
            environment: "production", model: "lending/credit-risk", pin: Pin(revision: .zero, digest: digest),
            artifact: artifact, digest: digest, format: nil, number: 7)
        let target = try target(.plain)
        try await target.apply(release, using: localTools)
        #expect(try await target.observe(release, using: localTools) == .asWanted)
        let served = "served/lending/credit-risk/current/"
        for name in ["\u{E9}.pyc", "e\u{301}.pyc"] { try scratch.write([1], to: "\(served)__pycache__/\(name)") }
        #expect(try await target.observe(release, using: localTools) == .asWanted)
        try scratch.write([9], to: "\(served)\u{E9}.bin")
        guard case .other(let words) = try await target.observe(release, using: localTools) else {
            Issue.record("the change was not seen")
            return
        }
        #expect(words.hasSuffix("\u{E9}.bin was changed") && words.utf8.contains(0xC3), "\(words)")
    }

    @Test(arguments: Directory.Layout.allCases)
    func `removing what was refused leaves the folder as it was`(layout: Directory.Layout) async throws {
        let folder = folder(layout)
        for path in ["notes.txt", "7/model.onnx", ".versions/theirs/model.onnx"] {
            try scratch.write([1], to: "\(folder)/\(path)")
        }
        if layout == .plain { symlink(".versions/theirs", "\(scratch.path)/\(folder)/current") }
        if layout == .triton { try scratch.write("name: \"mine\"".utf8, to: "\(folder)/config.pbtxt") }
        let before = files()
        let failure = await #expect(throws: TargetFailure.self) {
            try await target(layout).apply(releases.first, using: localTools)
        }
        #expect(failure?.description.contains("was not written by Martlet") == true)
        try await target(layout).apply(releases.nothing, using: localTools)
        #expect(files().filter { $0 != ".martlet.lock" } == before)
        #expect(layout != .plain || FileTree.kind(of: "\(scratch.path)/\(folder)/current") == .link)
    }

    @Test(arguments: Directory.Layout.allCases)
    func `removing a deployment takes what Martlet wrote, and nothing else`(layout: Directory.Layout) async throws {
        let folder = folder(layout)
        let target = try target(layout)
        try await target.apply(releases.first, using: localTools)
        try await target.apply(releases.second, using: localTools)
        let theirs = ["notes.txt", ".versions/theirs/model.onnx"].map { "\(folder)/\($0)" }
        for path in theirs { try scratch.write([1], to: path) }
        try await target.apply(releases.nothing, using: localTools)
        #expect(files().filter { $0 != ".martlet.lock" }.map { "served/\($0)" } == theirs.sorted())
        #expect(FileTree.kind(of: "\(scratch.path)/\(folder)/current") == nil)
        try await target.apply(releases.first, using: localTools)
        #expect(try await target.observe(releases.first, using: localTools) == .asWanted)
    }

    @Test(arguments: [Directory.Layout.triton, .tensorflowServing])
    func `removing the twin that was refused leaves the other served`(layout: Directory.Layout) async throws {
        let target = try target(layout)
        try await target.apply(releases.first, using: localTools)
        let twin = Release(
            environment: "production", model: "lending__credit-risk", pin: Pin(revision: .zero), artifact: nil,
            digest: nil, format: nil, number: 0)
        try await target.apply(twin, using: localTools)
        #expect(try await target.observe(releases.first, using: localTools) == .asWanted)
    }

    @Test func `what somebody serves under a number is not taken over`() async throws {
        let link = scratch.path + "/served/lending/credit-risk/current"
        for layout in Directory.Layout.allCases {
            try scratch.write([1], to: "\(folder(layout))/7/model.onnx")
            if layout == .plain { symlink("7", link) }
            let before = files()
            let failure = await #expect(throws: TargetFailure.self) {
                try await target(layout).apply(releases.first, using: localTools)
            }
            #expect(failure?.description.contains("was not written by Martlet") == true, "\(layout)")
            #expect(files().filter { $0 != ".martlet.lock" } == before.filter { $0 != ".martlet.lock" })
        }
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "7")
        #expect(FileTree.kind(of: scratch.path + "/served/lending/credit-risk/.versions") == nil)
    }

    @Test func `a number that a person's folder has is not taken`() async throws {
        try scratch.write([1], to: "served/lending/credit-risk/.versions/1795000000/model.onnx")
        let target = try target(.plain)
        try await target.apply(releases.first, using: localTools)
        #expect(try await target.observe(releases.first, using: localTools) == .asWanted)
        #expect(try scratch.bytes(of: "served/lending/credit-risk/.versions/1795000000/model.onnx") == [1])
        #expect(try scratch.bytes(of: "served/lending/credit-risk/current/model.onnx") == releases.firstBytes)
    }

    @Test(arguments: Directory.Layout.allCases)
    func `without its record a person removes what is served`(layout: Directory.Layout) async throws {
        try await target(layout).apply(releases.first, using: localTools)
        unlink("\(scratch.path)/\(folder(layout))/.martlet.json")
        // Without a configuration Triton, too, may serve the numbers that it finds.
        for config in layout == .triton ? [true, false] : [true] {
            if !config { unlink("\(scratch.path)/\(folder(layout))/config.pbtxt") }
            let before = files()
            let failure = await #expect(throws: TargetFailure.self) {
                try await target(layout).apply(releases.nothing(ranBefore: true), using: localTools)
            }
            #expect(failure?.description.contains("may go on being served; remove it by hand") == true)
            #expect(failure?.remedy == .askHuman && files() == before)
            // A link of Martlet's own says whose it is; a number says nothing.
            let isKnown = layout == .plain || layout == .triton && config
            #expect(failure?.description.contains("if it is not Martlet's") == !isKnown)
        }
        if layout != .plain {
            let before = files()
            try scratch.write(#"{"model": "", "versions": []}"#.utf8, to: "\(folder(layout))/.martlet.json")
            try await target(layout).apply(releases.nothing(ranBefore: true), using: localTools)
            #expect(files().filter { !$0.hasSuffix(".martlet.json") } == before)
        }
        FileTree.remove("\(scratch.path)/\(folder(layout))")
        try await target(layout).apply(releases.nothing(ranBefore: true), using: localTools)
    }

    @Test(arguments: Directory.Layout.allCases)
    func `a copy that fails leaves nothing that fills the disk`(layout: Directory.Layout) async throws {
        // A folder can be opened as a file, but not read as one.
        let artifact = Artifact(path: scratch.path, isFolder: false, size: 2, digest: SHA256.digest(of: []))
        let release = Release(
            environment: "production", model: releases.first.model, pin: releases.first.pin, artifact: artifact,
            digest: nil, format: .onnx, number: 5)
        await #expect(throws: TargetFailure.self) { try await target(layout).apply(release, using: localTools) }
        #expect(FileTree.names(in: scratch.path + "/served") == [".martlet.lock"])
        try await target(layout).apply(releases.first, using: localTools)
        await #expect(throws: TargetFailure.self) { try await target(layout).apply(release, using: localTools) }
        #expect(!files().contains { $0.contains(".martlet-new-") })
        #expect(try await target(layout).observe(releases.first, using: localTools) == .asWanted)
    }
}
