public import Domain

/// A folder of manifests with so many entries that Git reads and writes a long list for each change of one.
public struct CrowdedFolder: Hashable, Sendable {
    /// How many a folder may have.
    public static let most = 1000

    let path: String
    let count: Int

    /// `nil` where a folder may have so many.
    ///
    /// - Parameters:
    ///   - folders: How many of its entries are folders. Those in `data` may well be of data.
    ///   - files: How many are YAML files.
    public init?(_ path: String, folders: Int, files: Int) {
        guard folders + files > Self.most, ManifestPath.isInFolder(path) else { return nil }
        let isOfNames = ["models", "environments"].contains(path.prefix { $0 != "/" })
        count = isOfNames ? folders + files : files
        guard count > Self.most else { return nil }
        self.path = path
    }

    /// What it is a folder of, as names in it nest.
    private var example: String {
        switch path.pathParts().first {
        case "models": "\(path)/TEAM/MODEL/model.yaml, and environments/ENV/TEAM/MODEL.yaml for its deployments"
        case "environments": "\(path)/TEAM/MODEL.yaml, and models/TEAM/MODEL for the model"
        default: "\(path)/TEAM/NAME.yaml"
        }
    }

    public var diagnostic: Diagnostic {
        Diagnostic(
            file: path, severity: .warning, code: "crowded-folder",
            message: "the folder has \(count) entries; each change of one reads and writes a list of all of them",
            hint: "keep folders under \(Self.most) entries by names that nest, such as \(example)")
    }

    /// Whether it lies in a model, or is one: that holds what training left there, not manifests.
    public func isInModel(_ exists: (_ path: String) -> Bool) -> Bool {
        let parts = path.pathParts()
        guard parts.first == "models" else { return false }
        return parts.indices.dropFirst().contains { exists(parts[...$0].joined(separator: "/") + "/model.yaml") }
    }
}
