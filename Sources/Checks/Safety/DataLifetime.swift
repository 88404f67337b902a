import Domain

/// How old a dataset's oldest row is, and whether somebody is in it who asked to be erased.
struct DataLifetime {
    private(set) var oldest: (time: Timestamp, line: Int)?
    /// Rows that do not say when they were recorded.
    private(set) var undated = 0
    /// Values of the time column that are no moment.
    private(set) var unreadable = 0
    private(set) var erased = 0
    /// Columns that were asked for and are not there.
    private(set) var missing: [String] = []

    /// `erased` are SHA-256 digests of ids, so that the list itself names nobody.
    init(
        of content: Content, _ dataset: Dataset, time: String?, id: String?, erased digests: Set<Digest>
    ) throws {
        var timePlace = -1, idPlace = -1, absent: [String] = []
        var oldest: (time: Timestamp, line: Int)?, unreadable = 0, undated = 0, found = 0
        try TableRows.visit(content, dataset.format, decimalMark: dataset.decimal.byte) { names in
            timePlace = time.flatMap { names.firstIndex(of: $0) } ?? -1
            idPlace = id.flatMap { names.firstIndex(of: $0) } ?? -1
            absent = [time, id].compactMap(\.self).filter { !names.contains($0) }
        } value: { column, bytes, line in
            let bytes = bytes ?? UnsafeBufferPointer(start: nil, count: 0)
            if column == timePlace, bytes.isEmpty { undated += 1 }
            if column == timePlace, !bytes.isEmpty {
                guard let moment = Timestamp(orDay: String(decoding: bytes, as: UTF8.self)) else {
                    return unreadable += 1
                }
                if oldest.map({ moment < $0.time }) ?? true { oldest = (moment, line()) }
            }
            if column == idPlace, Self.spellings(of: bytes).contains(where: { digests.contains(SHA256.digest(of: $0)) })
            {
                found += 1
            }
        }
        self.oldest = oldest
        self.unreadable = unreadable
        self.undated = undated
        self.erased = found
        missing = absent
    }

    /// An id as it stands; a whole number also with and without `.0`, as tables with missing values write it.
    private static func spellings(of id: UnsafeBufferPointer<UInt8>) -> [[UInt8]] {
        let text = Array(id), zero = Array(".0".utf8)
        let isWhole = { (digits: ArraySlice<UInt8>) in
            !digits.isEmpty && digits.allSatisfy { $0 &- 0x30 < 10 } && (digits.count == 1 || digits.first != 0x30)
        }
        if isWhole(text[...]) { return [text, text + zero] }
        if text.suffix(2).elementsEqual(zero), isWhole(text.dropLast(2)) { return [text, Array(text.dropLast(2))] }
        return [text]
    }
}
