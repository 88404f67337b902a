import ControlLoop
import Domain
import Synchronization

/// What a controller read: how often it went to the store, and how often it parsed each file.
final class CountedReading: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    /// How often the store was asked.
    var reads: Int { counts.withLock { $0[""] ?? 0 } }

    /// How often a file was parsed, whatever it held.
    func parsed(_ path: String) -> Int { counts.withLock { $0[path] ?? 0 } }

    func reset() { counts.withLock { $0 = [:] } }

    fileprivate func note(_ path: String) { counts.withLock { $0[path, default: 0] += 1 } }

    /// Has all reading counted here.
    func watch(_ surroundings: inout Surroundings) {
        surroundings.store = CountingStore(store: surroundings.store, counts: self)
        surroundings.language = CountingLanguage(language: surroundings.language, counts: self)
    }

    private struct CountingStore: Store {
        let store: any Store
        let counts: CountedReading

        func read<Value: Sendable>(_ body: @escaping @Sendable (any ObjectReader) throws -> Value) async throws -> Value
        {
            counts.note("")
            return try await store.read(body)
        }

        func write<Value: Sendable>(_ body: @escaping @Sendable (any ObjectWriter) throws -> Value) async throws
            -> Value
        {
            try await store.write(body)
        }
    }

    private struct CountingLanguage: ManifestLanguage {
        let language: any ManifestLanguage
        let counts: CountedReading

        func read(_ bytes: [UInt8], path: String) -> ManifestFile {
            counts.note(path)
            return language.read(bytes, path: path)
        }

        func place(of fields: [String], in bytes: [UInt8], path: String) -> Place? {
            language.place(of: fields, in: bytes, path: path)
        }

        func setting(_ pin: Pin?, in bytes: [UInt8], path: String) throws -> [UInt8] {
            try language.setting(pin, in: bytes, path: path)
        }
    }
}
