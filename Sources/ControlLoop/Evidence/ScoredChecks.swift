import Domain

/// The checks that an environment's scorecard is made from.
enum ScoredChecks {
    /// What the environment's own gate asks for, then the rest of the rubric: with the settings of the nearest gate on the
    /// way there that names it, else with its defaults. What is only scored does not block by itself.
    static func all(of model: String, in environment: String?, _ snapshot: Snapshot, _ known: CheckRegistry) -> [Gate
        .Requirement]
    {
        let way = environment.map { gates(of: model, upTo: $0, snapshot) } ?? []
        let own = way.first?.checks ?? []
        return own
            + Rubric.checks.filter { check in known[check] != nil && !own.contains { $0.check == check } }.flatMap {
                check in
                let named = way.lazy.map { gate in gate.checks.filter { $0.check == check } }.first { !$0.isEmpty }
                return (named ?? [Gate.Requirement(check: check)]).map { requirement in
                    Gate.Requirement(
                        check: check, required: false, timeLimit: requirement.timeLimit, settings: requirement.settings)
                }
            }
    }

    /// The environment's gate, and those of the environments that its versions come from, nearest first.
    private static func gates(of model: String, upTo environment: String, _ snapshot: Snapshot) -> [Gate] {
        var gates: [Gate] = [], seen: Set<String> = [environment], front = [environment]
        while !front.isEmpty {
            let settings = front.compactMap { snapshot.environments[$0]?.value }
            let found = settings.compactMap { snapshot.gate(of: model, in: $0)?.value }
            // The environment's own place is kept though it has no gate.
            gates += gates.isEmpty && found.isEmpty ? [.placeholder] : found
            front = settings.flatMap(\.from).sorted().filter { seen.insert($0).inserted }
        }
        return gates
    }
}

extension Scorecard {
    /// The scorecard of what was found. A test that was run more than once counts with its worst verdict.
    init(_ found: [(check: String, outcome: Outcome)], manual: [String: [Manual]]) {
        var entries = manual.mapValues { Entry(manual: $0) }
        for (check, outcome) in found {
            let other = entries[check]?.outcome
            let isWorse = other.map { $0.verdict.combined(with: outcome.verdict) != $0.verdict } ?? true
            if isWorse { entries[check, default: Entry()].outcome = outcome }
        }
        self.init(entries)
    }
}
