import Domain
import Synchronization

/// Remembers which addresses gave other bytes than their pointers promise, so that these are not fetched again and again.
///
/// Fetched anew is what the server says has changed, and all else ever more seldom: a transfer may have gone wrong on its way, too.
final class WrongDownloads: Sendable {
    /// What a server says of a file without giving it, such as its ETag and size.
    typealias Look = @Sendable (_ url: String) async -> String?

    struct Key: Hashable {
        let url: String
        /// A digest, however the pointer gives it.
        let promised: String
    }

    private struct Entry {
        let reason: ArtifactFailure.Reason
        /// Without the pointer that asked.
        let words: String
        /// What the server had said before these bytes came.
        let said: String?
        let count: Int
        var nextLook: Timestamp
        let nextTry: Timestamp
    }

    private let now: @Sendable () -> Timestamp
    private let look: Look
    private let entries = Mutex<[Key: Entry]>([:])

    /// More are not remembered: pointers are written by anybody.
    private static let limit = 10_000
    private static let first = Duration.seconds(60)
    /// How often at least is fetched anew where the server tells nothing, and where it says that nothing has changed.
    private static let longest = (untold: Duration.seconds(3600), unchanged: Duration.seconds(86_400))

    init(now: @escaping @Sendable () -> Timestamp, look: @escaping Look) {
        self.now = now
        self.look = look
    }

    /// Fetches, unless what comes is known to be wrong: then throws what was wrong with it, and when it is tried again.
    func fetch(_ key: Key, for place: String, _ body: () async throws -> Artifact) async throws -> Artifact {
        let known = entries.withLock { $0[key] }
        var said: String?
        if let known {
            // A clock may have been set back.
            let start = now(), isDue = start >= known.nextTry || known.nextTry - start > Self.longest.unchanged * 2
            if !isDue, known.said == nil || start < known.nextLook { throw failure(known, place) }
            said = await look(key.url)
            if !isDue, said == nil || said == known.said {
                entries.withLock { $0[key]?.nextLook = start + Self.first }
                throw failure(known, place)
            }
        }
        let start = now()
        do {
            let artifact = try await body()
            entries.withLock { $0[key] = nil }
            return artifact
        } catch let error as ArtifactFailure where error.reason == .wrongInStore || error.reason == .digestMismatch {
            let end = now(), count = said != nil && said != known?.said ? 1 : (known?.count ?? 0) + 1
            let longest = said == nil ? Self.longest.untold : Self.longest.unchanged
            // What takes long is to take a tenth of the time at most.
            let pause = max(min(Self.first * Double(1 << min(count - 1, 20)), longest), (end - start) * 9)
            let words = error.description.hasPrefix(place) ? String(error.description.dropFirst(place.count)) : ""
            let entry = Entry(
                reason: error.reason, words: words.isEmpty ? ": \(error)" : words, said: said, count: count,
                nextLook: end + min(Self.first, pause), nextTry: end + pause)
            entries.withLock { entries in
                if entries.count >= Self.limit { entries = [:] }
                entries[key] = entry
            }
            throw failure(entry, place)
        }
    }

    private func failure(_ entry: Entry, _ place: String) -> ArtifactFailure {
        let sooner = entry.said == nil ? "" : ", or once the server says that it has changed"
        return ArtifactFailure(
            entry.reason, "\(place)\(entry.words); it is fetched anew after \(entry.nextTry)\(sooner)")
    }
}
