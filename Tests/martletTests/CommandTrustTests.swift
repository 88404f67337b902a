import Foundation
import TestSupport
import Testing

/// Whose evaluation commands run here.
struct CommandTrustTests {
    @Test func `a command that is only proposed runs where the user says so, or where a signer stands for it`()
        async throws
    {
        try await withSignedHouse { house, keys in
            let mark = house.folder + "/ran"
            func propose(_ branch: String, _ options: [String] = []) throws {
                try git("checkout", "--quiet", "-B", branch, "main", in: house.work)
                let text = Self.marking(mark)
                try Data(text.utf8).write(to: URL(filePath: house.work + "/models/tumor/model.yaml"))
                try git(
                    options + ["commit", "--quiet", "-a", "-m", branch] + (options.isEmpty ? [] : ["-S"]),
                    in: house.work)
                try git("checkout", "--quiet", "main", in: house.work)
            }
            try propose("theirs")
            let refused = try house.martlet(["check", "tumor", "--revision", "theirs"])
            #expect(refused.code == 1, "\(refused)")
            #expect((refused.output + refused.errors).contains("nobody of allowed_signers signed it"), "\(refused)")
            for look in [["card", "tumor@theirs"], ["diff", "tumor@main", "tumor@theirs"]] {
                let run = try house.martlet(look)
                #expect(run.code == 0 && run.output.contains("nobody of allowed_signers signed it"), "\(run)")
            }
            #expect(!FileManager.default.fileExists(atPath: mark))
            let asked = try house.martlet(["check", "tumor", "--revision", "theirs", "--run-commands"])
            #expect(asked.code == 0 && FileManager.default.fileExists(atPath: mark), "\(asked)")
            try FileManager.default.removeItem(atPath: mark)
            try propose("signed", Self.signing(with: keys))
            let signed = try house.martlet(["check", "tumor", "--revision", "signed"])
            #expect(signed.code == 0 && FileManager.default.fileExists(atPath: mark), "\(signed)")
        }
    }

    @Test func `who signs what lies above does not stand for what lies below`() async throws {
        try await withSignedHouse { house, keys in
            let mark = house.folder + "/ran"
            try git("checkout", "--quiet", "-B", "theirs", "main", in: house.work)
            let text = Self.marking(mark)
            try house.commit(["models/tumor/model.yaml": text], "below", push: false)
            try git(
                Self.signing(with: keys) + ["commit", "--quiet", "--allow-empty", "-S", "-m", "above"], in: house.work)
            // What is checked out is not the branch for that.
            try git("remote", "set-head", "origin", "main", in: house.work)
            let run = try house.martlet(["check", "tumor", "--revision", "theirs"])
            #expect((run.output + run.errors).contains("nobody of allowed_signers signed it"), "\(run)")
            #expect(!FileManager.default.fileExists(atPath: mark))
        }
    }

    @Test func `a command runs for what the branch or a signed parent shows, whoever made the commit`() async throws {
        try await withSignedHouse { house, keys in
            func command(_ note: String) -> String {
                House.model("tumor").replacing(
                    "evaluation: {predictions: predictions.csv}",
                    with: "evaluation: {command: [cp, predictions.csv, \"{output}\"]}  # \(note)")
            }
            func merge(_ branch: String) throws {
                try git("checkout", "--quiet", "--detach", "main", in: house.work)
                try git("merge", "--quiet", "--no-ff", "-m", "as a CI system does", branch, in: house.work)
            }
            try house.commit(["models/tumor/model.yaml": command("one")])
            try git("checkout", "--quiet", "-B", "docs", "main", in: house.work)
            try house.commit(["README.md": "x\n"], push: false)
            #expect(try house.martlet(["check", "tumor", "--revision", "docs"]).code == 0)

            for isSigned in [true, false] {
                try git("checkout", "--quiet", "-B", "topic", "main", in: house.work)
                try Data(command("two").utf8).write(to: URL(filePath: house.work + "/models/tumor/model.yaml"))
                let key = Self.signing(with: keys)
                try git(
                    (isSigned ? key : []) + ["commit", "--quiet", "-a", "-m", "two"] + (isSigned ? ["-S"] : []),
                    in: house.work)
                try git("checkout", "--quiet", "main", in: house.work)
                try house.commit(["NEWS.md": "\(isSigned)\n"])
                try merge("topic")
                let run = try house.martlet(["check", "tumor", "--branch", "main", "--revision", "HEAD"])
                #expect(run.code == (isSigned ? 0 : 1), "\(run)")
                try git("checkout", "--quiet", "main", in: house.work)
            }
        }
    }

    @Test func `a command of a check whose time is over is ended with it`() async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            let mark = house.folder + "/late"
            let command = "evaluation: {command: [sh, -c, \"sleep 5; echo x >> \(mark)\"]}"
            try house.push(right: 9)
            try house.commit([
                "models/tumor/model.yaml": House.model("tumor").replacing(
                    "evaluation: {predictions: predictions.csv}", with: command),
                "gates/g.yaml": House.gate().replacing("{check: ", with: "{timeLimit: 1s, check: "),
            ])
            let start = ContinuousClock.now
            let run = try house.martlet(["check", "tumor"])
            #expect(run.code == 3, "\(run)")
            #expect((run.output + run.errors).contains("had not ended after 1s and was stopped"), "\(run)")
            try await Task.sleep(until: start + .seconds(7))
            #expect(!FileManager.default.fileExists(atPath: mark))
        }
    }

    /// A house in which Grace may sign, and that has a version.
    private func withSignedHouse(_ body: (House, SigningKeys) throws -> Void) async throws {
        try await withHouse(rooms: [.init(name: "dev")]) { house in
            try await withSigningKeys(in: URL(filePath: house.folder)) { keys in
                try keys.makeSSH("grace")
                try house.commit(["allowed_signers": keys.line("grace", as: "grace@example.com")])
                try house.push(right: 9)
                try body(house, keys)
            }
        }
    }

    private static func signing(with keys: SigningKeys) -> [String] {
        ["-c", "gpg.format=ssh", "-c", "user.signingKey=\(keys.path("grace"))"]
    }

    /// A model whose evaluation leaves a mark where it runs.
    private static func marking(_ mark: String) -> String {
        House.model("tumor", evaluation: "{command: [sh, -c, \"echo x >> \(mark); cp predictions.csv {output}\"]}")
    }
}
