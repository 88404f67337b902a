import Domain

extension YAMLNodes {
    /// A deployment read straight from the bytes, or `nil` where anything is unusual: it is then read field by field.
    ///
    /// Gives what ``Deployment/init(_:)`` gives (a test compares them); a repository holds many more deployments than anything else.
    func plainDeployment(at spec: Int32) -> Deployment? {
        guard spec >= 0, self[spec].kind == .mapping else { return nil }
        var model: String?, revision: ObjectID?, version: String?, digest: Digest?
        var key = self[spec].first
        while key >= 0 {
            let value = self[key].next
            guard self[value].kind == .scalar, !isNull(value) else { return nil }
            if text(key, is: "model") {
                model = text(value)
            } else if text(key, is: "revision") {
                revision = withText(value) { ObjectID(digits: $0) }
                if revision == nil { return nil }
            } else if text(key, is: "version") {
                version = text(value)
            } else if text(key, is: "digest") {
                digest = withText(value) { Digest(digits: $0) }
                if digest == nil { return nil }
            } else {
                return nil
            }
            key = self[value].next
        }
        guard let model, revision != nil || (version == nil && digest == nil) else { return nil }
        return Deployment(model: model, pin: revision.map { Pin(revision: $0, version: version, digest: digest) })
    }
}
