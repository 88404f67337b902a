import Domain
import Foundation
import TestSupport
import Testing

@testable import Artifacts

/// Files that grow, as they are now.
struct LiveFileTests: InScene {
    let scene: ArtifactScene

    init() throws {
        scene = try ArtifactScene("") { _ in
            { url, path, _ in
                guard url.hasSuffix("log.jsonl?key=hidden") else {
                    throw ArtifactFailure(.unreachable, "\(url): no answer")
                }
                try Data("{\"a\": 1}\n{\"a\"".utf8).write(to: URL(filePath: path))
            }
        }
    }

    private func live(_ content: String, age: Duration = .zero) async throws -> String {
        let path = scratch.path + "/log.jsonl"
        try Data(content.utf8).write(to: URL(filePath: path))
        let date = Date(timeIntervalSinceNow: -Double(age.components.seconds))
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
        return try await text(of: "file://" + path)
    }

    private func text(of address: String) async throws -> String {
        guard case .bytes(let bytes) = try await store.live(address) else { return "a file" }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `a line that is being written is left out, one that ended a file long ago is not`() async throws {
        #expect(try await live("1\n2\n3") == "1\n2\n")
        #expect(try await live("1\n2\n") == "1\n2\n")
        #expect(try await live("1\n2\n3", age: .seconds(300)) == "1\n2\n3")
        #expect(try await live("1") == "1")
        #expect(try await live("") == "")
        #expect(try await live("PAR1\nPAR1") == "PAR1\nPAR1")
    }

    @Test func `an address gives what its server gives, and its secrets are not told`() async throws {
        #expect(try await text(of: "https://logs.example/log.jsonl?key=hidden") == "{\"a\": 1}\n{\"a\"")
        let error = await #expect(throws: ArtifactFailure.self) {
            try await store.live("https://me:word@logs.example/other?key=hidden")
        }
        let words = "\(error!)"
        #expect(words.hasPrefix("https://logs.example/other?key=…: "), "\(words)")
        #expect(!words.contains("hidden") && !words.contains("word"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/cache/drafts").isEmpty)
    }

    @Test func `only files for everybody, or in folders that are named, are read`() async throws {
        _ = try await live("1\n")
        let path = scratch.path + "/log.jsonl"
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        let error = await #expect(throws: ArtifactFailure.self) { try await store.live("file://" + path) }
        #expect("\(error!)".contains("MARTLET_FILES"))
        let named = store(at: "other", access: FileAccess(folders: scratch.path))
        #expect(try await named.live("file://" + path) == .bytes(Array("1\n".utf8)))
        for missing in ["/nothing", ""] {
            await #expect(throws: ArtifactFailure.self) { try await named.live("file://" + scratch.path + missing) }
        }
    }
}
