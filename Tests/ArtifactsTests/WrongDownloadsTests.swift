import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Artifacts

/// Addresses that give other bytes than their pointers promise.
struct WrongDownloadsTests {
    /// A server of one file, and the time.
    private final class Server: Sendable {
        struct State {
            var now = Timestamp(seconds: 1_000_000)
            var text = "wrong"
            /// What it says of the file; nothing where it is `nil`.
            var said: String?
            var takes = Duration.zero
            var fetched = 0, asked = 0
        }

        let state = Mutex(State())

        func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }
        var fetched: Int { state.withLock { $0.fetched } }
        var asked: Int { state.withLock { $0.asked } }
    }

    private let scratch: ScratchFolder
    private let server = Server()
    private let store: ArtifactStore
    private let pointer = ArtifactPointer(uri: "https://example.com/m?token=x", sha256: SHA256.digest(of: "right".utf8))

    init() throws {
        let (scratch, server) = (try ScratchFolder(), server)
        self.scratch = scratch
        store = ArtifactStore(
            folder: scratch.path + "/cache", now: { server.state.withLock { $0.now } },
            look: { _ in
                server.state.withLock {
                    $0.asked += 1
                    return $0.said
                }
            }, yaml: { ManifestTree(try JSON(parsing: $0)) }
        ) { _, path, _ in
            let text = server.state.withLock {
                $0.fetched += 1
                $0.now = $0.now + $0.takes
                return $0.text
            }
            try Data(text.utf8).write(to: URL(filePath: path))
        }
    }

    private func get(_ folder: String = "models/a") async throws -> Artifact {
        let nothing = RepositoryFiles(entry: { _ in nil }, blob: { _ in nil }, list: { _ in [] })
        return try await store.artifact(pointer, in: folder, of: nothing)
    }

    private func words(_ folder: String = "models/a") async -> String {
        let failure = await #expect(throws: ArtifactFailure.self) { try await get(folder) }
        #expect(failure?.reason == .wrongInStore && failure?.mayChange == true)
        return failure?.description ?? ""
    }

    /// Asks every minute; returns after how many of them it was fetched.
    private func ask(minutes: Int) async -> [Int] {
        var times: [Int] = []
        for minute in 1...minutes {
            server.change { $0.now = $0.now + .seconds(60) }
            let before = server.fetched
            _ = await words()
            if server.fetched > before { times.append(minute) }
        }
        return times
    }

    @Test func `what a server tells nothing of is fetched ever more seldom, at least each hour`() async throws {
        let first = await words()
        #expect(first.hasPrefix("models/a: https://example.com/m: expected sha256:"), "\(first)")
        #expect(first.hasSuffix("; it is fetched anew after \(Timestamp(seconds: 1_000_060))"), "\(first)")
        #expect(await words() == first && server.fetched == 1)
        #expect(await words("models/b") == first.replacing("models/a", with: "models/b"))
        #expect(server.fetched == 1)
        #expect(await ask(minutes: 250) == [1, 3, 7, 15, 31, 63, 123, 183, 243])
        server.change {
            $0.now = $0.now + .seconds(3600)
            $0.text = "right"
        }
        #expect(try await get().digest == pointer.sha256)
    }

    @Test func `what the server says has changed is fetched at the next look`() async throws {
        server.change { $0.said = "one" }
        _ = await words()
        // What it says is known only from before a fetch: the bytes of the first may be older.
        #expect(await ask(minutes: 100) == [1, 2, 4, 8, 16, 32, 64])
        #expect(await words().hasSuffix(", or once the server says that it has changed"))
        let asked = server.asked
        _ = await words()
        #expect(server.asked == asked, "not more than once a minute")
        server.change {
            $0.said = "two"
            $0.text = "right"
            $0.now = $0.now + .seconds(60)
        }
        #expect(try await get().digest == pointer.sha256)
    }

    @Test func `a server that is down for a while has not changed the file`() async throws {
        server.change { $0.said = "one" }
        _ = await words()
        _ = await ask(minutes: 20)
        server.change { $0.said = nil }
        #expect(await ask(minutes: 10) == [])
    }

    @Test func `a download takes a tenth of the time at most`() async throws {
        server.change { $0.takes = .seconds(1200) }
        _ = await words()
        #expect(await ask(minutes: 179) == [])
        #expect(await ask(minutes: 1) == [1])
    }
}
