import Domain

/// What a deployment names.
enum DeployedVersion: Sendable {
    case nothing
    case known(KnownVersion)
    /// A version that cannot be read, and why. That is not nothing: what a gate compares with is missing.
    case unreadable(Pin, String)

    var known: KnownVersion? { if case .known(let version) = self { version } else { nil } }
}

extension VersionCatalog {
    func deployed(_ model: String, _ pin: Pin?) async -> DeployedVersion {
        guard let pin else { return .nothing }
        do {
            if let known = try await version(of: model, at: pin.revision) { return .known(known) }
            return .unreadable(pin, "\(pin.revision.short) has no readable models/\(model)/model.yaml")
        } catch {
            return .unreadable(pin, "\(error)")
        }
    }
}

extension Blocker {
    /// Nothing is compared with a version that cannot be read, and nothing takes its place unasked.
    static func unreadable(_ pin: Pin, of unit: Unit, _ why: String) -> Blocker {
        let path = Snapshot.path(ofDeployment: unit.model, in: unit.environment)
        let name = pin.version.map { "\($0) (\(pin.revision.short))" } ?? pin.revision.short
        return Blocker(
            .manifest, path, "\(path) names \(name), which cannot be read, so nothing can be compared with it: \(why)",
            unblockedBy: "whoever has that commit pushes the branch that it is on (git fsck says what is damaged), "
                + "or names a version of this branch in \(path)")
    }
}
