import Domain
import Foundation
import TestSupport
import Testing

@testable import Forges

struct GitHubTests {
    @Test func `counts the last word of each person, for the head alone`() async throws {
        try await withForge("github", config: ["page": 3]) { stage in
            let old = try stage.head
            _ = try await stage.client().show(stage.presentation(), using: stage.tools)
            let new = try stage.push("version: 3\n")
            let said: [(String, String, ObjectID?)] = [
                ("anna", "APPROVED", old), ("bert", "APPROVED", new), ("cleo", "APPROVED", new),
                ("cleo", "CHANGES_REQUESTED", new), ("dora", "approved", new), ("dora", "COMMENTED", new),
                ("emil", "DISMISSED", new), ("finn", "APPROVED", nil), ("martlet-bot", "APPROVED", new),
            ]
            for (person, state, commit) in said {
                try await stage.control(
                    "reviews",
                    ["person": .string(person), "state": .string(state), "commit": JSON(commit?.description)])
            }
            let found = try await stage.client().look(for: ForgeStage.query, using: stage.tools)
            let request = try #require(found.first)
            #expect(request.head == new)
            #expect(request.approvals(of: new).map(\.person) == ["bert", "dora"])
            #expect(request.objections.map(\.person) == ["cleo"])
        }
    }

    @Test func `a full page that has not changed does not hide the next one`() async throws {
        try await withForge("github", config: ["page": 100]) { stage in
            _ = try await stage.client().show(stage.presentation(), using: stage.tools)
            let head = JSON.string(try stage.head.description), client = try stage.client()
            for number in 1...100 {
                try await stage.control(
                    "reviews", ["person": .string("p\(number)"), "state": "COMMENTED", "commit": head])
            }
            _ = try await client.look(for: ForgeStage.query, using: stage.tools)
            try await stage.control("reviews", ["person": "cleo", "state": "CHANGES_REQUESTED", "commit": head])
            let request = try await client.look(for: ForgeStage.query, using: stage.tools).first
            #expect(request?.objections.map(\.person) == ["cleo"])
        }
    }

    @Test func `much that is written comes a second apart`() async throws {
        try await withForge("github") { stage in
            let client = try stage.client()
            for number in 1...6 {
                let statuses = (1...5).map { RequestPresentation.Status("s\($0)", .pending, "round \(number)") }
                _ = try await client.show(stage.presentation(statuses: statuses), using: stage.tools)
            }
            let writes = try await stage.writes().count
            #expect(writes == 32 && stage.pauses.all == (1...12).map { Duration.seconds($0) }, "\(stage.pauses.all)")
        }
    }

