import Domain

/// The commits that a branch would get, read only as far as they are few, small and sound: whoever may push can make a few bytes unpack to a
/// great many, and what is in a history stays there.
struct NewCommits: Sendable {
    /// How many a request or pull request may have, how many bytes each, and all of them.
    static let most = 1000
    static let largest = 1 << 20
    static let mostBytes = 8 << 20

    /// Each after those that it was found from: the head is the first.
    private(set) var commits: [Commit] = []
    /// Why they were not read to the end.
    private(set) var objection: String?

    /// Reads what `head` reaches and `tip` does not.
    init(of head: ObjectID, notOn tip: ObjectID, _ reader: any ObjectReader) throws {
        var waiting = [head], known: Set<ObjectID> = [head], bytes = 0, sound = CheckedFolders()
        while let id = waiting.popLast() {
            // Where history is cut off, one that is on the branch need not be here.
            let size = (try? reader.size(ofCommit: id)) ?? 0
            guard size <= Self.largest else {
                // One that is on the branch may be larger, and of one that is not even its parents need not be readable.
                if (try? reader.reaches(id, from: tip)) == true { continue }
                objection = "its commit \(id.short) is too large: it has \(size) bytes, \(Self.largest) are allowed"
                return
            }
            if try reader.reaches(id, from: tip) { continue }
            guard commits.count < Self.most else {
                objection = "it has more than \(Self.most) commits that the branch does not have"
                return
            }
            bytes += size
            guard bytes <= Self.mostBytes else {
                objection = "its commits are too large: all together may have \(Self.mostBytes) bytes"
                return
            }
            if let defect = try reader.defect(of: id, checked: &sound) {
                objection = "its commit \(id.short) cannot be let in: \(defect)"
                return
            }
            let commit = try reader.commit(id)
            commits.append(commit)
            waiting += commit.parents.filter { known.insert($0).inserted }
        }
    }
}
