import Domain

/// How old the model is that stands at one stage of the way to an environment.
struct StageAge: Sendable {
    /// `models/` on the branch, or the name of an environment.
    let stage: String
    let revision: ObjectID
    let since: Timestamp
    let age: Duration

    var text: String { "\(stage) \(age.text)" }

    var json: JSON {
        [
            "stage": .string(stage), "revision": .string(revision.description), "since": .string(since.description),
            "age_days": .double(age.days),
        ]
    }

    /// What lies on the branch, runs in the environments before the subject's, and runs there; of those of which it is known.
    static func all(of subject: Subject, field: String) async throws -> [StageAge] {
        let names = subject.environment.map { ($0.settings.from + [$0.name]).unique } ?? []
        let running = names.compactMap { name in subject.statuses[name]?.pin.map { (name, $0.revision) } }
        var stages: [StageAge] = []
        for (stage, revision) in [("models/", subject.tip)] + running {
            // What cannot be read is told where it is looked at itself.
            guard let entry = try? await VersionHistory.models(of: subject, from: revision, atMost: 1).first else {
                continue
            }
            let declared = try? await subject.trainingDate(of: entry.version, field: field)
            let since = declared?.moment ?? entry.commit.author.time
            stages.append(
                StageAge(stage: stage, revision: entry.version.revision, since: since, age: subject.now - since))
        }
        return stages
    }
}
