import Domain

extension ArtifactStore {
    /// `file:///…` and `https://…`, which a pointer must give with a digest. What is kept under it is not fetched again.
    func resolve(_ uri: String, _ pointer: ArtifactPointer, at place: String) async throws -> Artifact {
        let shown = RelativePath.shown(ArtifactSource.web(uri).name)
        let expected = Expectation(
            digest: pointer.sha256, size: pointer.size, isOutside: true, isForeign: true, place: "\(place): \(shown)")
        guard let digest = expected.digest else {
            throw ArtifactFailure(
                .invalid, "\(expected.place): a uri needs its sha256, so that what it points to cannot change")
        }
        if let found = try await OwnThread.run({ cache.find(digest) }) {
            if !found.isFolder {
                // The digest decides what the bytes are: then the size beside it is wrong.
                try Expectation(size: pointer.size, place: expected.place)
                    .checkSize(found.size, in: "the file of that digest")
            }
            return found
        }
        if uri.hasPrefix("file://") {
            let path = String(uri.dropFirst(7))
            guard path.hasPrefix("/") else {
                throw ArtifactFailure(.invalid, "\(expected.place): write it as file:///ABSOLUTE/PATH")
            }
            let file = try access.file(at: Self.withoutPercents(path), for: expected.place)
            return try await OwnThread.run { try cache.admit(.file(file), expected) }
        }
        guard uri.hasPrefix("https://") || uri.hasPrefix("http://") else {
            let scheme = RelativePath.shown(String(uri.prefix { $0 != ":" }))
            throw ArtifactFailure(
                .unsupported, "\(expected.place): \(scheme):// cannot be read yet; use https:// or file://")
        }
        return try await fetch(uri, expected)
    }

    /// Downloads into the cache. What went wrong is the network's, unless the bytes are wrong.
    func fetch(_ url: String, _ expected: Expectation) async throws -> Artifact {
        let promised = [expected.digest?.description, expected.md5, expected.size.map(String.init)]
        let key = WrongDownloads.Key(url: url, promised: promised.map { $0 ?? "" }.joined(separator: " "))
        return try await wrong.fetch(key, for: expected.place) { try await download(url, expected) }
    }

    private func download(_ url: String, _ expected: Expectation) async throws -> Artifact {
        try await cache.admit(.web(url), expected) { path in
            do {
                try await download(url, path, expected.size ?? Self.downloadLimit)
            } catch let error as any Failure {
                throw ArtifactFailure(
                    error.isOutage ? .unreachable : .notYet, "\(expected.place): \(Self.words(of: error, expected))")
            }
        }
    }

    /// Without the address, where the place says it already. There are no spaces in it.
    private static func words(of error: any Failure, _ expected: Expectation) -> String {
        expected.isForeign ? withoutAddress(error) : "\(error)"
    }

    static func withoutAddress(_ error: any Failure) -> String {
        let words = "\(error)"
        guard words.hasPrefix("http"), let end = words.firstRange(of: ": ") else { return words }
        return String(words[end.upperBound...])
    }

    /// `%20` and the like as the bytes that they stand for.
    static func withoutPercents(_ text: String) -> String {
        var bytes: [UInt8] = [], rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2, let value = Hexadecimal.bytes(rest.prefix(2))?.first {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
