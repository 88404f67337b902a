import Foundation
import Testing

/// A plug-in is one file, one test file, and one line in `BuiltIns.swift`, or `BuiltInChecks.swift`.
struct PluginTests {
    struct Plugin: CustomStringConvertible {
        let room: String
        let kind: String
        let name: String
        let file: House.File

        var description: String { "\(room)/\(name)" }
    }

    /// Found by what they conform to, not by a list that could be forgotten.
    static let all: [Plugin] = [
        ("Checks", "Check"), ("Targets", "Target"), ("Monitors", "Probe"), ("Forges", "Forge"),
        ("Notifiers", "Notifier"), ("Engines", "Engine"),
    ].flatMap { room, kind in
        let files = (try? House.swiftFiles(below: "Sources/\(room)")) ?? []
        return files.flatMap { file in
            file.code.matches(of: #/(?m)^public struct (\w+): ([\w, ]+?) \{/#).compactMap { match in
                let conforms = match.2.split(separator: ", ").contains { $0 == kind }
                return conforms ? Plugin(room: room, kind: kind, name: String(match.1), file: file) : nil
            }
        }
    }

    @Test func `there are plug-ins of every kind`() {
        #expect(Set(Self.all.map(\.kind)) == ["Check", "Target", "Probe", "Forge", "Notifier", "Engine"])
    }

    @Test(arguments: all) func `its file and its test file have its name`(plugin: Plugin) {
        #expect(plugin.file.path == "Sources/\(plugin.room)/\(plugin.name).swift")
        let test = "Tests/\(plugin.room)Tests/\(plugin.name)Tests.swift"
        #expect(FileManager.default.fileExists(atPath: House.root.appending(path: test).path()), "\(test)")
    }

    @Test func `every built-in is named in a list, and nothing else is`() throws {
        let text = try House.text("Sources/martlet/BuiltIns.swift") + House.text("Sources/Checks/BuiltInChecks.swift")
        let named = text.matches(of: #/(?m)^ +(\w+)\.self,?$/#).map { String($0.1) }
        let there = Set(Self.all.map(\.name))
        #expect(there.subtracting(named) == [], "these plug-ins are in no list")
        #expect(Set(named).subtracting(there) == [], "these are no plug-ins")
    }

    /// `SandboxFolder` is tested by `SandboxTests`; a failure by the tests of what fails.
    @Test func `every public type of the engines has a test file`() throws {
        let tested = try House.names(in: "Tests/EnginesTests").filter { $0.hasSuffix("Tests.swift") }.map {
            $0.dropLast(11)
        }
        for file in try House.swiftFiles(below: "Sources/Engines") {
            for match in file.code.matches(of: #/(?m)^public (?:struct|enum|actor|final class) (\w+)/#)
            where !match.1.hasSuffix("Failure") {
                let isTested = tested.contains { match.1.hasPrefix($0) }
                #expect(isTested, "\(file.path): \(match.1)")
            }
        }
    }
}
