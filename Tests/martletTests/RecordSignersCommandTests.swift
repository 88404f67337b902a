import Foundation
import TestSupport
import Testing

/// Records that have to be signed, as people meet them on the command line.
struct RecordSignersCommandTests {
    private func withSigned(_ body: (House, SigningKeys, [String: String]) throws -> Void) async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try await withSigningKeys(in: URL(filePath: house.folder)) { keys in
                try keys.makeSSH("martlet", "eve")
                try house.askForSignatures(keys)
                try house.push(right: 9)
                try house.reconcile(environment: House.signing(keys))
                try body(house, keys, House.signing(keys))
            }
        }
    }

    @Test func `forged records are shown as nothing, and accepted by whoever has the key`() async throws {
        try await withSigned { house, _, signing in
            let good = try #require(try house.pin("dev"))
            try house.forge("status") { $0.replacing("healthy", with: "forged") }
            let bad = try house.push(right: 3)
            let status = try house.martlet(["status", "-C", house.origin])
            #expect(status.output.contains("unknown") && !status.output.contains("forged"), "\(status)")
            #expect(status.output.contains("refs/martlet/status is not believed"), "\(status)")
            let why = try house.martlet(["why", "tumor", "dev", "-C", house.origin])
            #expect(why.output.contains("blocked by person records: refs/martlet/status is not believed"), "\(why)")
            #expect(why.output.contains("martlet reconcile --accept-records"))
            let closed = try house.martlet(["reconcile", "-C", house.origin], environment: signing)
            #expect(closed.code == 1 && closed.errors.contains("its newest commit"), "\(closed)")
            let strange = try house.martlet(["reconcile", "--accept-records", "-C", house.origin])
            #expect(strange.code != 0 && strange.errors.contains("MARTLET_SIGNING_KEY"), "\(strange)")
            let accepted = try house.martlet(
                ["reconcile", "--accept-records", "-C", house.origin], environment: signing)
            #expect(
                accepted.code == 0 && accepted.errors.contains("accepted refs/martlet/status as it is"), "\(accepted)")
            #expect(try house.pin("dev") == good && good != bad)
            #expect(try house.martlet(["status", "-C", house.origin]).output.contains("forged"))
        }
    }

    @Test func `forged evidence is in no card, score or check`() async throws {
        try await withSigned { house, _, _ in
            let card = try house.martlet(["card", "tumor", "-C", house.origin])
            #expect(card.code == 0 && card.output.contains("infra.quality-gate"), "\(card)")
            try house.forge("evidence") { $0.replacing("accuracy", with: "forged") }
            for command in [["card", "tumor"], ["score", "tumor"], ["check", "tumor"]] {
                let run = try house.martlet(command + ["-C", house.origin])
                #expect(!run.output.contains("forged"), "\(command) \(run)")
            }
            let forged = try house.martlet(["card", "tumor", "-C", house.origin])
            #expect(forged.errors.contains("refs/martlet/evidence is not believed"), "\(forged)")
        }
    }

    @Test func `the server's hook lets in only what is signed`() async throws {
        try await withSigned { house, _, signing in
            try #require(house.martlet(["hook", "install", "--server", "-C", house.origin]).code == 0)
            let before = try git("for-each-ref", "refs/martlet", in: house.origin)
            let failure = #expect(throws: GitProgramFailure.self) {
                try house.forge("evidence", environment: house.hookEnvironment) { $0 + "\n" }
            }
            #expect(failure?.words.contains("is not signed; only Martlet writes it") == true, "\(failure?.words ?? "")")
            #expect(try git("for-each-ref", "refs/martlet", in: house.origin) == before)
            // What Martlet pushes through the same hook comes in.
            let version = try house.push(right: 8)
            let run = try house.martlet(["reconcile", "-C", "file://\(house.origin)"], environment: signing)
            #expect(run.code == 0, "\(run)")
            #expect(try house.pin("dev") == version)
        }
    }

    @Test func `validate says whose key it is that signs here, where it does not count`() async throws {
        try await withSigned { house, keys, signing in
            let good = try house.martlet(["validate"], environment: signing)
            #expect(good.code == 0 && good.output == "All manifests are valid.\n", "\(good)")
            let other = try house.martlet(["validate"], environment: ["MARTLET_SIGNING_KEY": keys.path("eve")])
            #expect(
                other.code == 0 && other.output.hasPrefix("martlet.yaml:6:18: warning: recordSigners: the key of"),
                "\(other)")
            try house.write("", to: "allowed_signers")
            let dangling = try house.martlet(["validate"])
            #expect(
                dangling.code == 1 && dangling.output.contains("recordSigners: 'martlet@example.com' is not in"),
                "\(dangling)")
        }
    }
}

extension House {
    static func signing(_ keys: SigningKeys) -> [String: String] { ["MARTLET_SIGNING_KEY": keys.path("martlet")] }

    /// Lets the repository ask that Martlet's records are signed by the key `martlet`.
    func askForSignatures(_ keys: SigningKeys) throws {
        try commit([
            "allowed_signers": keys.line("martlet", as: "martlet@example.com"),
            "martlet.yaml":
                "apiVersion: martlet.dev/v1\nkind: Repository\nmetadata: {name: m}\nspec:\n  branch: main\n"
                + "  recordSigners: [martlet@example.com]\n",
        ])
    }

    /// Somebody who may push changes each file of a record.
    fileprivate func forge(
        _ record: String, environment: [String: String] = [:], _ change: (String) throws -> String
    ) throws {
        let reference = "refs/martlet/\(record)", index = ["GIT_INDEX_FILE": "\(folder)/forged.index"]
        try git("fetch", "--quiet", "origin", "+refs/martlet/*:refs/martlet/*", in: work)
        try git("read-tree", reference, in: work, environment: index)
        for file in try git("ls-tree", "-r", "--name-only", reference, in: work).split(separator: "\n") {
            let text = try change(git("show", "\(reference):\(file)", in: work))
            let blob = try git("hash-object", "-w", "--stdin", in: work, input: text)
            try git("update-index", "--cacheinfo", "100644,\(blob),\(file)", in: work, environment: index)
        }
        let tree = try git("write-tree", in: work, environment: index)
        let message = try git("log", "-1", "--format=%B", reference, in: work)
        let commit = try git("commit-tree", tree, "-p", reference, in: work, input: message)
        try git("push", "--quiet", "origin", "\(commit):\(reference)", in: work, environment: environment)
    }
}
