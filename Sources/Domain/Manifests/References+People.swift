/// People whom manifests name, and whose signatures hold nowhere as long as nobody says which keys are theirs.
extension References {
    /// A name that is neither a team's nor that of somebody who can sign never agrees to anything.
    mutating func checkPeople(_ names: [String], _ gate: String, _ field: String) {
        let teams = snapshot.settings.teams
        let reviewers = field == "approvals" ? reviewers : []
        var strangers: Set<String> = []
        for name in Set(names) where teams[name] == nil && !reviewers.contains(name.lowercased()) && !canSign(name) {
            strangers.insert(name)
        }
        guard !strangers.isEmpty else { return }
        // Of members, that is said where the team stands.
        let known = Set(Set(names).flatMap { teams[$0] ?? [] }.map { $0.lowercased() })
        for name in strangers where !known.contains(name.lowercased()) {
            let near = Suggestion.nearest(to: name, in: teams.keys).map { "did you mean '\($0)'?" }
            note(
                Self.path(Gate.kind, gate), ["spec", field, "from", name], "unknown-person", severity: .warning,
                "\(field): '\(Excerpt.line(name))' is no team of martlet.yaml, and nobody in allowed_signers",
                hint: near ?? "as long as that is so, nobody counts for that name")
        }
    }

    /// Members of the teams that gates ask, who cannot sign.
    mutating func checkTeams() {
        var asked: [String: [(gate: String, field: String)]] = [:]
        for (name, entry) in snapshot.gates.sorted(by: { $0.key < $1.key }) {
            for team in entry.value.approvals?.from ?? [] { asked[team, default: []].append((name, "approvals")) }
            for team in entry.value.waivers?.from ?? [] { asked[team, default: []].append((name, "waivers")) }
        }
        for (team, members) in snapshot.settings.teams {
            guard let gates = asked[team] else { continue }
            // Whose reviews count need sign only what has none.
            let (first, unreviewed) = (gates.first, gates.first { $0.field != "approvals" })
            for member in Set(members) where !canSign(member) {
                let isReviewer = reviewers.contains(member.lowercased())
                guard let (gate, field) = isReviewer ? unreviewed : first else { continue }
                note(
                    RepositorySettings.file, ["spec", "teams", team, member], "unknown-person", severity: .warning,
                    "teams: '\(Excerpt.line(member))' of team '\(Excerpt.line(team))', which gate '\(gate)' asks for "
                        + "\(field), is not in \(Signers.file)",
                    hint: Self.wayIn(member))
            }
        }
    }

    /// Whose signatures Martlet's records need: one whom nobody knows makes all of them count for nothing.
    mutating func checkRecordSigners() {
        for name in Set(snapshot.settings.recordSigners).sorted() where !canSign(name) {
            note(
                RepositorySettings.file, ["spec", "recordSigners", name], "unknown-person",
                "recordSigners: '\(Excerpt.line(name))' is not in \(Signers.file), so no record can be signed by that name",
                hint: Self.wayIn(name))
        }
    }

    /// Evidence and waivers count only if those whom they name have signed them. Where nobody can sign, as in what `martlet init` writes,
    /// nothing is begun yet.
    mutating func checkSigner<Value>(_ name: String, _ file: String, _ field: String, _ entry: Snapshot.Entry<Value>) {
        guard hasSigners, !entry.isBroken, !isLacking(name, file), !canSign(name) else { return }
        note(
            file, ["spec", field], "unknown-person", severity: .warning,
            "\(field): '\(Excerpt.line(name))' is not in \(Signers.file), so this counts for nothing",
            hint: Self.wayIn(name))
    }

    private static func wayIn(_ name: String) -> String {
        "commit a line '\(Excerpt.line(name)) KEY' there, or \(Signers.folder)/NAME.asc with an OpenPGP key"
    }
}
