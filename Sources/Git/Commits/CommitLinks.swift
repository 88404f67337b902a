import CLibgit2
import Domain

/// What a commit points to. A walk needs no more, and people, dates and words are most of the cost of reading one.
struct CommitLinks {
    let tree: ObjectID
    let parents: [ObjectID]

    init(_ commit: Commit) {
        tree = commit.tree
        parents = commit.parents
    }

    /// `nil` where the text does not begin as Git writes it, so that the whole of it has to be read.
    init?(parsing bytes: UnsafeBufferPointer<UInt8>) {
        var rest = bytes[...]
        guard let tree = Self.id(after: "tree ", &rest) else { return nil }
        var parents: [ObjectID] = []
        while let parent = Self.id(after: "parent ", &rest) { parents.append(parent) }
        guard rest.starts(with: "author ".utf8) else { return nil }
        self.tree = tree
        self.parents = parents
    }

    /// Takes one line from the start: the word, 40 digits and the line's end.
    private static func id(after word: StaticString, _ rest: inout Slice<UnsafeBufferPointer<UInt8>>) -> ObjectID? {
        let start = rest.startIndex + word.utf8CodeUnitCount, end = start + 40
        guard end < rest.endIndex, rest.base[end] == UInt8(ascii: "\n") else { return nil }
        for offset in 0..<word.utf8CodeUnitCount where rest.base[rest.startIndex + offset] != word.utf8Start[offset] {
            return nil
        }
        guard let id = ObjectID(digits: UnsafeBufferPointer(rebasing: rest.base[start..<end])) else { return nil }
        rest = rest[(end + 1)...]
        return id
    }
}

extension GitReader {
    func links(of commit: ObjectID) throws -> CommitLinks {
        let bytes = try bytes(of: commit, as: GIT_OBJECT_COMMIT)
        return try bytes.withUnsafeBufferPointer { CommitLinks(parsing: $0) } ?? CommitLinks(self.commit(commit))
    }
}
