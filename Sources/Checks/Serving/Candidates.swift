import Data
import Domain

/// Requests that are worth a person's look: those answered most wrongly, also in slices whose predictions are biased, those that another
/// version answered otherwise, as one does that is served in the shadow, and of those without a label the least certain.
struct Candidates {
    /// The requests' ids by reason, at most ``most`` of them.
    let json: JSON
    static let most = 20

    /// - Parameter slices: Values of features whose requests fail as a slice.
    init(
        _ log: ServingLog, labels: [String: String], task: ModelTask, positive: String?,
        slices: [(feature: String, value: String)] = []
    ) {
        var hard = HardExamples(rows: log.entries.count, atMost: Self.most)
        var judge = Judge(task: task, binary: BinaryLabels(positive: positive))
        let others = Dictionary(
            log.others.compactMap { entry in entry.request.map { ($0, entry) } }, uniquingKeysWith: { $1 })
        for (row, entry) in log.entries.enumerated() {
            guard let request = entry.request else { continue }
            if let other = others[request], let distance = judge.distance(of: entry, from: other) {
                hard.add(row, .disagreement, rank: -distance)
            }
            guard let label = labels[request].flatMap({ $0.isEmpty ? nil : $0 }) else {
                if task == .binaryClassification, let score = entry.score, (0...1).contains(score) {
                    hard.add(row, .uncertain, rank: max(score, 1 - score))
                }
                continue
            }
            guard let rank = judge.wrongness(of: entry, label) else { continue }
            hard.add(row, task == .regression ? .far : .wrong, rank: rank)
            if slices.contains(where: { entry.has($0.feature, $0.value) }) { hard.add(row, .slice, rank: rank) }
        }
        json = .object(
            Self.shared(hard.picked).compactMap { reason, rows in
                let ids = rows.map { JSON.string(Excerpt.line(log.entries[$0].request ?? "")) }
                return ids.isEmpty ? nil : (reason.rawValue, .array(ids))
            })
    }

    /// The first rows of each reason, so that none leaves no room for another.
    private static func shared(
        _ picked: [(row: Int, reason: HardExamples.Reason)]
    ) -> [(HardExamples.Reason, ArraySlice<Int>)] {
        let all = HardExamples.Reason.allCases.map { reason in picked.filter { $0.reason == reason }.map(\.row) }
        var each = 0
        while all.reduce(0, { $0 + min($1.count, each + 1) }) <= most, each < most { each += 1 }
        return zip(HardExamples.Reason.allCases, all.map { $0.prefix(each) }).map { ($0, $1) }
    }

    /// Knows what answers mean.
    private struct Judge {
        let task: ModelTask
        var binary: BinaryLabels

        /// The less the more wrong; `nil` where the answer is right, or it cannot be told how wrong it is.
        mutating func wrongness(of entry: ServingLog.Entry, _ label: String) -> Double? {
            switch task {
            case .binaryClassification:
                guard let score = entry.score, (0...1).contains(score), let truth = binary.value(of: label),
                    let answer = entry.prediction.flatMap({ binary.value(of: RunTable.text($0)) }), truth != answer
                else { return nil }
                return truth == 1 ? score : 1 - score
            case .regression:
                guard let truth = Double(label), let answer = entry.number, truth != answer else { return nil }
                return -abs(truth - answer)
            case .multiclassClassification, .ranking, .detection: return nil
            }
        }

        /// How far two answers to a request are apart; `nil` where they are the same, or one is missing.
        mutating func distance(of one: ServingLog.Entry, from other: ServingLog.Entry) -> Double? {
            switch task {
            case .binaryClassification, .multiclassClassification:
                guard let first = one.prediction.map(RunTable.text), let second = other.prediction.map(RunTable.text),
                    !ClassLabel.areSame(first, second, isBinary: task == .binaryClassification)
                else { return nil }
                guard let first = one.score, let second = other.score else { return 0 }
                return abs(first - second)
            case .regression:
                guard let first = one.number, let second = other.number, first != second else { return nil }
                return abs(first - second)
            case .ranking, .detection: return nil
            }
        }
    }
}

extension ServingLog.Entry {
    fileprivate var number: Double? { prediction.flatMap { Double(RunTable.text($0)) } }

    /// Whether a feature has that value, as slices name it.
    fileprivate func has(_ feature: String, _ value: String) -> Bool {
        let found = features.first { $0.key == feature && $0.value != .null }.map { RunTable.text($0.value) }
        return (found ?? "(null)") == value
    }
}
