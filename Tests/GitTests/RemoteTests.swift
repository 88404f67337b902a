import Domain
import Foundation
import Git
import TestSupport
import Testing

/// The same promises for every way to a remote, with real git at the other end.
struct RemoteTests {
    enum Way: CaseIterable {
        case path, fileURL, name, ssh, local, same
    }

    @Test(arguments: Way.allCases)
    func `looks, fetches and pushes`(way: Way) async throws {
        try await withRemote(way) { repository, store, remote in
            let first = try objectID(repository.git("rev-parse", "HEAD"))
            #expect(try await remote.references(["refs/heads/main", "refs/martlet/*"]) == ["refs/heads/main": first])
            try await remote.fetch(["refs/heads/main", "refs/martlet/*"])
            #expect(try await store.read { try $0.resolve("refs/heads/main") } == first)
            let (next, record) = try await (Self.commit(on: first, store), Self.commit(on: nil, store))
            let updates = [
                ReferenceUpdate("refs/heads/main", from: first, to: next),
                ReferenceUpdate("refs/martlet/status", from: nil, to: record),
            ]
            #expect(try await remote.push(updates) == .done)
            #expect(
                try await remote.references(["refs/*"]) == ["refs/heads/main": next, "refs/martlet/status": record])
            #expect(try git("rev-parse", "refs/martlet/status", in: repository.origin) == "\(record)")
            #expect(try await store.read { try $0.resolve("refs/martlet/status") } == record, "no fetch is needed")
            #expect(try await remote.push([]) == .done)
            #expect(try await remote.push([ReferenceUpdate("refs/martlet/status", from: record, to: nil)]) == .done)
            #expect(try await remote.references(["refs/martlet/*"]) == [:])
        }
    }

    @Test(arguments: Way.allCases)
    func `no name takes the place of another that is the same text to Unicode`(way: Way) async throws {
        try await withRemote(way) { repository, _, remote in
            let first = try objectID(repository.git("rev-parse", "HEAD"))
            let next = try objectID(repository.commitFile("a", "another"))
            let names = ["promote/K8s/a", "promote/\u{212A}8s/a", "\u{E9}", "e\u{301}"]
            for (name, id) in zip(names, [first, next, first, next]) {
                try git("update-ref", "refs/heads/\(name)", "\(id)", in: repository.origin)
            }
            #expect(
                try await remote.references(["refs/heads/promote/*"]) == [
                    "refs/heads/promote/K8s/a": first, "refs/heads/promote/%E2%84%AA8s/a": next,
                ])
            for (name, id) in [(names[2], first), (names[3], next)] {
                #expect(try await remote.references(["refs/heads/\(name)"]).map(\.value) == [id])
            }
        }
    }

    @Test(arguments: Way.allCases)
    func `a push moves all references or none, each only from where it is said to be`(way: Way) async throws {
        try await withRemote(way) { repository, store, remote in
            let first = try objectID(repository.git("rev-parse", "HEAD"))
            try await remote.fetch(["refs/heads/main"])
            let mine = try await Self.commit(on: first, store)
            let theirs = try objectID(repository.commitFile("a", "somebody was faster"))
            let updates = [
                ReferenceUpdate("refs/martlet/status", from: nil, to: mine),
                ReferenceUpdate("refs/heads/main", from: first, to: mine),
            ]
            #expect(try await remote.push(updates) == .moved)
            #expect(try await remote.references(["refs/*"]) == ["refs/heads/main": theirs])
            #expect(try await remote.push([ReferenceUpdate("refs/heads/main", from: nil, to: mine)]) == .moved)
            #expect(try await remote.push([ReferenceUpdate("refs/heads/x", from: first, to: mine)]) == .moved)
            #expect(try await remote.references(["refs/*"]) == ["refs/heads/main": theirs])
            // Not a descendant: the lease alone decides, as for a rewritten evidence history.
            #expect(try await remote.push([ReferenceUpdate("refs/heads/main", from: theirs, to: mine)]) == .done)
        }
    }

    @Test(arguments: Way.allCases.filter { $0 != .same })
    func `a hook's words come back without what could repaint a terminal`(way: Way) async throws {
        try await withRemote(way) { repository, store, remote in
            try Self.hook(
                "pre-receive", #"printf 'gates/production.yaml:3:5: \033[31mno such check\n' >&2; exit 1"#, repository)
            let first = try objectID(repository.git("rev-parse", "HEAD"))
            try await remote.fetch(["refs/heads/main"])
            let mine = try await Self.commit(on: first, store)
            guard
                case .refused(let words) = try await remote.push([
                    ReferenceUpdate("refs/heads/main", from: first, to: mine)
                ])
            else {
                Issue.record("the push was not refused")
                return
            }
            #expect(words.hasPrefix("gates/production.yaml:3:5: [31mno such check\n"))
            #expect(words.hasSuffix("\nrefs/heads/main: [remote rejected] (pre-receive hook declined)"), "\(words)")
            #expect(!words.unicodeScalars.contains("\u{1b}"))
            #expect(try await remote.references(["refs/heads/main"]) == ["refs/heads/main": first])
        }
    }

    @Test func `of an atomic push the reference is named that the server did not take`() async throws {
        try await withRemote(.fileURL) { repository, store, remote in
            try Self.hook("update", #"[ "$1" != refs/heads/main ]"#, repository)
            let first = try objectID(repository.git("rev-parse", "HEAD"))
            try await remote.fetch(["refs/heads/main"])
            let mine = try await Self.commit(on: first, store)
            let outcome = try await remote.push([
                ReferenceUpdate("refs/heads/other", from: nil, to: mine),
                ReferenceUpdate("refs/heads/main", from: first, to: mine),
            ])
            guard case .refused(let words) = outcome else {
                Issue.record("the push was not refused")
                return
            }
            #expect(words.hasSuffix("refs/heads/main: [remote rejected] (hook declined)"), "\(words)")
        }
    }

    @Test func `a shallow remote is refused as such, by whichever way it is reached`() async throws {
        try await withTemporaryRepository(files: ["a": "1"]) { repository in
            for text in ["2", "3"] { try repository.commit(["a": text]) }
            let shallow = "\(repository.folder.path())/shallow.git"
            try git("clone", "--quiet", "--bare", "--depth", "1", "file://\(repository.origin)", shallow)
            let store = try GitStore.create("\(repository.folder.path())/mirror.git")
            let remote = try GitCommandLine(
                shallow, for: store, environment: plainGitEnvironment, timeout: .seconds(60), run: runForTests)
            #expect(try await remote.references(["refs/heads/main"]).count == 1)
            for patterns in [["refs/heads/main"], ["refs/heads/main", "refs/heads/none"]] {
                let error = await #expect(throws: GitError.self) { try await remote.fetch(patterns) }
                #expect(error?.code == .unsupported && error?.remedy == .askHuman)
                #expect(error?.description.contains("it is a shallow clone, so history is missing") == true)
            }
        }
    }

    @Test(arguments: Way.allCases.filter { $0 != .same })
    func `a fetch follows rewritten, new and deleted references, and misses none that is not there`(
        way: Way
    ) async throws {
        try await withRemote(way) { repository, store, remote in
            let wanted = ["refs/heads/main", "refs/martlet/lease", "refs/martlet/status", "refs/tags/*"]
            try await remote.fetch(wanted)
            try repository.git("commit", "--quiet", "--amend", "--allow-empty", "-m", "rewritten")
            try repository.git("tag", "-a", "-m", "t", "v1")
            try repository.git("push", "--quiet", "--force", "origin", "main", "v1", "main:refs/martlet/status")
            try await remote.fetch(wanted)
            var there = try await remote.references(wanted)
            #expect(try await store.read { try $0.references(matching: "refs/*") }.count == 3)
            for (name, id) in there { #expect(try await store.read { try $0.resolve(name) } == id) }
            try repository.git("push", "--quiet", "origin", ":refs/martlet/status", ":v1")
            try await remote.fetch(wanted)
            there = try await remote.references(wanted)
            #expect(there.count == 1)
            let left = try await store.read { try $0.references(matching: "refs/*") }
            #expect(left.map(\.name) == ["refs/heads/main"])
            try await remote.fetch(["refs/heads/no-such-branch"])
            try repository.git("push", "--quiet", "origin", "main:refs/heads/promote/x")
            try await remote.fetch(["refs/heads/*"])
            try repository.git("push", "--quiet", "origin", ":promote/x")
            try repository.git("push", "--quiet", "origin", "main:refs/heads/promote/x/y")
            try await remote.fetch(["refs/heads/*"])
            let branches = try await store.read { try $0.references(matching: "refs/heads/*") }
            #expect(branches.map(\.name) == ["refs/heads/main", "refs/heads/promote/x/y"])
        }
    }

    @Test(arguments: [Way.path, .local, .same])
    func `of two that push at once from the same place one is done and one has to look again`(way: Way) async throws {
        try await withRemote(way) { repository, store, remote in
            let first = try objectID(repository.git("rev-parse", "HEAD"))
            try await remote.fetch(["refs/heads/main"])
            var tip = first
            for _ in 0..<4 {
                let start = tip
                let outcomes = try await withThrowingTaskGroup(of: (ObjectID, PushOutcome).self) { group in
                    for _ in 0..<2 {
                        group.addTask {
                            let commit = try await Self.commit(on: start, store)
                            let update = ReferenceUpdate("refs/heads/main", from: start, to: commit)
                            return (commit, try await remote.push([update]))
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                let winners = outcomes.filter { $0.1 == .done }
                #expect(winners.count == 1 && outcomes.contains { $0.1 == .moved }, "\(outcomes)")
                tip = try #require(winners.first).0
                #expect(try await remote.references(["refs/heads/main"]) == ["refs/heads/main": tip])
            }
        }
    }

    @Test(arguments: [Way.path, .same])
    func `a reference that only has to be where it is is not moved, and holds up what comes with it`(way: Way)
        async throws
    {
        try await withRemote(way) { repository, store, remote in
            try await remote.fetch(["refs/heads/main"])
            let tip = try objectID(repository.git("rev-parse", "HEAD"))
            let guarded = ReferenceUpdate("refs/heads/main", from: tip, to: tip)
            #expect(try await remote.push([guarded, ReferenceUpdate("refs/heads/a", from: nil, to: tip)]) == .done)
            try repository.commit(["x": "1"])
            #expect(try await remote.push([guarded, ReferenceUpdate("refs/heads/b", from: nil, to: tip)]) == .moved)
            let left = try git("for-each-ref", "--format=%(refname)", "refs/heads", in: repository.origin)
            #expect(left == "refs/heads/a\nrefs/heads/main")
        }
    }

    @Test(arguments: [Way.path, .local, .same])
    func `a repository that is gone is not one whose references are all deleted`(way: Way) async throws {
        try await withRemote(way) { repository, _, remote in
            #expect(try await remote.references(["refs/heads/main"]).count == 1)
            try FileManager.default.moveItem(atPath: repository.origin, toPath: repository.origin + ".away")
            let error = await #expect(throws: GitError.self) { try await remote.references(["refs/heads/main"]) }
            #expect(error?.code == .notFound)
            try FileManager.default.moveItem(atPath: repository.origin + ".away", toPath: repository.origin)
            #expect(try await remote.references(["refs/heads/main"]).count == 1)
        }
    }

    // MARK: - Set-up

    private func withRemote(
        _ way: Way, _ body: (TemporaryRepository, GitStore, any Remote) async throws -> Void
    ) async throws {
        try await withTemporaryRepository { repository in
            guard way != .same else {
                let store = try GitStore(opening: repository.origin)
                return try await body(repository, store, SameStore(store))
            }
            let store = try GitStore.create(repository.folder.appending(path: "mirror.git").path())
            try git("config", "remote.upstream.url", repository.origin, in: store.path)
            try await body(repository, store, try Self.remote(way, repository, store))
        }
    }

    private static func remote(
        _ way: Way, _ repository: TemporaryRepository, _ store: GitStore
    ) throws -> any Remote {
        var environment = plainGitEnvironment
        // Stands in for ssh: drops options and host, and runs the command here.
        environment["GIT_SSH_COMMAND"] = #"sh -c 'for last; do :; done; exec sh -c "$last"' ssh"#
        let url =
            switch way {
            case .path, .local, .same: repository.origin
            case .fileURL: "file://\(repository.origin)"
            case .name: "upstream"
            case .ssh: "ssh://bot@models.example\(repository.origin)"
            }
        if way == .local { return try LocalRemote(url, for: store, environment: environment, run: runForTests) }
        return try GitCommandLine(url, for: store, environment: environment, run: runForTests)
    }

    private static func hook(_ name: String, _ script: String, _ repository: TemporaryRepository) throws {
        let file = "\(repository.origin)/hooks/\(name)"
        try "#!/bin/sh\n\(script)\n".write(toFile: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
    }

    private static func commit(on parent: ObjectID?, _ store: GitStore) async throws -> ObjectID {
        let person = Person(name: "Bot", email: "bot@example.com", time: Timestamp(seconds: 1_700_000_000))
        let text = Array("\(UInt64.random(in: 0...(.max)))".utf8)
        return try await store.write { writer in
            let edit = TreeEdit(set: "file", to: try writer.write(blob: text))
            let tree = try writer.write(tree: try parent.map { try writer.commit($0).tree }, edits: [edit])
            return try writer.write(
                CommitDraft(tree: tree, parents: parent.map { [$0] } ?? [], author: person, message: "step"))
        }
    }
}
