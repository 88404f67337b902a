public import Domain
import Glibc

extension ArtifactStore {
    /// The most that is read of an address without a digest.
    private static let liveLimit = 1 << 30

    /// What `address`, `file:///` or `https://`, holds now: for logs that grow, which no digest can stand for. Nothing of it is kept.
    ///
    /// A line that is still being written is left out. Throws an ``ArtifactFailure``.
    public func live(_ address: String) async throws -> Content {
        let place = ShownAddress(address).description
        guard address.hasPrefix("file://") else {
            return .bytes(
                try await cache.fetched(for: place, atMost: Self.liveLimit) {
                    try await fetch(address, to: $0, for: place)
                })
        }
        let path = try access.file(at: Self.withoutPercents(String(address.dropFirst(7))), for: place)
        return .bytes(
            try await OwnThread.run {
                guard let file = LocalFile(reading: path) else {
                    throw ArtifactFailure(.notYet, "\(place): it is no file that can be read")
                }
                var bytes = try file.bytes(for: place, atMost: Self.liveLimit)
                if file.age < 60 { bytes.dropOpenLine() }
                return bytes
            })
    }

    private func fetch(_ address: String, to path: String, for place: String) async throws {
        do {
            try await download(address, path, Self.liveLimit)
        } catch let error as any Failure {
            throw ArtifactFailure(error.isOutage ? .unreachable : .notYet, "\(place): \(Self.withoutAddress(error))")
        }
    }
}

extension LocalFile {
    /// How long ago it was written to last, in seconds.
    fileprivate var age: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? time(nil) - status.st_mtim.tv_sec : .max
    }

    func bytes(for place: String, atMost limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            try pieces { piece throws(SystemError) in
                bytes += piece
                if bytes.count > limit { throw SystemError(EFBIG) }
            }
        } catch {
            throw ArtifactFailure(
                .notYet,
                "\(place): "
                    + (error.code == EFBIG
                        ? "it is larger than \(limit >> 20) MiB; begin a new file more often" : error.words))
        }
        return bytes
    }
}

extension [UInt8] {
    /// Of text that somebody is writing, the last line that has no end yet.
    fileprivate mutating func dropOpenLine() {
        let isPacked = [[0x1F, 0x8B], [0x28, 0xB5, 0x2F, 0xFD], Swift.Array("PAR1".utf8)].contains { starts(with: $0) }
        guard !isPacked, let end = lastIndex(of: UInt8(ascii: "\n")) else { return }
        removeSubrange((end + 1)...)
    }
}
