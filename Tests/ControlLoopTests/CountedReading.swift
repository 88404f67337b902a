import ControlLoop
import Domain
import Synchronization

/// What a controller read: how often it went to the store, and how often it parsed each file.
final class CountedReading: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    /// How often the store was asked.
    var reads: Int { counts.withLock { $0[""] ?? 0 } }

    /// How often a tag was opened.
    var tags: Int { counts.withLock { $0["tag"] ?? 0 } }

    /// How many commits were opened, or passed by on the way down their history.
    var commits: Int { counts.withLock { $0["commit"] ?? 0 } }

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
            return try await store.read { [counts] in try body(CountingReader(reader: $0, counts: counts)) }
        }

        func write<Value: Sendable>(_ body: @escaping @Sendable (any ObjectWriter) throws -> Value) async throws
            -> Value
        {
            try await store.write(body)
        }
    }

    private struct CountingReader: ObjectReader {
        let reader: any ObjectReader
        let counts: CountedReading

        func resolve(_ reference: String) throws -> ObjectID? { try reader.resolve(reference) }
        func references(matching glob: String) throws -> [Reference] { try reader.references(matching: glob) }
        func tree(_ id: ObjectID) throws -> [TreeEntry] { try reader.tree(id) }
        func entry(at path: String, in tree: ObjectID) throws -> TreeEntry? { try reader.entry(at: path, in: tree) }
        func blob(_ id: ObjectID, atMost limit: Int) throws -> [UInt8] { try reader.blob(id, atMost: limit) }
        func size(ofBlob id: ObjectID) throws -> Int { try reader.size(ofBlob: id) }
        func has(_ id: ObjectID) -> Bool { reader.has(id) }

        func commit(_ id: ObjectID) throws -> Commit {
            counts.note("commit")
            return try reader.commit(id)
        }

        func tag(_ id: ObjectID) throws -> Tag? {
            counts.note("tag")
            return try reader.tag(id)
        }

        func files(in tree: ObjectID, prefix: String, _ visit: (String, TreeEntry) throws -> Void) throws {
            try reader.files(in: tree, prefix: prefix, visit)
        }

        func changes(from old: ObjectID?, to new: ObjectID?, prefix: String) throws -> [Change] {
            try reader.changes(from: old, to: new, prefix: prefix)
        }

        func changes(along trees: [ObjectID?], prefix: String, atMost limit: Int) throws -> [[Change]]? {
            try reader.changes(along: trees, prefix: prefix, atMost: limit)
        }

        func reaches(_ commit: ObjectID, from descendant: ObjectID) throws -> Bool {
            try reader.reaches(commit, from: descendant)
        }

        func mergeBase(_ one: ObjectID, _ other: ObjectID) throws -> ObjectID? { try reader.mergeBase(one, other) }

        func firstParents(from start: ObjectID, _ visit: (Commit) throws -> Bool) throws {
            try reader.firstParents(from: start) { commit in
                counts.note("commit")
                return try visit(commit)
            }
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
