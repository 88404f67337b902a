import Domain
import Foundation
import TestSupport
import Testing

/// `martlet init`, and what becomes of what it writes.
struct InitTests {
    @Test func `in a repository that is there, its branch is the protected one`() async throws {
        try await withHouse(rooms: []) { house in
            let folder = house.folder + "/begun"
            try git("init", "--quiet", "-b", "master", folder)
            let run = try house.martlet(["init"], in: folder)
            #expect(run.code == 0 && run.errors.isEmpty, "\(run)")
            try git("add", ".", in: folder)
            try git("commit", "--quiet", "-m", "Start", in: folder)
            for command in [["status"], ["plan"], ["validate"]] {
                #expect(try house.martlet(command, in: folder).code == 0, "\(command)")
            }
            let settings = try String(contentsOfFile: folder + "/martlet.yaml", encoding: .utf8)
            #expect(settings.contains("\n  branch: \"master\" "), "\(settings)")
            #expect(try house.martlet(["init", "--help"]).output.contains("git init -b main"))
        }
    }

    @Test func `programs are told what was written, and what was there`() async throws {
        try await withHouse(rooms: []) { house in
            let folder = house.folder + "/begun"
            func answer(_ arguments: [String]) throws -> JSON {
                try JSON(parsing: Array(house.martlet(arguments + ["--output", "json"]).output.utf8))
            }
            let first = try answer(["init", folder]), second = try answer(["init", folder])
            #expect(first["written"]?.array?.contains(.string(folder + "/martlet.yaml")) == true)
            #expect(first["kept"] == [] && first["branch"] == "main")
            #expect(second["branch"] == .null && second["written"] == [] && second["kept"] == first["written"])
            try git("init", "--quiet", folder)
            let hooks = try answer(["hook", "install", "-C", folder]),
                again = try answer(["hook", "install", "-C", folder])
            #expect(hooks["installed"]?.array?.count == 3 && hooks["present"] == [])
            #expect(again["installed"] == [] && again["present"] == hooks["installed"])
        }
    }

    @Test func `no folder, and a repository's own files, are no place for manifests`() async throws {
        try await withHouse(rooms: []) { house in
            let empty = try house.martlet(["init", ""])
            #expect(empty.code == 2 && empty.errors.contains("no name"), "\(empty)")
            let bare = house.folder + "/bare.git", work = house.folder + "/begun"
            try git("init", "--quiet", "--bare", bare)
            try git("init", "--quiet", work)
            for place in [bare, bare + "/inner", work + "/.git", work + "/.git/x"] {
                let run = try house.martlet(["init", place])
                #expect(run.code == 2 && run.errors.contains("a repository's own files"), "\(place) \(run)")
                #expect(!FileManager.default.fileExists(atPath: place + "/martlet.yaml"))
            }
        }
    }

    @Test func `Git keeps every byte of tables, so that their digests stay right`() async throws {
        try await withHouse(rooms: []) { house in
            let folder = house.folder + "/begun", table = "a,b\r\n1,2\r\n"
            #expect(try house.martlet(["init", folder]).code == 0)
            try git("init", "--quiet", folder)
            try Data(table.utf8).write(to: URL(filePath: folder + "/data/mine.csv"))
            try git("add", ".", in: folder)
            #expect(try git("ls-files", "--eol", "data/mine.csv", in: folder).hasPrefix("i/crlf"))
        }
    }

    @Test func `a branch that only ends like the usual ones is not taken for it`() async throws {
        try await withHouse(rooms: []) { house in
            let folder = house.folder + "/begun"
            try git("init", "--quiet", "-b", "trunk", folder)
            try git(
                "-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "--quiet", "--allow-empty", "-m", "x",
                in: folder)
            try git("branch", "user/main", in: folder)
            #expect(try house.martlet(["init"], in: folder).code == 0)
            let settings = try String(contentsOfFile: folder + "/martlet.yaml", encoding: .utf8)
            #expect(settings.contains("\n  branch: \"trunk\" "), "\(settings)")
        }
    }
}
