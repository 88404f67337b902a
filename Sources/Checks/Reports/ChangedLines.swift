/// The lines of a file that an older state of it does not have, counted from 1.
enum ChangedLines {
    /// Longer files are not compared line by line.
    private static let limit = 20_000

    /// `nil` where a file is too long to compare.
    static func numbers(in new: [UInt8], since old: [UInt8]) -> [Int]? {
        let before = old.split(separator: 0x0A, omittingEmptySubsequences: false)
        let now = new.split(separator: 0x0A, omittingEmptySubsequences: false)
        guard before.count <= limit, now.count <= limit else { return nil }
        return now.difference(from: before).insertions.map { change in
            switch change {
            case .insert(let offset, _, _), .remove(let offset, _, _): offset + 1
            }
        }
    }
}
