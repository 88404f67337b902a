import Foundation
import TestSupport
import Testing

extension House {
    /// The environment in which git runs hooks that find the binary.
    var hookEnvironment: [String: String] { ["PATH": path, "MARTLET_CACHE": folder + "/cache"] }

    @discardableResult
    func inWork(_ arguments: String...) throws -> String {
        try git(arguments, in: work, environment: hookEnvironment)
    }

    func write(_ text: String, to path: String) throws {
        let file = URL(filePath: "\(work)/\(path)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    func installHooks(server: Bool = false) throws {
        let run = try martlet(["hook", "install"] + (server ? ["--server", "-C", origin] : ["-C", work]))
        try #require(run.code == 0, "\(run)")
    }

    /// Makes a commit on top of the fetched status in which one file has another text.
    func push(status text: String, to branch: String) throws {
        let blob = try git("hash-object", "-w", "--stdin", in: work, input: text + "\n")
        let index = ["GIT_INDEX_FILE": folder + "/index"]
        try git("read-tree", "refs/martlet/status", in: work, environment: index)
        try git("update-index", "--cacheinfo", "100644,\(blob),dev/tumor.json", in: work, environment: index)
        let tree = try git("write-tree", in: work, environment: index)
        let message = try git("log", "-1", "--format=%B", "refs/martlet/status", in: work)
        let commit = try git("commit-tree", tree, "-p", "refs/martlet/status", in: work, input: message)
        try git("update-ref", branch, commit, in: work)
    }

    /// What stands for ssh: it runs the command that git would run on the other machine, so that the server's hooks run.
    func fakeSSH() throws -> [String: String] {
        let script = folder + "/other-machine"
        try Data("#!/bin/sh\nshift\nexec sh -c \"$*\"\n".utf8).write(to: URL(filePath: script))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
        return ["GIT_SSH_COMMAND": script, "GIT_SSH_VARIANT": "simple"]
    }
}

/// What git says when it fails; an empty text where it does not.
func gitRefusal(_ body: () throws -> some Any) throws -> String {
    do {
        _ = try body()
    } catch let failure as GitProgramFailure {
        return failure.words
    }
    Issue.record("it was let through")
    return ""
}
