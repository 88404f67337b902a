import Domain

/// How old a dataset's oldest row is, and whether somebody is in it who asked to be erased.
struct DataLifetime {
    private(set) var oldest: (time: Timestamp, line: Int)?
    /// Values of the time column that are no moment.
    private(set) var unreadable = 0
    private(set) var erased = 0
    /// Columns that were asked for and are not there.
    private(set) var missing: [String] = []

    /// `erased` are SHA-256 digests of ids, so that the list itself names nobody.
    init(
        of content: Content, _ format: TableFormat, time: String?, id: String?, erased digests: Set<Digest>
    ) throws {
        var timePlace = -1, idPlace = -1, absent: [String] = []
        var oldest: (time: Timestamp, line: Int)?, unreadable = 0, found = 0
        try TableRows.visit(content, format) { names in
            timePlace = time.flatMap { names.firstIndex(of: $0) } ?? -1
            idPlace = id.flatMap { names.firstIndex(of: $0) } ?? -1
            absent = [time, id].compactMap(\.self).filter { !names.contains($0) }
        } value: { column, bytes, line in
            if column == timePlace, !bytes.isEmpty {
                guard let moment = Self.moment(String(decoding: bytes, as: UTF8.self)) else { return unreadable += 1 }
                if oldest.map({ moment < $0.time }) ?? true { oldest = (moment, line()) }
            }
            if column == idPlace, digests.contains(SHA256.digest(of: Array(bytes))) { found += 1 }
        }
        self.oldest = oldest
        self.unreadable = unreadable
        self.erased = found
        missing = absent
    }

    /// A moment, or a day.
    private static func moment(_ text: String) -> Timestamp? {
        Timestamp(text) ?? (text.utf8.count == 10 ? Timestamp(text + "T00:00:00Z") : nil)
    }
}
