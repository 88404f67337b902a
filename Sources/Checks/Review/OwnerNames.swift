import Domain

/// Whom the owners of a CODEOWNERS file are, as `allowed_signers` names people.
struct OwnerNames: Sendable {
    private let people: [String: String]
    private let teams: [String: [String]]

    /// Nobody but addresses is known.
    static let none = OwnerNames(people: [:], teams: [:])

    private init(people: [String: String], teams: [String: [String]]) {
        self.people = people
        self.teams = teams
    }

    /// By the logins in `spec.forge.people` of `martlet.yaml`, and its `spec.teams`.
    init(_ settings: RepositorySettings) {
        func lowered<Value>(_ named: [String: Value]) -> [String: Value] {
            Dictionary(named.sorted { $0.key < $1.key }.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
        }
        self.init(people: lowered(settings.forge?.people ?? [:]), teams: lowered(settings.teams))
    }

    /// In lower case; `nil` where nothing says who that is.
    func people(of owner: String) -> [String]? {
        let owner = owner.lowercased()
        guard owner.hasPrefix("@") else { return [owner] }
        let parts = owner.dropFirst().pathParts()
        let found = parts.count == 2 ? teams[String(parts[1])] : people[String(parts[0])].map { [$0] }
        return found?.map { $0.lowercased() }
    }
}

extension OwnerNames {
    /// Of `martlet.yaml` in a tree.
    init(in tree: ObjectID, _ read: FeatureLead.Read, _ reader: any ObjectReader) throws {
        let path = RepositorySettings.file
        guard let entry = try reader.entry(at: path, in: tree), entry.mode == .file || entry.mode == .executable,
            case .repository(let settings)? = read(try reader.blob(entry.id, atMost: 1 << 20), path).documents.first?
                .manifest
        else {
            self = .none
            return
        }
        self.init(settings)
    }
}
