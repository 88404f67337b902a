import Domain
import Git
import TestSupport
import Testing

@testable import ControlLoop

/// Records of requests in a folder that cannot be read.
struct RequestStoreTests {
    private let store = RequestStore(reference: "refs/martlet/requests")
    private let author = Person(name: "Martlet", email: "m@example.com", time: Timestamp(seconds: 1_800_000_000))

    private func status(_ model: String, _ reason: String = "waits") -> RequestStatus {
        RequestStatus(
            unit: Unit(environment: "dev", model: model), head: .zero, tip: .zero, state: .open, since: author.time,
            reason: reason)
    }

    /// Writes records and returns which there are.
    private func record(_ statuses: [RequestStatus], _ writer: any ObjectWriter) throws {
        guard let update = try store.write(statuses, by: author, writer) else { return }
        _ = try writer.move(store.reference, from: update.old, to: update.new, reason: "test")
    }

    @Test func `where its folder cannot be read for the moment, nothing is written, and no record beside it is lost`()
        async throws
    {
        try await withStage([.dev]) { stage in
            try await stage.store.write { writer in
                try record(["a", "b"].map { status($0) }, writer)
                let tree = try #require(try writer.record(at: store.reference)?.tree)
                let folder = try #require(try writer.entry(at: "dev", in: tree)?.id)
                for id in [folder, tree] {
                    let short = StumblingWriter(writer: writer, folder: id, remedy: .retry)
                    if id == folder {
                        #expect(throws: StumblingWriter.Unreadable(remedy: .retry)) {
                            try store.write([status("a", "new")], by: author, short)
                        }
                    }
                    #expect(throws: StumblingWriter.Unreadable(remedy: .retry)) { try store.read(short) }
                }
                try record([status("a", "new")], writer)
                #expect(
                    try store.read(writer).map { "\($0.key.model) \($0.value.reason)" }.sorted() == [
                        "a new", "b waits",
                    ])
            }
        }
    }

    @Test func `a folder that is damaged is written anew`() async throws {
        try await withStage([.dev]) { stage in
            try await stage.store.write { writer in
                try record(["a", "b"].map { status($0) }, writer)
                let tree = try #require(try writer.record(at: store.reference)?.tree)
                let folder = try #require(try writer.entry(at: "dev", in: tree)?.id)
                let damaged = StumblingWriter(writer: writer, folder: folder, remedy: .askHuman)
                #expect(try store.read(damaged).isEmpty)
                try record([status("a", "new")], damaged)
                #expect(try store.read(writer).keys.map(\.model) == ["a"])
            }
        }
    }
}
