import Domain

extension Controller {
    /// Tells why a target is about to be changed though no other version is wanted: by its settings, or by somebody behind Martlet's back.
    ///
    /// Nothing is cleared by settings that are gone: what they had written may be what people still use, so they are told where it is.
    func tellOfChangedTarget(_ visit: Visit, _ other: Running? = nil) {
        let unit = visit.unit
        let old = lastTargets[unit]
        if let old, let new = visit.environment.target,
            old.kind != new.kind || old.settings.json != new.settings.json
        {
            lastTargets[unit] = new
            let former = (try? surroundings.targets.make(old)) as? any Target
            let place = former.flatMap { target in target.place.map { "\($0)/\(target.name(of: unit.model))" } }
            let rest = place.map { Excerpt.line($0, limit: 400) } ?? old.kind
            surroundings.tell(
                Event(
                    .warning,
                    "the target of \(unit) has other settings now; bringing it there. What was written by the former ones "
                        + "(\(rest)) stays where these do not replace it: a person removes it"))
        } else if other != nil {
            // After a start, nobody knows what the settings were.
            let cause = old == nil ? "does not run what it should" : "was changed by somebody else"
            surroundings.tell(Event(.warning, "the target of \(unit) \(cause); repairing it"))
        }
    }
}
