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

    private func live(_ content: String, age: Duration = .zero, grows: Bool = true) async throws -> String {
        let path = scratch.path + "/log.jsonl"
        try Data(content.utf8).write(to: URL(filePath: path))
        let date = Date(timeIntervalSinceNow: -Double(age.components.seconds))
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
        return try await text(of: "file://" + path, grows: grows)
    }

    private func text(of address: String, grows: Bool = true) async throws -> String {
        guard case .bytes(let bytes) = try await store.live(address, grows: grows) else { return "a file" }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: [
        ("{\"a\": 1}\n{\"a\"", "{\"a\": 1}\n"), ("{\"a\": 1}\n{\"a\": 2}", "{\"a\": 1}\n{\"a\": 2}"), ("{\"a\"", ""),
    ]) func `of JSON Lines the last counts once it is whole, whenever it was written`(written: String, read: String)
        async throws
    {
        #expect(try await live(written) == read)
        #expect(try await live(written, age: .seconds(300)) == read)
    }

    @Test func `what is no log is given as it is`() async throws {
        let report = "{\n  \"p95\": 7\n}"
        #expect(try await live(report, grows: false) == report)
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
        #expect(try await text(of: "https://logs.example/log.jsonl?key=hidden") == "{\"a\": 1}\n")
        let error = await #expect(throws: ArtifactFailure.self) {
            try await store.live("https://me:word@logs.example/other?key=hidden", grows: true)
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
        let error = await #expect(throws: ArtifactFailure.self) { try await store.live("file://" + path, grows: true) }
        #expect("\(error!)".contains("MARTLET_FILES"))
        let named = store(at: "other", access: FileAccess(folders: scratch.path))
        #expect(try await named.live("file://" + path, grows: true) == .bytes(Array("1\n".utf8)))
        for missing in ["/nothing", ""] {
            await #expect(throws: ArtifactFailure.self) {
                try await named.live("file://" + scratch.path + missing, grows: true)
            }
        }
    }
}
