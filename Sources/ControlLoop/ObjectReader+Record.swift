import Domain

extension ObjectReader {
    /// The newest commit of one of Martlet's own references; `nil` where there is no such reference.
    func record(at reference: String) throws -> Commit? {
        guard let tip = try resolve(reference) else { return nil }
        do {
            return try commit(tip)
        } catch {
            // What is damaged or lost on this machine is none the less a record.
            throw isSomethingElse(tip) ? LoopError.noRecord(reference) : error
        }
    }

    private func isSomethingElse(_ id: ObjectID) -> Bool {
        (try? size(ofBlob: id)) != nil || (try? tree(id)) != nil || (try? tag(id)) != nil
    }
}
