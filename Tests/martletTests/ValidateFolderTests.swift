import Foundation
import TestSupport
import Testing

/// `martlet validate` where a work tree holds more than manifests.
struct ValidateFolderTests {
    @Test func `a folder whose name is no UTF-8 is looked at like any other`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            for folder in ["models/tumor/im\\351ges", "caf\\351", "gates/\\351"] {
                let script = "mkdir -p \"$(printf '\(folder)')\" && echo x > \"$(printf '\(folder)/b\\351.png')\""
                let made = try spawn(["bash", "-c", script], environment: ["PATH": house.path], folder: house.work)
                try #require(made.code == 0)
            }
            let run = try house.martlet(["validate"])
            #expect(run.code == 0 && run.errors.isEmpty, "\(run)")
        }
    }

    @Test func `a folder that may not be read hides nothing else, and is spoken of where manifests may be in it`()
        async throws
    {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            try house.commit(["gates/z.yaml": "kind: Gate\n"])
            let closed = ["pgdata", "data/pg", "models/tumor/private", "a/gates"]
            defer { closed.forEach { chmod("\(house.work)/\($0)", 0o700) } }
            for folder in closed {
                try FileManager.default.createDirectory(
                    atPath: "\(house.work)/\(folder)", withIntermediateDirectories: true)
                try Self.forbid("\(house.work)/\(folder)")
            }
            let run = try Self.validate(house)
            let lines = run.output.split(separator: "\n").map(String.init)
            #expect(run.code == 1 && run.errors.isEmpty, "\(run)")
            #expect(lines.contains { $0.hasPrefix("gates/z.yaml:") && $0.contains(": error: ") }, "\(run)")
            for folder in ["data/pg", "models/tumor/private"] {
                let words = "warning: the folder cannot be read: Permission denied (manifests in it were not looked at)"
                #expect(lines.contains("\(folder):1:1: \(words)"), "\(run)")
            }
            #expect(!run.output.contains("pgdata") && !run.output.contains("a/gates"))
            try house.commit([:], removing: ["gates/z.yaml"], push: false)
            #expect(try Self.validate(house).code == 0)
        }
    }

    @Test func `a folder whose list is longer than one answer of the system is read to its end`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try house.push(right: 9)
            let names = (0..<900).map { "gates/g\($0)-" + String(repeating: "n", count: 100) + ".yaml" }
            for name in names { try house.write("kind: Gate\n", to: name) }
            let lines = try house.martlet(["validate"]).output.split(separator: "\n")
            #expect(Set(lines.compactMap { $0.split(separator: ":").first.map(String.init) }).isSuperset(of: names))
        }
    }

    @Test func `where nothing but such a folder is there, that is why`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let folder = house.folder + "/other"
            try FileManager.default.createDirectory(atPath: folder + "/models", withIntermediateDirectories: true)
            try Self.forbid(folder + "/models")
            defer { chmod(folder + "/models", 0o700) }
            let run = try Self.validate(house, at: folder)
            #expect(run.code == 3 && run.errors.contains("models:1:1: warning: the folder cannot be read"), "\(run)")
        }
    }

    private static func forbid(_ path: String) throws { try #require(chmod(path, 0) == 0) }

    /// As somebody whom the system refuses things, which it never does to root.
    private static func validate(_ house: House, at place: String? = nil) throws -> House.Run {
        var words = [House.binary, "validate", "-C", place ?? house.work]
        if geteuid() == 0 {
            words = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"] + words
        }
        let ended = try spawn(
            ["env"] + words,
            environment: House.variables.merging(["PATH": house.path, "MARTLET_CACHE": house.folder + "/cache"]) { $1 },
            folder: house.work)
        return House.Run(
            code: ended.code, output: String(decoding: ended.output, as: UTF8.self),
            errors: String(decoding: ended.errors, as: UTF8.self))
    }
}
