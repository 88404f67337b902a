public import Domain

/// Why one of Martlet's own references counts for nothing as it is.
public struct RecordDoubt: Hashable, Sendable {
    public let reference: String
    /// What it points to.
    public let tip: ObjectID
    let reason: Reason
    /// Whose signature is asked for.
    let people: Set<String>

    enum Reason: Hashable, Sendable {
        case unsigned
        case signedBy(String)
        /// The signature is worth nothing, for that reason.
        case rejected(String)
        /// A good signature, on a commit that was not made for this reference.
        case madeForAnother
        /// It does not go on from what it was when this controller looked last.
        case setBack(from: ObjectID)
        case noCommit
    }

    static let code = "unbelieved-record"

    /// What is wrong with it, in short.
    var fault: String {
        let newest = "its newest commit \(tip.short)"
        return switch reason {
        case .unsigned: "\(newest) is not signed"
        case .signedBy(let who): "\(newest) is signed by \(Excerpt.line(who))"
        case .rejected(let words): "the signature of \(newest) does not count: \(Excerpt.line(words, limit: 300))"
        case .madeForAnother: "\(newest) was signed as something else than a commit of this record"
        case .setBack(let old): "it was set back or replaced: \(tip.short) does not go on from \(old.short)"
        case .noCommit: "it does not point to a commit"
        }
    }

    /// What a person can do about it.
    public var remedy: String {
        let deletion =
            "delete it, and \(RetrainStore.afterDeletion(of: reference)): git push origin --delete \(reference)"
        guard reason != .noCommit else { return deletion }
        return "look at what it says (git log -p \(reference)); if that is true, let Martlet sign it: "
            + "martlet reconcile --accept-records; else \(deletion)"
    }

    /// One line for logs, blockers and notices.
    public var words: String {
        let names = people.sorted().map { Excerpt.line($0) }.joined(separator: ", ")
        return
            "\(reference) is not believed, as martlet.yaml asks for the signature of \(names) (recordSigners): \(fault)"
    }

    /// What commands show beside their answer.
    public var diagnostic: Diagnostic {
        Diagnostic(file: reference, code: Self.code, message: "\(words), so nothing in it counts", hint: remedy)
    }
}
