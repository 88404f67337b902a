import Domain
import Git
import TestSupport
import Testing

struct SameStoreTests {
    @Test func `does not move a branch that is checked out`() async throws {
        try await withTemporaryRepository { repository in
            let store = try GitStore(opening: repository.work)
            let first = try objectID(repository.git("rev-parse", "HEAD"))
            let next = try objectID(repository.commit(["a": "1"], push: false))
            let outcome = try await SameStore(store).push([ReferenceUpdate("refs/heads/main", from: next, to: first)])
            guard case .refused(let words) = outcome else {
                Issue.record("not refused: \(outcome)")
                return
            }
            #expect(words.contains("checked out"))
            #expect(try await store.read { try $0.resolve("refs/heads/main") } == next)
        }
    }

    @Test(arguments: ["main/below", "a", "a/b", "a/b/c/d"], [false, true])
    func `a reference is not made where a folder of references is, nor below another, and no other is moved`(
        _ name: String, _ isPacked: Bool
    ) async throws {
        try await withTemporaryRepository { repository in
            let store = try GitStore(opening: repository.origin)
            let tip = try objectID(repository.git("rev-parse", "HEAD"))
            try git("update-ref", "refs/heads/a/b/c", "\(tip)", in: repository.origin)
            if isPacked { try git("pack-refs", "--all", in: repository.origin) }
            let updates = ["before", name, "\(name)-beside", "zz"].map {
                ReferenceUpdate("refs/heads/\($0)", from: nil, to: tip)
            }
            for updates in [[updates[1]], updates] {
                let outcome = try await SameStore(store).push(updates)
                guard case .refused(let words) = outcome else {
                    Issue.record("not refused: \(outcome)")
                    return
                }
                #expect(words.hasSuffix("is a reference, so refs/heads/\(name) cannot be one"), "\(words)")
            }
            let left = try git("for-each-ref", "--format=%(refname)", in: repository.origin)
            #expect(left == "refs/heads/a/b/c\nrefs/heads/main")
        }
    }
}
