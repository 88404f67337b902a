import Domain

/// Reads and parses many manifests: one thread reads while another parses.
///
/// Two readers would only wait for each other: the object database has one lock.
struct ManifestPipeline: Sendable {
    private static let batch = 2000

    let store: any Store
    let language: any ManifestLanguage

    /// What `reduce` makes of each file, in order. Nothing of a file but that is kept.
    ///
    /// - Parameter tell: Is called now and then with how many of them were read.
    func map<Value: Sendable>(
        _ files: [Listing.File], tell: (_ done: Int, _ all: Int) -> Void = { _, _ in },
        _ reduce: @escaping @Sendable (ParsedFile) -> Value
    ) async throws -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(files.count)
        var parsing: Task<[Value], Never>?
        let language = language
        for start in stride(from: 0, to: files.count, by: Self.batch) {
            tell(start, files.count)
            let batch = files[start..<min(start + Self.batch, files.count)]
            let raw = try await store.read { reader in batch.map { RawFile($0.place, $0.entry, reader) } }
            if let parsing { values += await parsing.value }
            parsing = Task { raw.map { reduce($0.parsed(by: language)) } }
        }
        if let parsing { values += await parsing.value }
        return values
    }
}
