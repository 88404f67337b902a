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
}
