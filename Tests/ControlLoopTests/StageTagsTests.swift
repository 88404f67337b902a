import Domain
import Foundation
import TestSupport
import Testing

@testable import ControlLoop

/// The tags of GTO's grammar that tell what runs where.
struct StageTagsTests {
    private static let settings = """
        apiVersion: martlet.dev/v1
        kind: Repository
        metadata: {name: house}
        spec: {stageTags: true}

        """

    @Test func `each promotion and rollback is tagged once, on the version's commit, as GTO writes it`() async throws {
        try await withStage([.dev, .staging]) { stage in
            try stage.commit(["martlet.yaml": Self.settings])
            let first = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try tags(stage) == ["tumor#dev#1 \(first)", "tumor#staging#2 \(first)"])
            let origin = stage.repository.origin
            let text = try git("cat-file", "-p", "tumor#dev#1", in: origin)
            #expect(
                text.hasPrefix("object \(first)\ntype commit\ntag tumor#dev#1\ntagger Martlet <martlet@localhost> "))
            #expect(text.contains("\n\nAssigning stage dev to artifact tumor version \(first)"))

            let second = try stage.push(score: 0.95)
            try await stage.settle()
            try stage.revertByHand("Promote tumor \(second.short) to staging")
            try await stage.settle()
            let all = try tags(stage)
            #expect(all.count == 5)
            #expect(all.contains("tumor#dev#3 \(second)") && all.contains("tumor#staging#4 \(second)"))
            #expect(all.contains("tumor#staging#5 \(first)"))
            // GTO knows no order within a second.
            let times = try git(
                "for-each-ref", "--format=%(taggerdate:unix)", "refs/tags/tumor#staging#*", in: origin
            ).split(separator: "\n")
            #expect(Set(times).count == times.count)
            try git("fsck", "--strict", in: origin)

            // A new process finds all that is to be said said already.
            let again = try Stage(reopening: stage, way: .mirror)
            try await again.settle()
            #expect(try tags(stage) == all)
        }
    }

    @Test func `what somebody numbered or assigned by hand counts`() async throws {
        try await withStage([.dev]) { stage in
            let first = try stage.push(score: 0.9)
            try await stage.settle()
            let origin = stage.repository.origin
            let identity = ["GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b.c"]
            for tag in ["tumor#dev#7", "tumor@v1.0.0#9"] {
                try git("tag", "-a", "-m", "by hand", tag, first.description, in: origin, environment: identity)
            }
            // A lightweight one is none for GTO.
            try git("tag", "tumor#dev#30", "main", in: origin)
            try stage.commit(["martlet.yaml": Self.settings])
            try await stage.settle()
            #expect(try tags(stage).count == 2)
            let second = try stage.push(score: 0.95)
            try await stage.settle()
            #expect(try tags(stage).contains("tumor#dev#31 \(second)"))
        }
    }

    @Test func `what runs no more is taken off its stage, every version of it`() async throws {
        try await withStage([.dev]) { stage in
            try stage.commit(["martlet.yaml": Self.settings])
            let first = try stage.push(score: 0.9)
            try await stage.settle()
            let second = try stage.push(score: 0.95)
            try await stage.settle()
            try stage.commit([:], removing: ["environments/dev/tumor.yaml"])
            try await stage.settle()
            // It still runs: taking away all of an environment needs a person.
            #expect(try tags(stage).count == 2)
            stage.restart { $0.acceptsRemoval = true }
            try await stage.settle()
            let all = try tags(stage)
            #expect(all.contains("tumor#dev!#3 \(first)") && all.contains("tumor#dev!#4 \(second)"), "\(all)")
        }
    }

    @Test func `numbers that nobody can count on, and tags of what is no commit, harm nothing`() async throws {
        try await withStage([.dev], models: ["tumor", "liver"]) { stage in
            let origin = stage.repository.origin
            try git("update-ref", "refs/tags/tumor#dev#9223372036854775807", "main", in: origin)
            let identity = ["GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b.c"]
            try git("tag", "-a", "-m", "x", "tumor#dev#3", "main^{tree}", in: origin, environment: identity)
            // A file where the other model's tags would need a folder.
            try git("tag", "-a", "-m", "x", "liver#dev#1/x", "main", in: origin, environment: identity)
            try stage.commit(["martlet.yaml": Self.settings])
            let tumor = try stage.push("tumor", score: 0.9)
            _ = try stage.push("liver", score: 0.9)
            try await stage.settle()
            let all = try git("for-each-ref", "--format=%(refname:short) %(*objectname)", "refs/tags", in: origin)
            #expect(all.contains("tumor#dev#4 \(tumor)"), "\(all)")
            #expect(stage.told.contains { $0.contains("cannot tag what runs, dev/liver") }, "\(stage.told)")
        }
    }

    @Test func `a branch that was rewritten moves no tag until that is accepted`() async throws {
        try await withStage([.dev]) { stage in
            try stage.commit(["martlet.yaml": Self.settings])
            try stage.push(score: 0.9)
            try await stage.settle()
            let before = try stage.tip()
            try stage.push(score: 0.95)
            try await stage.settle()
            let all = try tags(stage)
            try git("update-ref", "refs/heads/main", before.description, in: stage.repository.origin)
            try await stage.settle()
            #expect(try tags(stage) == all)
        }
    }

    @Test func `a remote that protects its tags stops no promotion`() async throws {
        try await withStage([.dev], way: .mirror) { stage in
            let hook = stage.repository.origin + "/hooks/update"
            try Data("#!/bin/sh\ncase $1 in refs/tags/*) echo 'tags are protected' >&2; exit 1;; esac\n".utf8)
                .write(to: URL(filePath: hook))
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
            try stage.commit(["martlet.yaml": Self.settings])
            let first = try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try stage.pin("dev") == first)
            #expect(try tags(stage).isEmpty)
            #expect(stage.told.contains { $0.contains("cannot tag what runs") && $0.contains("protected") })
            // Not at every look, but each ten minutes.
            for _ in 0..<5 {
                stage.clock.advance(.seconds(31))
                try await stage.settle()
            }
            #expect(stage.told.count { $0.contains("cannot tag what runs") } == 1)
            try FileManager.default.removeItem(atPath: hook)
            stage.clock.advance(.seconds(601))
            try await stage.settle()
            #expect(try tags(stage) == ["tumor#dev#1 \(first)"])
        }
    }

    @Test func `without the setting there are no tags`() async throws {
        try await withStage([.dev]) { stage in
            try stage.push(score: 0.9)
            try await stage.settle()
            #expect(try tags(stage).isEmpty)
        }
    }

    private func tags(_ stage: Stage) throws -> [String] {
        try git("for-each-ref", "--format=%(refname:short) %(*objectname)", "refs/tags", in: stage.repository.origin)
            .split(separator: "\n").map(String.init).filter { $0.contains(" ") && !$0.hasSuffix(" ") }
    }
}
