import Foundation
import Testing

/// Keeps single files as the house wants them.
struct FileTests {
    private static let all: [House.File] =
        ((try? House.swiftFiles(below: "Sources")) ?? [])
        + ((try? House.swiftFiles(below: "Tests")) ?? [])
    private static let sources = all.filter { $0.path.hasPrefix("Sources/") }

    @Test func `there are files to look at`() { #expect(Self.sources.count > 200) }

    @Test func `no file has 400 lines`() {
        for file in Self.all {
            #expect(file.text.utf8.count { $0 == UInt8(ascii: "\n") } < 400, "\(file.path)")
        }
    }

    /// Foundation costs every start of the program some 20 ms.
    @Test func `nothing that is shipped imports Foundation`() {
        for file in Self.sources { #expect(!file.imports.contains("Foundation"), "\(file.path)") }
    }

    @Test func `only rooms that touch C go round the compiler's checks`() {
        let words = ["try!", "fatalError", "@unchecked Sendable", "nonisolated(unsafe)"]
        let rooms = ["Sources/Git/", "Sources/Manifests/"]
        for file in Self.sources where !rooms.contains(where: { file.path.hasPrefix($0) }) {
            for word in words { #expect(!file.code.contains(word), "\(file.path): \(word)") }
        }
    }

    @Test func `no file is named after what it does not know`() {
        // Debts, to be paid and never to grow.
        let debts: Set = ["CommonOptions.swift"]
        let names = Set(Self.all.map(\.name)).subtracting(debts)
        for name in names {
            #expect(
                !name.contains(#/^(Utils?|Utilities|Helpers?|Common|Misc)|(Utils?|Utilities|Helpers?)\.swift$/#),
                "\(name)")
        }
    }

    @Test func `nothing names a place of one developer's machine`() throws {
        let places = [#/(?<!\w)/(home|root|Users)/\w+/#]
        for file in Self.sources {
            for place in places { #expect(!file.code.contains(place), "\(file.path)") }
        }
    }
}
