import Domain
import Foundation
import Git
import TestSupport
import Testing

@testable import ControlLoop

/// A stage whose Martlet signs its records, in a repository that lets everybody push them.
struct RecordStage {
    let stage: Stage
    let keys: SigningKeys

    static let martlet = "martlet@example.com"

    /// `martlet.yaml`, and who may sign: by default Martlet's records need its signature. Eve may sign other things.
    func setUp(signers: [String] = [martlet], allowed: String? = nil, _ more: String = "") throws {
        let list = try allowed ?? keys.line("martlet", as: Self.martlet) + keys.line("eve", as: "eve@example.com")
        let asked = signers.isEmpty ? "" : "  recordSigners: [\(signers.joined(separator: ", "))]\n"
        let settings =
            "apiVersion: martlet.dev/v1\nkind: Repository\nmetadata: {name: m}\nspec:\n  branch: main\n\(asked)\(more)"
        try stage.commit(["allowed_signers": list, "martlet.yaml": settings], message: "settings")
    }

    /// Somebody who may push writes into a record: `change` gets the text of each of its files whose path begins so.
    func forge(
        _ record: String, _ path: String, signedBy key: String? = nil, _ change: (String) throws -> String
    ) throws {
        let (repository, reference) = (stage.repository, "refs/martlet/\(record)")
        let index = ["GIT_INDEX_FILE": "\(stage.folder)/forged.index"]
        try repository.git("fetch", "--quiet", "origin", "+refs/martlet/*:refs/martlet/*")
        try repository.git("read-tree", reference, environment: index)
        for file in try repository.git("ls-tree", "-r", "--name-only", reference).split(separator: "\n")
        where file.hasPrefix(path) {
            let text = try change(repository.git("show", "\(reference):\(file)"))
            let blob = try repository.git("hash-object", "-w", "--stdin", input: text)
            try repository.git("update-index", "--cacheinfo", "100644,\(blob),\(file)", environment: index)
        }
        let tree = try repository.git("write-tree", environment: index)
        let sign = key.map { ["-c", "gpg.format=ssh", "-c", "user.signingKey=\(keys.path($0))"] } ?? []
        let date = ["GIT_COMMITTER_DATE": "\(stage.clock.now.seconds) +0000"]
        let commit = try git(
            sign + ["commit-tree", tree, "-p", reference] + (key == nil ? [] : ["-S"]), in: repository.work,
            input: stage.message(reference), environment: date)
        try repository.git("push", "--quiet", "origin", "\(commit):\(reference)")
    }

    /// Lets evidence say that everything passed.
    func forgeEvidence(signedBy key: String? = nil) throws {
        try forge("evidence", "tumor/", signedBy: key) { $0.replacing("\"fail\"", with: "\"pass\"") }
    }

    /// Whether git finds Martlet's signature on a commit or tag of the origin.
    func isSigned(_ revision: String, by key: String = "martlet", isTag: Bool = false) throws -> Bool {
        let file = "\(stage.folder)/allowed.\(key)"
        try Data(keys.line(key, as: "somebody").utf8).write(to: URL(filePath: file))
        let verify = isTag ? ["tag", "-v", revision] : ["verify-commit", revision]
        let arguments = ["-c", "gpg.format=ssh", "-c", "gpg.ssh.allowedSignersFile=\(file)"] + verify
        return (try? git(arguments, in: stage.repository.origin)) != nil
    }

    var records: [String] {
        get throws {
            try git("for-each-ref", "--format=%(refname)", "refs/martlet", "refs/notes", in: stage.repository.origin)
                .split(separator: "\n").map(String.init)
        }
    }

    /// Another controller on the same repository, with another key or none.
    func controller(signingWith key: String?, _ change: (inout Controller.Options) -> Void = { _ in }) throws
        -> Controller
    {
        var surroundings = stage.surroundings
        if let key {
            try surroundings.sign(with: keys.path(key))
        } else {
            surroundings.sign = { head, _ in head }
            surroundings.ownNames = { _ in [] }
        }
        var options = Controller.Options()
        change(&options)
        return Controller(surroundings, branch: "main", options: options)
    }

    /// What a person does who has looked at the records and has Martlet's key.
    func accept() async throws {
        let controller = try controller(signingWith: "martlet") { $0.acceptsRecords = true }
        #expect(try await controller.settle(limit: 50))
    }

    /// The words of those blockers that call a person.
    func calls(_ environment: String = "dev") async throws -> [String] {
        try await stage.why(environment).blockers.filter { $0.kind == .person && $0.name == "records" }.map(\.reason)
    }
}

/// Lends a stage whose controller has the key `martlet`; nothing is asked for yet.
func withRecordStage(
    _ environments: [EnvironmentText] = [.dev, .staging], gate: String = "", way: Stage.Way = .sameStore,
    hooks: (inout Surroundings) -> Void = { _ in }, isolation: isolated (any Actor)? = #isolation,
    _ body: (RecordStage) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        try await withSigningKeys(in: folder) { keys in
            try keys.makeSSH("martlet", "second", "eve")
            let stage = try Stage(in: folder, environments, gate: gate, way: way) { surroundings in
                try? surroundings.sign(with: keys.path("martlet"))
                hooks(&surroundings)
            }
            try await body(RecordStage(stage: stage, keys: keys))
        }
    }
}
