import Domain

/// Decides whether a model for which a monitor asks is trained anew: a pure function of what is known.
struct RetrainRule: Sendable {
    var record: RetrainRecord
    let settings: Model.Retraining
    /// Where the monitor looks, and which version it finds there.
    let unit: Unit
    let running: ObjectID
    /// The model's folder on the branch.
    let tree: ObjectID
    let gain: RetrainGain
    var now: Timestamp

    enum Decision: Hashable, Sendable {
        case begin
        case isUnderWay(RetrainRun)
        case coolsDown(RetrainRun, until: Timestamp)
        /// So many trainings came to nothing that a person has to look.
        case isOpen(String)
        case isNotWorth(String)
    }

    /// After so many failures in a row none begins by itself.
    static let mostFailures = 2

    var decision: Decision {
        if let run = record.runs.first(where: { $0.mayGoOn(at: now) }) { return .isUnderWay(run) }
        let failures = failures
        if failures.count >= Self.mostFailures { return .isOpen(words(failures)) }
        if let last = record.counting.first, now < last.begun + settings.coolDown {
            return .coolsDown(last, until: last.begun + settings.coolDown)
        }
        if !gain.isWorthIt { return .isNotWorth(gain.words) }
        return .begin
    }

    /// The failures in a row, the newest first. Those for a version that this environment does not run any more are past.
    private var failures: [RetrainRun] {
        let runs = record.counting.filter { $0.end?.kind != .stopped }
        return Array(
            runs.prefix { run in
                let isPast = run.environment == unit.environment && run.revision != running
                return !isPast && isFailure(run)
            })
    }

    /// A command that ended well has failed all the same where nothing new has come in all the time that was left for it.
    private func isFailure(_ run: RetrainRun) -> Bool {
        switch run.end?.kind {
        case .failed, nil: true
        case .done: run.tree == tree && now >= run.begun + settings.coolDown
        case .stopped: false
        }
    }

    private func words(_ failures: [RetrainRun]) -> String {
        let last = failures.first.map { run in
            switch run.end?.kind {
            case .done: "the last, of \(run.begun), brought no new version"
            case .failed, .stopped: "the last, of \(run.begun): \(run.end?.words ?? "")"
            case nil: "how the last ended, of \(run.begun), is not known"
            }
        }
        return "\(failures.count) trainings in a row came to nothing; \(last ?? "")"
    }
}

extension RetrainRule.Decision {
    /// Why none begins, for people.
    func words(_ settings: Model.Retraining) -> String {
        switch self {
        case .begin: "a training begins"
        case .isUnderWay(let run): "it is being trained anew since \(run.begun)"
        case .coolsDown(let run, let until):
            "it was trained anew at \(run.begun), and not again before \(until) (coolDown \(settings.coolDown.text))"
        case .isOpen(let words), .isNotWorth(let words): words
        }
    }
}
