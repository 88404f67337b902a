public import Domain

/// What the controller recorded of a version, for those who only look.
public enum KnownEvidence {
    /// The newest of each check, whatever gate asked for it.
    ///
    /// - Parameter references: Where the repository's settings say that records are kept.
    public static func newest(
        of version: ModelVersion, checks: Set<String>, references: String, in store: any Store
    ) async throws -> [Evidence] {
        try await store.read { reader in
            try EvidenceStore(reference: references + "/evidence").newest(of: version, checks, reader)
        }
    }
}
