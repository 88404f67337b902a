import Domain

/// The parents of commits as `git gc` and `git commit-graph write` put them down: without that each commit is unpacked for them.
///
/// One file of version 1 with SHA-1 is read (git-scm.com/docs/gitformat-commit-graph); of other forms, and of what does not fit together,
/// nothing is known, and commits are unpacked as before.
final class CommitGraph: Sendable {
    private let bytes: [UInt8]
    /// Where the chunks begin: how many names begin with each byte or a lesser one, the names, their commits, and further parents.
    private let (fanout, names, commits): (Int, Int, Int)
    private let edges: Range<Int>
    private let count: Int

    /// More is not read into memory.
    private static let most = 256 << 20
    private static let (nobody, further): (UInt32, UInt32) = (0x7000_0000, 0x8000_0000)

    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        guard bytes.count >= 8, bytes.starts(with: "CGPH".utf8), bytes[4] == 1, bytes[5] == 1, bytes[7] == 0 else {
            return nil
        }
        var places: [String: Range<Int>] = [:]
        let chunks = Int(bytes[6])
        guard bytes.count >= 8 + (chunks + 1) * 12 else { return nil }
        for chunk in 0..<chunks {
            let entry = 8 + chunk * 12
            let start = Self.long(bytes, entry + 4), end = Self.long(bytes, entry + 16)
            guard start <= end, end <= bytes.count else { return nil }
            places[String(decoding: bytes[entry..<entry + 4], as: UTF8.self)] = start..<end
        }
        guard let fanout = places["OIDF"], let names = places["OIDL"], let commits = places["CDAT"],
            fanout.count == 1024
        else { return nil }
        count = Int(Self.word(bytes, fanout.upperBound - 4))
        guard names.count >= count * 20, commits.count >= count * 36 else { return nil }
        (self.fanout, self.names, self.commits) = (fanout.lowerBound, names.lowerBound, commits.lowerBound)
        edges = places["EDGE"] ?? 0..<0
    }

    /// Those of a repository and of the repositories that it borrows objects from.
    static func all(objects folder: String) -> [CommitGraph] {
        ([folder] + LooseObjects.alternates(of: folder)).compactMap { folder in
            guard let bytes = try? WholeFile.bytes("\(folder)/info/commit-graph"), bytes.count <= most else {
                return nil
            }
            return CommitGraph(bytes)
        }
    }

    /// The parents of a commit, in order; `nil` where it is not here.
    func parents(of commit: ObjectID) -> [ObjectID]? {
        guard let place = place(of: commit) else { return nil }
        let entry = commits + place * 36 + 20
        let first = Self.word(bytes, entry), second = Self.word(bytes, entry + 4)
        guard first != Self.nobody else { return [] }
        guard let one = name(first) else { return nil }
        if second == Self.nobody { return [one] }
        guard second & Self.further != 0 else { return name(second).map { [one, $0] } }
        var parents = [one], edge = edges.lowerBound + Int(second & ~Self.further) * 4
        while edge + 4 <= edges.upperBound {
            let next = Self.word(bytes, edge)
            guard let parent = name(next & ~Self.further) else { return nil }
            parents.append(parent)
            if next & Self.further != 0 { return parents }
            edge += 4
        }
        return nil
    }

    private func place(of commit: ObjectID) -> Int? {
        let byte = Int(commit.words.high >> 56)
        var low = byte == 0 ? 0 : Int(Self.word(bytes, fanout + (byte - 1) * 4))
        var high = min(count, Int(Self.word(bytes, fanout + byte * 4)))
        while low < high {
            let middle = (low + high) / 2
            guard let found = name(UInt32(middle)) else { return nil }
            if found == commit { return middle }
            if found < commit { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    private func name(_ place: UInt32) -> ObjectID? {
        guard place < count else { return nil }
        return bytes.withUnsafeBytes { bytes in
            ObjectID(
                raw: UnsafeRawBufferPointer(rebasing: bytes[(names + Int(place) * 20)..<(names + Int(place) * 20 + 20)])
            )
        }
    }

    private static func word(_ bytes: [UInt8], _ place: Int) -> UInt32 {
        bytes.withUnsafeBytes { UInt32(bigEndian: $0.loadUnaligned(fromByteOffset: place, as: UInt32.self)) }
    }

    private static func long(_ bytes: [UInt8], _ place: Int) -> Int {
        let value = bytes.withUnsafeBytes {
            UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: place, as: UInt64.self))
        }
        return Int(clamping: value)
    }
}
