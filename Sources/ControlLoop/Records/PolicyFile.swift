import Domain

/// A file of the branch that decides what enters, or who counts.
struct PolicyFile: Hashable, Comparable, Sendable {
    let path: String
    private let sort: Sort

    /// The most far-reaching first.
    private enum Sort: Int { case signers, settings, waiver, evidence, gate, environment, deployment }

    /// Whether the branch does not have it yet.
    private let isNew: Bool

    /// `nil` where the file decides nothing.
    init?(_ path: String, isNew: Bool = false) {
        if path == Signers.file || path.hasPrefix(Signers.folder + "/") {
            sort = .signers
        } else if path == RepositorySettings.file {
            sort = .settings
        } else if let place = ManifestPlace(path: path) {
            switch place.kind {
            case Waiver.kind: sort = .waiver
            case ManualEvidence.kind: sort = .evidence
            case Gate.kind: sort = .gate
            case Environment.kind: sort = .environment
            case Deployment.kind: sort = .deployment
            default: return nil
            }
        } else if path.hasPrefix("gates/") {
            sort = .gate
        } else if path.hasPrefix("environments/") {
            sort = .deployment
        } else {
            return nil
        }
        (self.path, self.isNew) = (path, isNew)
    }

    /// Whether it says what has to hold, or whose word counts. Waivers and evidence count by the signature of the commit that brings them,
    /// and an environment that is only set up judges nothing yet.
    var isRule: Bool {
        switch sort {
        case .signers, .settings, .gate: true
        case .environment: !isNew
        case .waiver, .evidence, .deployment: false
        }
    }

    static func < (one: PolicyFile, other: PolicyFile) -> Bool {
        (one.sort.rawValue, one.path) < (other.sort.rawValue, other.path)
    }
}
