import Domain
import TestSupport
import Testing

@testable import Git

/// A few bytes that were pushed may unpack to a great many.
struct SizeTests {
    private func plant(_ kind: String, _ head: String, _ count: Int, in folder: String) throws -> ObjectID {
        let text = head + "\n" + String(repeating: "A", count: count) + "\n"
        return try objectID(git("hash-object", "-t", kind, "-w", "--stdin", in: folder, input: text))
    }

    @Test func `commits and tags larger than anybody means are not read, and their size is told`() async throws {
        try await withTemporaryRepository(files: ["a": "1"]) { repository in
            let tree = try repository.git("rev-parse", "HEAD^{tree}")
            let person = "a <a@example.com> 1 +0000"
            let text = "tree \(tree)\nauthor \(person)\ncommitter \(person)\n"
            let good = try plant("commit", text, 3 << 20, in: repository.work)
            let bad = try plant("commit", text, 64 << 20, in: repository.work)
            let tag = "object \(good)\ntype commit\ntag t\ntagger \(person)\n"
            let long = try plant("tag", tag, 1 << 20, in: repository.work)
            for isPacked in [false, true] {
                if isPacked { try repository.git("repack", "-q", "-a", "-d", "--keep-unreachable") }
                let store = try GitStore(opening: repository.work)
                let (size, message) = try await store.read {
                    (try $0.size(ofCommit: bad), try $0.commit(good).message.utf8.count)
                }
                #expect(message == 3 << 20 + 1)
                #expect(size > 64 << 20)
                let reads: [@Sendable (any ObjectReader) throws -> Void] = [
                    { _ = try $0.commit(bad) }, { _ = try $0.rootTree(of: bad) }, { _ = try $0.tag(long) },
                ]
                for read in reads {
                    let error = await #expect(throws: GitError.self) { try await store.read(read) }
                    #expect(error?.code == .tooLarge && error?.message.contains("are allowed") == true, "\(isPacked)")
                }
                await #expect(throws: GitError.self) { try await store.read { try $0.size(ofCommit: long) } }
            }
        }
    }

    @Test func `what could not be read again is not written`() async throws {
        try await withTemporaryRepository(files: ["a": "1"]) { repository in
            let store = try GitStore(opening: repository.work)
            let tree = try objectID(repository.git("rev-parse", "HEAD^{tree}"))
            let person = Person(name: "a", email: "a@example.com", time: Timestamp(seconds: 1))
            let message = String(repeating: "A", count: 64 << 20)
            let draft = CommitDraft(tree: tree, parents: [], author: person, message: message)
            let error = await #expect(throws: GitError.self) { try await store.write { try $0.write(draft) } }
            #expect(error?.code == .tooLarge)
        }
    }
}
