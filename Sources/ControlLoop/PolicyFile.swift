import Domain

/// A file of the branch that decides what enters, or who counts.
struct PolicyFile: Hashable, Comparable, Sendable {
    let path: String
    private let sort: Sort

    /// The most far-reaching first.
    private enum Sort: Int { case signers, settings, waiver, evidence, gate, environment, deployment }

    /// `nil` where the file decides nothing.
    init?(_ path: String) {
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
        self.path = path
    }

    /// Whether it says what has to hold, or whose word counts. Waivers and evidence count by the signature of the commit that brings them.
    var isRule: Bool {
        switch sort {
        case .signers, .settings, .gate, .environment: true
        case .waiver, .evidence, .deployment: false
        }
    }

    static func < (one: PolicyFile, other: PolicyFile) -> Bool {
        (one.sort.rawValue, one.path) < (other.sort.rawValue, other.path)
    }
}
