import ControlLoop
import Domain
import Foundation
import Git
import TestSupport
import Testing

/// A stage with people who have keys. Ada, Grace and Hedy may sign; Eve has a key, too.
struct SigningStage {
    let stage: Stage
    let keys: SigningKeys

    static let people = ["ada", "grace", "hedy", "eve"]

    /// Whoever signs does so at the stage's own time.
    func moment(_ time: Timestamp?) -> [String: String] {
        let date = "\((time ?? stage.clock.now).seconds) +0000"
        return ["GIT_COMMITTER_DATE": date, "GIT_AUTHOR_DATE": date]
    }

    func identity(_ who: String) -> [String: String] {
        [
            "GIT_COMMITTER_NAME": who, "GIT_COMMITTER_EMAIL": "\(who)@example.com", "GIT_AUTHOR_NAME": who,
            "GIT_AUTHOR_EMAIL": "\(who)@example.com",
        ]
    }

    func signers(_ extra: String = "") throws -> String {
        try ["ada", "grace", "hedy"].map { try keys.line($0, as: "\($0)@example.com") }.joined() + extra
    }

    /// `git tag -s` by somebody, pushed.
    func approve(
        _ commit: ObjectID, by who: String, as name: String? = nil, of unit: String = "dev/tumor", key: String? = nil,
        at time: Timestamp? = nil, tagger: String? = nil
    ) throws {
        let tag = "approve/\(unit)/\(name ?? who)"
        try git(
            [
                "-c", "gpg.format=ssh", "-c", "user.signingKey=\(keys.path(key ?? who))", "tag", "-f", "-s", "-m",
                "I have looked at it", tag, "\(commit)",
            ], in: stage.repository.work, environment: identity(tagger ?? who).merging(moment(time)) { $1 })
        try stage.repository.git("push", "--quiet", "--force", "origin", "refs/tags/\(tag)")
    }

    /// A commit by somebody, pushed; signed where a key is named.
    @discardableResult
    func commit(_ files: [String: String], by who: String, key: String? = nil, removing gone: [String] = [])
        throws -> ObjectID
    {
        try stage.pull()
        for path in gone { try FileManager.default.removeItem(atPath: "\(stage.repository.work)/\(path)") }
        let commit = try commitHere(files, by: who, key: key)
        try stage.repository.git("push", "--quiet", "origin", "HEAD")
        return commit
    }

    /// A request by somebody, on top of the branch.
    func propose(_ files: [String: String], by who: String, on unit: String = "dev/tumor") throws -> ObjectID {
        try stage.pull()
        return try stage.onSide {
            let head = try commitHere(files, by: who, key: nil)
            try stage.repository.git("push", "--quiet", "--force", "origin", "HEAD:refs/heads/promote/\(unit)")
            return head
        }
    }

    private func commitHere(_ files: [String: String], by who: String, key: String?) throws -> ObjectID {
        for (path, text) in files { try stage.repository.write(text, to: path) }
        try stage.repository.git("add", "--all")
        let sign = key.map { ["-c", "gpg.format=ssh", "-c", "user.signingKey=\(keys.path($0))"] } ?? []
        try git(
            sign + ["commit", "--quiet", "-m", "by \(who)"] + (key == nil ? [] : ["-S"]), in: stage.repository.work,
            environment: identity(who).merging(moment(nil)) { $1 })
        return try id(stage.repository.git("rev-parse", "HEAD"))
    }

    /// A new version of the model by somebody.
    func version(by who: String, score: Double = 0.9, _ note: String = "") throws -> ObjectID {
        try commit(
            [
                "models/tumor/model.yaml": Stage.model("tumor"), "models/tumor/score.txt": "\(score)\n",
                "models/tumor/model.bin": "weights of \(score) \(note)\n",
            ], by: who)
    }

    /// What the gate of `dev` says of approvals, after the loop has gone around.
    func words() async throws -> String {
        try await stage.settle()
        return try await stage.why("dev").blockers.first { $0.kind == .approval }?.reason ?? "open"
    }
}

/// Lends a stage of one environment whose gate says `gate`, with the signers and `martlet.yaml` in place.
func withSigningStage(
    models: [String] = ["tumor"], gate: String, settings: String = "", way: Stage.Way = .sameStore,
    _ body: (SigningStage) async throws -> Void
) async throws {
    try await withStage([.dev], models: models, gate: gate, way: way) { stage in
        try await withSigningKeys(in: stage.repository.folder) { keys in
            for name in SigningStage.people { try keys.makeSSH(name) }
            let scene = SigningStage(stage: stage, keys: keys)
            try stage.commit(
                [
                    "allowed_signers": scene.signers(),
                    "martlet.yaml":
                        "apiVersion: martlet.dev/v1\nkind: Repository\nmetadata: {name: m}\nspec:\n  branch: main\n\(settings)",
                ])
            try await body(scene)
        }
    }
}

extension Surroundings {
    /// Signs as the controller does that has this key, and knows its own signature.
    mutating func sign(with path: String) throws {
        guard let store = store as? GitStore else { return }
        let key = CommitSigner.Key(path)
        let signer = try CommitSigner(store, key: key, environment: plainGitEnvironment, run: runForTests)
        sign = { head, base in try await signer.sign(head, above: base) }
        let own = OwnSignature(store, key: key, environment: plainGitEnvironment, run: runForTests)
        hasSigned = own.isOn
        ownNames = own.names
        signTag = signer.sign(tag:)
    }
}
