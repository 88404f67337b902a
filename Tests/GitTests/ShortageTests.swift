import Domain
import Foundation
import TestSupport
import Testing

@testable import Git

/// A process that has no file descriptor left can read nothing. That is no damage, and nothing is missing.
struct ShortageTests {
    /// Runs `body` while no file can be opened.
    private func withoutDescriptors(_ body: () throws -> Void) throws {
        var limit = rlimit()
        try #require(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
        var none = rlimit(rlim_cur: 0, rlim_max: limit.rlim_max)
        defer { _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) }
        try #require(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &none) == 0)
        try body()
    }

    @Test(arguments: [false, true])
    func `what cannot be read without file descriptors is neither damaged nor missing`(_ isPacked: Bool) async throws {
        try await withTemporaryRepository(files: ["a/b.txt": "x"]) { repository in
            if isPacked { try git("repack", "-adq", in: repository.origin) }
            let tree = try #require(ObjectID(try git("rev-parse", "main:a", in: repository.origin)))
            let gone = try #require(ObjectID(String(repeating: "1", count: 40)))
            let store = try GitStore(opening: repository.origin)
            try await store.read { reader in
                try withoutDescriptors {
                    for id in [tree, gone] {
                        let error = #expect(throws: GitError.self) { try reader.tree(id) }
                        #expect(error?.code == .exhausted && error?.remedy == .retry, "\(String(describing: error))")
                    }
                }
                #expect(try reader.tree(tree).map(\.name) == ["b.txt"])
                let error = #expect(throws: GitError.self) { try reader.tree(gone) }
                #expect(error?.code == .notFound)
            }
        }
    }
}
