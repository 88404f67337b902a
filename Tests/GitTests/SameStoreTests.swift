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

    @Test func `a reference is not made where a folder of references is`() async throws {
        try await withTemporaryRepository { repository in
            let store = try GitStore(opening: repository.origin)
            let tip = try objectID(repository.git("rev-parse", "HEAD"))
            await #expect(throws: GitError.self) {
                try await SameStore(store).push([ReferenceUpdate("refs/heads/main/below", from: nil, to: tip)])
            }
            #expect(try await store.read { try $0.references(matching: "refs/*") }.map(\.name) == ["refs/heads/main"])
        }
    }
}
