import ControlLoop
import Domain
import Foundation
import TestSupport
import Testing

/// What stands when `refs/martlet/requests` is lost.
struct RequestRecoveryTests {
    private static let record = "refs/martlet/requests"

    @Test func `a record that is lost while the controller runs is written again, whole`() async throws {
        try await withRequests(models: ["a", "b"]) { stage in
            for model in ["a", "b"] { try stage.push(model, score: 0.8) }
            try await stage.settle()
            let before = try git("rev-parse", "\(Self.record)^{tree}", in: stage.repository.origin)
            try lose(stage)
            try await stage.settle()
            #expect(try git("rev-parse", "\(Self.record)^{tree}", in: stage.repository.origin) == before)
        }
    }

    @Test func `with a key, Martlet knows its own proposal by its signature, and replaces it`() async throws {
        try await withSigned { stage, _ in
            try stage.push(score: 0.8)
            try await stage.settle()
            let old = try #require(stage.head())
            try lose(stage)
            stage.restart()
            try await stage.settle()
            #expect(stage.head() == old)
            #expect(try stage.request().isOwn)
            let newer = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(stage.head() != old)
            #expect(try stage.request().moves.map(\.new.revision) == [newer])
        }
    }

    @Test(arguments: [Forgery.unsigned, .signedByAStranger, .anothersProposal, .mergedCommit])
    func `what only looks like Martlet's own counts as a person's`(_ forgery: Forgery) async throws {
        try await withSigned { stage, keys in
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            let own = try #require(stage.head())
            let forged = try forgery.make(of: own, stage, keys)
            try lose(stage)
            stage.restart()
            try await stage.settle()
            #expect(try stage.request(forgery.environment).head == forged)
            #expect(try !stage.request(forgery.environment).isOwn)
            try stage.push(score: 0.9)
            try await stage.settle()
            #expect(stage.head(forgery.environment) == forged)
            #expect(try stage.request(forgery.environment).state != .open)
            #expect(try stage.pin("production") != version)
        }
    }

    @Test func `without a key a proposal that the record does not know is nobody's to replace`() async throws {
        try await withRequests { stage in
            try stage.push(score: 0.8)
            try await stage.settle()
            let head = try #require(stage.head())
            try lose(stage)
            stage.restart()
            try await stage.settle()
            #expect(try !stage.request().isOwn)
            try stage.push(score: 0.9)
            try await stage.settle()
            #expect(stage.head() == head)
            #expect(try stage.request().state == .superseded)
        }
    }

    @Test(arguments: [false, true])
    func `what a person has closed stays closed, by the notes`(_ byHand: Bool) async throws {
        try await withRequests { stage in
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            if byHand {
                let unit = Unit(environment: "production", model: "tumor")
                _ = try await stage.another().closeByHand(unit, reason: "not now")
            } else {
                try git("update-ref", "-d", "refs/heads/promote/production/tumor", in: stage.repository.origin)
            }
            if byHand { try await stage.settle() }
            try lose(stage)
            stage.restart()
            try await stage.wait(.seconds(3601), step: .seconds(1200))
            #expect(stage.head() == nil)
            #expect(try stage.pin("production") == nil)
            #expect(try stage.request().state == .closed)
            #expect(try stage.request().reason == (byHand ? "not now" : "its branch was deleted"))
            #expect(try stage.request().moves.map(\.new.revision) == [version])
            let newer = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.request().moves.map(\.new.revision) == [newer])
            #expect(stage.head() != nil)
        }
    }

    @Test func `a repository that has lost its notes as well begins anew`() async throws {
        try await withRequests { stage in
            let version = try stage.push(score: 0.8)
            try await stage.settle()
            try lose(stage)
            try git("update-ref", "-d", "refs/notes/martlet", in: stage.repository.origin)
            stage.restart()
            try await stage.wait(.seconds(3601), step: .seconds(1200))
            #expect(try stage.pin("production") == version)
            #expect(try stage.request().state == .merged)
        }
    }

    private func lose(_ stage: Stage) throws { try git("update-ref", "-d", Self.record, in: stage.repository.origin) }

    private func withSigned(_ body: (Stage, SigningKeys) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            try await withSigningKeys(in: folder) { keys in
                try keys.makeSSH("martlet", "eve")
                let stage = try Stage(in: folder, [.dev, Stage.requested], gate: "  soakFor: 1h") {
                    try? $0.sign(with: keys.path("martlet"))
                }
                try await body(stage, keys)
            }
        }
    }
}

/// How a stranger makes a head look like Martlet's.
enum Forgery: Sendable {
    /// The same words and names, without a signature.
    case unsigned
    case signedByAStranger
    /// Martlet's own commit, as the request of another deployment.
    case anothersProposal
    /// A commit of Martlet's on the branch, which proposes nothing.
    case mergedCommit

    var environment: String { self == .anothersProposal || self == .mergedCommit ? "dev" : "production" }

    /// Puts it at the origin and returns it.
    func make(of own: ObjectID, _ stage: Stage, _ keys: SigningKeys) throws -> ObjectID {
        let origin = stage.repository.origin
        let text = try git("cat-file", "commit", "\(own)", in: origin)
        let forged: ObjectID
        switch self {
        case .anothersProposal: forged = own
        case .mergedCommit: forged = try stage.tip()
        case .unsigned: forged = try write(Self.withoutSignature(text) + "\n", origin)
        case .signedByAStranger:
            let bare = Self.withoutSignature(text) + "\n"
            let signature = try keys.signSSH(Array(bare.utf8), with: "eve").split(separator: "\n")
            let (header, message) = try Self.parts(bare)
            forged = try write(
                header + "\ngpgsig " + signature.joined(separator: "\n ") + "\n\n" + message, origin)
        }
        try git("update-ref", "refs/heads/promote/\(environment)/tumor", "\(forged)", in: origin)
        return forged
    }

    private func write(_ text: String, _ origin: String) throws -> ObjectID {
        try id(git("hash-object", "-t", "commit", "-w", "--stdin", in: origin, input: text))
    }

    private static func parts(_ commit: String) throws -> (String, String) {
        let blank = try #require(commit.range(of: "\n\n"))
        return (String(commit[..<blank.lowerBound]), String(commit[blank.upperBound...]))
    }

    private static func withoutSignature(_ commit: String) -> String {
        var isInside = false, kept: [Substring] = []
        for line in commit.split(separator: "\n", omittingEmptySubsequences: false) {
            isInside = line.hasPrefix("gpgsig ") || isInside && line.hasPrefix(" ")
            if !isInside { kept.append(line) }
        }
        return kept.joined(separator: "\n")
    }
}
