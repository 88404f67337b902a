import Domain

/// How plans are told to people and programs.
enum PlanText {
    static func json(_ plans: [UnitPlan], _ problems: [Diagnostic]) -> String {
        JSON.object([("deployments", .array(plans.map(\.json))), ("diagnostics", problems.json)]).text(pretty: true)
    }

    /// One after the other. What concerns several, such as one damaged object, is said once.
    static func lines(_ plans: [UnitPlan]) -> String {
        var said: [String: Unit] = [:]
        return plans.map { plan in
            var plan = plan
            for index in plan.blockers.indices where plan.blockers[index].kind == .person {
                let reason = plan.blockers[index].reason
                if let first = said[reason] {
                    plan.blockers[index].reason = "as is said of \(first)"
                } else {
                    said[reason] = plan.unit
                }
            }
            return line(plan)
        }.joined(separator: "\n")
    }

    static func line(_ plan: UnitPlan) -> String {
        let now = plan.current?.label ?? "nothing"
        let next = plan.candidate.map { " → \($0.label ?? $0.revision.short)" } ?? ""
        let passed = plan.passedOver.map { "passes over \($0.version.title): \($0.reason)" }
        let note = plan.note.map { ["note: \($0)"] } ?? []
        let reasons = plan.allBlockers.map { "\($0.kind.rawValue) \($0.name): \($0.reason)" }
        let head = "\(plan.unit)  \(now)\(next)  \(plan.state.rawValue)"
        return ([head] + note + passed + reasons).joined(separator: "\n    ")
    }
}

extension UnitPlan {
    /// What keeps versions out, after what is to be done about the one that runs.
    var allBlockers: [Blocker] { [tending].compactMap(\.self) + blockers }

    var passedOverJSON: JSON {
        .array(passedOver.map { ["version": $0.version.pin.json, "reason": .string($0.reason)] })
    }

    var json: JSON {
        [
            "environment": .string(unit.environment), "model": .string(unit.model), "state": .string(state.rawValue),
            "current": current?.json ?? .null, "candidate": candidate?.pin.json ?? .null,
            "blockers": .array(allBlockers.map(\.json)), "passedOver": passedOverJSON,
            "waivers": .array(waivers.map(\.json)),
            "note": JSON(note), "nextLook": JSON(nextLook?.description),
            "evidence": .array(
                evidence.map {
                    [
                        "check": .string($0.check), "verdict": .string($0.outcome.verdict.rawValue),
                        "summary": .string($0.outcome.summary),
                    ]
                }),
        ]
    }
}
