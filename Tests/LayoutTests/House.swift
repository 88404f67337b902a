import Foundation

/// The project's own files, as they lie in the folder that the tests were built from.
enum House {
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent()

    /// One file, by its path in the project.
    struct File: Sendable {
        let path: String
        let text: String

        var name: String { String(path.split(separator: "/").last ?? "") }

        /// The text without comments, so that a rule may be spoken of.
        var code: String {
            text.split(separator: "\n", omittingEmptySubsequences: false).filter {
                !$0.drop { $0 == " " }.hasPrefix("//")
            }.joined(separator: "\n")
        }

        var imports: Set<String> {
            let pattern = #/(?m)^(?:@\w+ )*(?:public |internal |package |fileprivate |private )?import (\w+)/#
            return Set(text.matches(of: pattern).map { String($0.1) })
        }
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path()).filter {
            !$0.hasPrefix(".")
        }.sorted()
    }

    /// The files below a folder, by their paths in the project.
    static func paths(below folder: String, ending: String = "") -> [String] {
        let files = FileManager.default.enumerator(atPath: root.appending(path: folder).path())
        return (files?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(ending) }.map { "\(folder)/\($0)" }
            .sorted()
    }

    static func swiftFiles(below folder: String) throws -> [File] {
        try paths(below: folder, ending: ".swift").map { File(path: $0, text: try text($0)) }
    }

    /// The folders of `Sources`.
    static let rooms: [String] = (try? names(in: "Sources")) ?? []
}
