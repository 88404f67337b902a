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
            let lines = file.text.utf8.count { $0 == UInt8(ascii: "\n") }
            #expect(lines < 400, "\(file.path)")
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
            let found = words.filter { file.code.contains($0) }
            #expect(found == [], "\(file.path)")
        }
    }

    /// A slash and a mark that combines with it are one character, behind which a `..` hides.
    @Test func `paths are divided by bytes`() {
        for file in Self.sources {
            #expect(!file.code.contains("split(separator: \"/\""), "\(file.path): use pathParts()")
        }
    }

    /// What is longer is broken into two commands by whoever prints it, and copied so.
    @Test func `examples of commands fit into a terminal`() {
        for file in Self.sources where file.path.hasPrefix("Sources/martlet/") {
            for block in file.text.matches(of: #/discussion: """\n((?:.*\n)*?)( *)"""/#) {
                for line in block.1.split(separator: "\n") {
                    let shown = line.dropFirst(block.2.count)
                    #expect(!shown.hasPrefix("    ") || shown.count <= 80, "\(file.path): \(shown)")
                }
            }
        }
    }

    @Test func `no file is named after what it does not know`() {
        for name in Set(Self.all.map(\.name)) {
            let isVague = name.contains(
                #/^(Utils?|Utilities|Helpers?|Misc)[.+]|^Common|(Utils?|Utilities|Helpers?)\.swift$/#)
            #expect(!isVague, "\(name)")
        }
    }
}
