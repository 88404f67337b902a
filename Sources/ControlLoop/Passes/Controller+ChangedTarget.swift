import Domain

/// What a target wrote under settings that are gone. By itself nothing is cleared there: a server may still read it, and would lose its
/// model by a change of one line. It is told until it is gone, and a person can have it cleared, by the record that lies there.
extension Controller {
    /// Tells why a target is about to be changed though no other version is wanted: by its settings, or by somebody behind Martlet's back.
    func tellOfChangedTarget(_ visit: Visit, _ other: Running? = nil) {
        let unit = visit.unit
        let old = lastTargets[unit].map { TargetRecord($0) } ?? visit.before.target
        if let old, let new = visit.environment.target, old != TargetRecord(new) {
            lastTargets[unit] = new
            let rest = leftover(of: old, unit).map { Excerpt.line($0.place, limit: 400) } ?? old.kind
            surroundings.tell(
                Event(
                    .warning,
                    "the target of \(unit) has other settings now; bringing it there. What was written by the former ones "
                        + "(\(rest)) stays where these do not replace it: a person removes it, or: martlet reconcile --accept-removal"
                ))
        } else if other != nil {
            // After a start, nobody knows what the settings of some targets were.
            let cause = old == nil ? "does not run what it should" : "was changed by somebody else"
            surroundings.tell(Event(.warning, "the target of \(unit) \(cause); repairing it"))
        }
    }

    /// The status with the settings by which it runs now, and with what those before, if they were others, have left elsewhere.
    ///
    /// - Parameter former: By which it was brought last.
    func noting(_ former: TargetRecord?, _ visit: Visit, _ status: DeploymentStatus) -> DeploymentStatus {
        let new = visit.target?.place == nil ? nil : visit.environment.target.map { TargetRecord($0) }
        // Of a target that stays as it is, this is written down with the next transition.
        guard former != new && former != nil || status.state != visit.before.state else { return status }
        var status = status
        if let former, former != new, let left = leftover(of: former, visit.unit) {
            status.left.removeAll { $0.place == left.place }
            status.left = Array(([left] + status.left).prefix(Leftover.limit))
        }
        status.target = new
        return status
    }

    /// The status without the leftovers that are gone, or where a deployment runs again. Those that a person allows to go are cleared.
    func withoutGone(_ visit: Visit, _ status: DeploymentStatus) async -> DeploymentStatus {
        var status = status
        for left in status.left {
            do {
                let isAllowed = options.acceptsRemoval && status.state == .verified && visit.authority == .full
                guard try await isLeft(left, visit, clearing: isAllowed) else {
                    status.left.removeAll { $0 == left }
                    continue
                }
            } catch {
                guard options.acceptsRemoval else { continue }
                surroundings.tell(Event(.warning, "\(visit.unit): \(left.words) and cannot be cleared: \(error)"))
            }
        }
        return status
    }

    /// Takes away what former settings have left of a deployment that is to run nowhere any more.
    func clearLeftovers(_ visit: Visit) async throws {
        for left in visit.before.left { _ = try await isLeft(left, visit, clearing: true) }
    }

    private func isLeft(_ left: Leftover, _ visit: Visit, clearing: Bool) async throws -> Bool {
        guard let target = try? surroundings.targets.make(left.target.plugin, as: (any Target).self),
            target.place != nil
        else { return true }
        let (model, tools) = (visit.unit.model, surroundings.tools)
        // Somebody's settings name it again, or lead there: then it is that deployment's.
        if let present = visit.target, let place = present.place, "\(place)/\(present.name(of: model))" == left.place {
            return false
        }
        if snapshot.map({ shared.serve(model, from: target, $0) }) ?? false { return false }
        let others = snapshot.map { shared.targets(serving: model, $0) } ?? []
        if try await SharedTargets.serve(model, from: target, by: others, using: tools) { return false }
        let nothing = Release(
            environment: visit.unit.environment, model: model, pin: Pin(revision: .zero), artifact: nil, digest: nil,
            format: nil, number: 0, ranBefore: true)
        guard try await target.observe(nothing, using: tools) != .nothing else { return false }
        guard clearing else { return true }
        try await target.apply(nothing, using: tools)
        surroundings.tell(Event(.info, "cleared \(left.place), where \(visit.unit) ran by earlier settings"))
        return try await target.observe(nothing, using: tools) != .nothing
    }

    private func leftover(of former: TargetRecord, _ unit: Unit) -> Leftover? {
        guard let target = try? surroundings.targets.make(former.plugin, as: (any Target).self),
            let place = target.place
        else { return nil }
        return Leftover(target: former, place: "\(place)/\(target.name(of: unit.model))")
    }
}
