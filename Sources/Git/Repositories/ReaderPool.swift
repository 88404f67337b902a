import Synchronization

/// A few readers, each with a handle and a thread; a read goes to the least busy one.
final class ReaderPool: Sendable {
    private let readers: [Keeper<GitReader>]
    private let busy: Mutex<[Int]>

    init(count: Int, open: @escaping @Sendable () throws -> GitReader) {
        readers = (1...max(1, count)).map { Keeper(label: "git reader \($0)", open: open) }
        busy = Mutex(readers.map { _ in 0 })
    }

    func read<Value: Sendable>(_ body: @Sendable (GitReader) throws -> Value) async throws -> Value {
        let index = busy.withLock { busy in
            let index = busy.indices.min { busy[$0] < busy[$1] } ?? 0
            busy[index] += 1
            return index
        }
        defer { busy.withLock { $0[index] -= 1 } }
        return try await readers[index].lend(body)
    }
}
