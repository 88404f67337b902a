import Synchronization

/// How far the reading of a table has come. Readers write it down block by block, never row by row; anybody may look.
public final class ReadingWatch: Hashable, Sendable {
    private let count = Atomic<Int>(0)
    private let done = Atomic<Int>(0)
    private let all = Atomic<Int>(0)

    public init() {}

    /// The rows that were read; where a table is read column by column, those that it has.
    public var rows: Int { count.load(ordering: .relaxed) }

    /// From 0 to 1; `nil` where nobody knows how much there is, as of what is packed.
    public var share: Double? {
        let all = all.load(ordering: .relaxed)
        return all > 0 ? min(1, Double(done.load(ordering: .relaxed)) / Double(all)) : nil
    }

    /// Begins anew.
    ///
    /// - Parameter all: How much there is to read, in whatever is counted.
    public func begin(rows: Int = 0, of all: Int? = nil) {
        count.store(rows, ordering: .relaxed)
        done.store(0, ordering: .relaxed)
        self.all.store(all ?? 0, ordering: .relaxed)
    }

    /// So much has been read in all.
    public func reach(rows: Int, at place: Int) {
        count.store(rows, ordering: .relaxed)
        done.store(place, ordering: .relaxed)
    }

    /// So much more was read.
    func add(_ more: Int) { done.add(more, ordering: .relaxed) }

    public static func == (one: ReadingWatch, other: ReadingWatch) -> Bool { one === other }

    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