    @Test func `an app proves who it is, and says with check runs what a token says with statuses`() async throws {
        let folder = try ScratchFolder()
        let pem = try appKey(in: folder)
        try await withForge("github") { stage in
            let tools = stage.tools(["APP_KEY": pem])
            let client = try stage.client(["token": .null, "app": ["id": "42", "key": ["env": "APP_KEY"]]])
            for state in [RequestPresentation.Status.State.pending, .failure, .success] {
                let status = RequestPresentation.Status("martlet/production", state, "model.slices | <b>")
                _ = try await client.show(stage.presentation(statuses: [status]), using: tools)
            }
            let runs = try await stage.state("runs")
            #expect(runs.count == 1 && runs[0]["conclusion"] == "success" && runs[0]["status"] == "completed")
            #expect(runs[0]["output"]?["summary"]?.string?.contains("<b>") == false)
            // The proof is one that GitHub would take: RS256 with the app's key, checked by openssl's other half.
            let proof = try #require(
                try await stage.log().first { $0["path"] == "/repos/acme/models/installation" }?["headers"]?[
                    "authorization"]?
                    .string?.dropFirst(7))
            try verify(String(proof), folder)
            let tokens = try await stage.log().filter { $0["path"]?.string?.hasSuffix("access_tokens") == true }
            #expect(tokens.count == 1, "the token is good for an hour")
            #expect(tokens[0]["body"]?.string == #"{"repositories":["models"]}"#)
        }
    }

    @Test func `a check run that has ended is not begun again: a new one stands for what waits once more`() async throws
    {
        let folder = try ScratchFolder()
        let pem = try appKey(in: folder)
        try await withForge("github") { stage in
            let tools = stage.tools(["APP_KEY": pem])
            let client = try stage.client(["token": .null, "app": ["id": "42", "key": ["env": "APP_KEY"]]])
            for state in [RequestPresentation.Status.State.success, .pending, .pending, .failure, .success, .pending] {
                let status = RequestPresentation.Status("martlet", state, "approval production")
                _ = try await client.show(stage.presentation(statuses: [status]), using: tools)
            }
            let runs = try await stage.state("runs")
            #expect(runs.map { $0["status"]?.string } == ["completed", "completed", "in_progress"])
            #expect(runs.map { $0["conclusion"]?.string } == ["success", "success", nil])
            #expect(try await stage.problems() == [])
        }
    }

    private func verify(_ proof: String, _ folder: ScratchFolder) throws {
        let parts = proof.split(separator: ".").map(String.init)
        #expect(parts.count == 3)
        func bytes(_ text: String) throws -> [UInt8] {
            let plain = text.replacing("-", with: "+").replacing("_", with: "/")
            return try #require(Base64.bytes(plain + String(repeating: "=", count: (4 - plain.count % 4) % 4)))
        }
        #expect(try JSON(parsing: try bytes(parts[0])) == ["alg": "RS256", "typ": "JWT"])
        let claims = try JSON(parsing: try bytes(parts[1]))
        #expect(claims["iss"] == "42")
        #expect((claims["exp"]?.int ?? 0) - (claims["iat"]?.int ?? 0) == 600)
        try Data(try bytes(parts[2])).write(to: URL(filePath: folder.path + "/signature"))
        try Data("\(parts[0]).\(parts[1])".utf8).write(to: URL(filePath: folder.path + "/signed"))
        let script =
            "openssl pkey -in app.pem -pubout -out pub.pem && openssl dgst -sha256 -verify pub.pem -signature signature signed"
        let ended = try spawn(["/bin/sh", "-c", script], environment: ["PATH": "/usr/bin:/bin"], folder: folder.path)
        #expect(ended.code == 0, "\(String(decoding: ended.errors, as: UTF8.self))")
    }

    @Test func `an app that is not installed there is told as that`() async throws {
        let folder = try ScratchFolder()
        let pem = try appKey(in: folder)
        try await withForge("github") { stage in
            try await stage.control("faults", [["path": "/installation$", "status": 404, "body": "{}"]])
            let client = try stage.client(["token": .null, "app": ["id": "Iv42", "key": ["env": "APP_KEY"]]])
            let failure = await #expect(throws: ForgeFailure.self) {
                _ = try await client.show(stage.presentation(), using: stage.tools(["APP_KEY": pem]))
            }
            #expect(failure?.description.contains("the GitHub App Iv42 is not installed on acme/models") == true)
            #expect(failure?.remedy == .askHuman)
        }
    }

    @Test func `a key that is none is told without showing it`() async throws {
        try await withForge("github") { stage in
            let client = try stage.client(["token": .null, "app": ["id": "42", "key": ["env": "APP_KEY"]]])
            let failure = await #expect(throws: ForgeFailure.self) {
                _ = try await client.show(stage.presentation(), using: stage.tools(["APP_KEY": "super-secret"]))
            }
            #expect(failure?.reason == .noSecret && failure?.description.contains("super-secret") == false)
        }
    }

    @Test func `lists that have not changed cost nothing`() async throws {
        try await withForge("github") { stage in
            let client = try stage.client()
            _ = try await client.show(stage.presentation(), using: stage.tools)
            let first = try await client.look(for: ForgeStage.query, using: stage.tools)
            let second = try await client.look(for: ForgeStage.query, using: stage.tools)
            #expect(first == second && first.count == 1)
            let conditional = try await stage.log().filter { $0["headers"]?["if-none-match"] != nil }
            #expect(conditional.count > 0)
        }
    }

    /// Version 2026-03-10 drops fields; what is read must be in both descriptions.
    @Test func `reads nothing that the next version of the interface drops`() async throws {
        try await withTemporaryRepository(files: ["a": "1"]) { repository in
            let stage = try ForgeStage("github", repository, description: "github-2026-03-10")
            let presentation = try stage.presentation(.merge(title: "Promote", message: ""))
            let merged = try await stage.client().show(presentation, using: stage.tools)
            #expect(merged?.merged != nil)
            #expect(try await stage.problems() == [])
        }
    }

    /// A private key as GitHub gives it to an app.
    private func appKey(in folder: ScratchFolder) throws -> String {
        let made = try spawn(
            ["openssl", "genrsa", "-out", folder.path + "/app.pem", "2048"], environment: ["PATH": "/usr/bin:/bin"])
        #expect(made.code == 0)
        return String(decoding: try folder.bytes(of: "app.pem"), as: UTF8.self)
    }
}
