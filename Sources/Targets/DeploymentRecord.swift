import Domain

/// What a directory remembers of one model: the versions that it keeps, the latest deployed first.
///
/// Which of them is served is not written here but seen: two facts could disagree.
struct DeploymentRecord: Hashable {
    let model: String
    var versions: [StoredVersion] = []

    static let name = ".martlet.json"

    var bytes: [UInt8] {
        let json: JSON = ["model": .string(model), "versions": .array(versions.map(\.json))]
        return Array(json.text(pretty: true).utf8) + [0x0A]
    }

    init(model: String) { self.model = model }

    /// `nil` where there is none, or somebody has written something else into it.
    init?(in folder: String) {
        guard let bytes = FileTree.bytes(of: "\(folder)/\(Self.name)", atMost: 64 << 20),
            let json = try? JSON(parsing: bytes), let model = json["model"]?.string,
            let versions = json["versions"]?.array
        else { return nil }
        self.model = model
        self.versions = versions.compactMap { StoredVersion($0) }
    }
}
