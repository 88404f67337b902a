import Foundation
import Testing

/// Keeps the rooms as the README draws them.
struct RoomTests {
    @Test func `every room has its sentence in the README, and the README names no other`() throws {
        let described = try House.text("README.md").matches(of: #/(?m)^- `([\w-]+)` — /#).map { String($0.1) }
        #expect(described.sorted() == House.rooms)
    }

    /// SwiftPM accepts an import that is reachable without being declared, and then does not rebuild the importer when the
    /// imported module changes.
    @Test func `every import is declared in Package.swift`() throws {
        let targets = try PackageManifest().targets
        let modules = Set(targets.map(\.name))
        for target in targets {
            for file in try House.swiftFiles(below: target.folder) {
                let undeclared = file.imports.intersection(modules).subtracting(target.dependencies)
                #expect(undeclared.isEmpty, "\(file.path)")
            }
        }
    }

    @Test func `every dependency that Package.swift declares is used`() throws {
        for target in try PackageManifest().targets where !target.folder.hasSuffix("Tests") && target.name != "Domain" {
            let files = try House.swiftFiles(below: target.folder)
            guard !files.isEmpty else { continue }
            let imports = files.reduce(into: Set<String>()) { $0.formUnion($1.imports) }
            let products = ["swift-argument-parser", "swift-nio"]
            let idle = target.dependencies.subtracting(imports).subtracting(products)
            #expect(idle.isEmpty, "\(target.name)")
        }
    }

    @Test func `every folder of sources and tests is a target`() throws {
        let folders = Set(try PackageManifest().targets.map(\.folder))
        let tests = try House.names(in: "Tests").filter { $0.hasSuffix("Tests") }
        let there = House.rooms.map { "Sources/\($0)" } + tests.map { "Tests/\($0)" }
        #expect(Set(there).subtracting(folders) == [])
    }

    @Test func `Domain uses no other room`() throws {
        for file in try House.swiftFiles(below: "Sources/Domain") { #expect(file.imports == [], "\(file.path)") }
    }

    @Test func `a C module is imported by one room only`() throws {
        let modules = House.rooms.filter { $0.contains(#/^C[A-Z]/#) }
        #expect(modules.contains("CLibgit2") && modules.contains("CLibyaml"))
        for module in modules {
            let users = try House.rooms.filter { room in
                try House.swiftFiles(below: "Sources/\(room)").contains { $0.imports.contains(module) }
            }
            #expect(users.count <= 1, "\(module)")
        }
    }

    @Test func `a room is used by the executable alone, or is one that others may build on`() throws {
        let foundations: Set = ["Domain", "Data", "TestSupport"]
        let targets = try PackageManifest().targets.filter {
            $0.folder.hasPrefix("Sources/") && !["martlet", "martlet-web"].contains($0.name)
        }
        let rooms = Set(targets.map(\.name)).filter { !$0.contains(#/^C[A-Z]/#) }
        for target in targets {
            let others = target.dependencies.intersection(rooms).subtracting(foundations)
            #expect(others.isEmpty, "\(target.name)")
        }
    }
}
