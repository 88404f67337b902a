public import Domain

/// The branches that are requests: `promote/ENV/MODEL`.
enum RequestName {
    static let pattern = "refs/heads/promote/*"

    static func reference(of unit: Unit) -> String { "refs/heads/\(unit.request)" }

    /// The branches around the one of a request, whose names would be the folders that it lies in.
    static func folders(of unit: Unit) -> [String] {
        let parts = unit.request.pathParts()
        return parts.indices.dropFirst().map { "refs/heads/" + parts[..<$0].joined(separator: "/") }
    }

    /// Whether a branch stands where requests do.
    static func isMeant(_ reference: String) -> Bool { reference.hasPrefix(pattern.dropLast()) }

    /// The deployment that a branch is a request for; `nil` where there can be none of that name.
    static func unit(of reference: String) -> Unit? {
        let start = "refs/heads/promote/"
        guard reference.hasPrefix(start) else { return nil }
        let parts = reference.dropFirst(start.utf8.count).pathParts(most: 2).map(String.init)
        guard parts.count == 2 else { return nil }
        let unit = Unit(environment: parts[0], model: parts[1])
        let place = ManifestPlace(path: Snapshot.path(ofDeployment: unit.model, in: unit.environment))
        // A folder `x.json` of records would be in the way of the record of a model `x`.
        guard place?.kind == Deployment.kind, place?.environment == unit.environment, place?.name == unit.model,
            !unit.model.pathParts().contains(where: { $0.hasSuffix(".json") })
        else { return nil }
        return unit
    }
}

extension Unit {
    /// The branch of requests for this deployment.
    public var request: String { "promote/\(environment)/\(model)" }
}
