public import Domain

/// Why a pass of the loop could not be finished.
public enum LoopError: Failure, Hashable {
    /// The branch is not there.
    case noBranch(String)
    /// A file was changed or removed while Martlet was deciding.
    case changedMeanwhile(String)
    /// Too many races were lost one after another.
    case alwaysBeaten
    case refused(String)
    /// What was asked for is not there.
    case notFound(String)
    /// It is there, and cannot be read.
    case unreadable(String)
    /// One of Martlet's own references points to something else than a commit.
    case noRecord(String)
    /// One of Martlet's own references counts for nothing as it is.
    case doubted(RecordDoubt)
    /// Records have to be signed, and what this Martlet signs would not count: why, and what helps.
    case unsigned(String)

    public var description: String {
        switch self {
        case .noBranch(let name):
            "there is no branch '\(name)'; push a first commit, or name the branch to watch with --branch"
        case .changedMeanwhile(let path): "\(path) was changed meanwhile; looking again"
        case .alwaysBeaten: "others moved the branch faster than Martlet could; trying again later"
        case .refused(let words): "the remote refused the push: \(words)"
        case .notFound(let what), .unreadable(let what), .unsigned(let what): what
        case .doubted(let doubt): "\(doubt.words). To go on, \(doubt.remedy)"
        case .noRecord(let reference):
            "\(reference) does not point to a commit, so Martlet did not write it; delete it, and "
                + "\(RetrainStore.afterDeletion(of: reference)): "
                + "git push origin --delete \(reference)"
        }
    }

    public var remedy: Remedy {
        switch self {
        case .changedMeanwhile, .alwaysBeaten: .retry
        case .noBranch, .refused, .notFound, .unreadable, .noRecord, .doubted, .unsigned: .askHuman
        }
    }
}
