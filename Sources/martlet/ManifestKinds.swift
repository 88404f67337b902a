import Domain

/// The kinds of manifests.
enum ManifestKinds {
    static let all = [
        RepositorySettings.kind, Model.kind, Schema.kind, Dataset.kind, Gate.kind, Environment.kind, Deployment.kind,
        ManualEvidence.kind, Waiver.kind,
    ]
}
