import Domain

/// Which commit of one of Martlet's own references counts.
enum Belief: Hashable, Sendable {
    /// The one that it points to: nobody asked for signatures.
    case all
    /// This one, `nil`: none. With a doubt, the reference points to something else, which counts for nothing.
    case only(ObjectID?, doubt: RecordDoubt? = nil)

    var doubt: RecordDoubt? {
        if case .only(_, let doubt) = self { return doubt }
        return nil
    }
}

extension ObjectReader {
    /// The commit of one of Martlet's own references that counts, by its id; `nil` where none does.
    func tip(of reference: String, _ belief: Belief) throws -> ObjectID? {
        switch belief {
        case .all: try resolve(reference)
        case .only(let tip, _): tip
        }
    }

    /// The newest commit of one of Martlet's own references that counts; `nil` where there is no such reference.
    func record(at reference: String, _ belief: Belief = .all) throws -> Commit? {
        guard let tip = try tip(of: reference, belief) else { return nil }
        do {
            return try commit(tip)
        } catch {
            // What is damaged or lost on this machine is none the less a record; but no reference holds what was believed before a doubt.
            if belief.doubt != nil { return nil }
            throw isSomethingElse(tip) ? LoopError.noRecord(reference) : error
        }
    }

    private func isSomethingElse(_ id: ObjectID) -> Bool {
        (try? size(ofBlob: id)) != nil || (try? tree(id)) != nil || (try? tag(id)) != nil
    }
}

extension ObjectWriter {
    /// What a new commit of a record is to be on top of; `nil` for the first. Throws where the record is in doubt: a commit on top of what
    /// somebody else wrote would vouch for it.
    func base(of reference: String, _ belief: Belief) throws -> Commit? {
        if let doubt = belief.doubt { throw LoopError.doubted(doubt) }
        return try record(at: reference, belief)
    }
}
