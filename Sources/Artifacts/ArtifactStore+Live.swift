public import Domain
import Glibc

extension ArtifactStore {
    /// The most that is read of an address without a digest.
    private static let liveLimit = 1 << 30

    /// What `address`, `file:///` or `https://`, holds now: for logs that grow, which no digest can stand for. Nothing of it is kept.
    ///
    /// Of a file that `grows`, a last line that is no JSON yet is left out, and of other tables on this machine one without an end where
    /// somebody wrote within the last minute. Throws an ``ArtifactFailure``.
    public func live(_ address: String, grows: Bool) async throws -> Content {
        let place = ShownAddress(address).description
        guard address.hasPrefix("file://") else {
            var bytes = try await cache.fetched(for: place, atMost: Self.liveLimit) {
                try await fetch(address, to: $0, for: place)
            }
            if grows { bytes.dropOpenLine(isBeingWritten: false) }
            return .bytes(bytes)
        }
        let path = try access.file(at: Self.withoutPercents(String(address.dropFirst(7))), for: place)
        return .bytes(
            try await OwnThread.run {
                guard let file = LocalFile(reading: path) else {
                    throw ArtifactFailure(.notYet, "\(place): it is no file that can be read")
                }
                var bytes = try file.bytes(for: place, atMost: Self.liveLimit)
                if grows { bytes.dropOpenLine(isBeingWritten: file.age < 60) }
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
        let large = ArtifactFailure(
            .notYet, "\(place): it is larger than \(limit >> 20) MiB; begin a new file more often")
        let size = size
        guard size <= limit else { throw large }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size + 1)
        do {
            // What is added meanwhile is for the next look.
            try pieces { piece throws(SystemError) in
                bytes += piece.prefix(size - bytes.count)
                if bytes.count == size { throw SystemError(0) }
            }
        } catch  where error.code != 0 {
            throw ArtifactFailure(.notYet, "\(place): \(error.words)")
        } catch {}
        return bytes
    }
}

extension [UInt8] {
    /// Drops the last line of a text where it is not whole.
    fileprivate mutating func dropOpenLine(isBeingWritten: Bool) {
        let isPacked = [[0x1F, 0x8B], [0x28, 0xB5, 0x2F, 0xFD], Swift.Array("PAR1".utf8)].contains { starts(with: $0) }
        guard !isPacked, let last, last != UInt8(ascii: "\n") else { return }
        let start = lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        if first == UInt8(ascii: "{") {
            if (try? JSON(parsing: Swift.Array(self[start...]))) == nil { removeSubrange(start...) }
        } else if isBeingWritten, start > 0 {
            removeSubrange(start...)
        }
    }
}
