import Domain
import Foundation
import Testing

struct SHA256Tests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ])
    func `gives the digests that NIST published`(text: String, digits: String) {
        #expect(SHA256.digest(of: text.utf8).digits == digits)
    }

    @Test func `gives NIST's digest of a million times the letter a`() {
        let digest = SHA256.digest(of: [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
        #expect(digest.digits == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func `does not care how the bytes are cut`() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 167) }
        for length in Array(0...130) + [999, 1000] {
            let whole = SHA256.digest(of: bytes[..<length])
            for cut in Set([0, 1, 63, 64, 65, length / 2, length]) where cut <= length {
                var hash = SHA256()
                hash.update(bytes[..<cut])
                hash.update(bytes[cut..<length])
                #expect(hash.finish() == whole)
            }
        }
    }

    @Test func `finishing changes nothing`() {
        var hash = SHA256()
        hash.update("ab".utf8)
        _ = hash.finish()
        hash.update("c".utf8)
        #expect(hash.finish() == SHA256.digest(of: "abc".utf8))
    }

    @Test func `agrees with sha256sum on every length around a block`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sha256-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var expected: [String: String] = [:]
        for length in [0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129, 4097] {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255) }
            try Data(bytes).write(to: folder.appending(path: "\(length)"))
            expected["\(length)"] = SHA256.digest(of: bytes).digits
        }
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["sha256sum"] + expected.keys.sorted()
        process.currentDirectoryURL = folder
        process.standardOutput = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
        #expect(lines.count == expected.count)
        for line in lines { #expect(expected[String(line[1])] == String(line[0])) }
    }
}
