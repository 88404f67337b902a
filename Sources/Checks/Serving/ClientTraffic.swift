import Data
import Domain
import Glibc

/// What one client asked of a model.
struct ClientTraffic {
    let name: String
    private(set) var requests = 0
    /// How many of its requests have each habit, where that can be told.
    private(set) var counts: [Habit: Count] = [:]
    private var times: [Timestamp] = []
    private var answers: [String: Int] = [:]
    private var last: [JSON.Member] = []

    /// Stands for whoever is not named.
    static let unnamed = "(no client)"

    enum Habit: String, CaseIterable {
        case near = "near_boundary"
        case outside = "out_of_domain"
        case step = "one_feature_steps"

        var words: String {
            switch self {
            case .near: "lie near the decision's boundary"
            case .outside: "lie outside of the schema's domain"
            case .step: "change one feature of the request before"
            }
        }
    }

    struct Count {
        private(set) var count = 0
        private(set) var of = 0

        var share: Double? { of > 0 ? Double(count) / Double(of) : nil }

        mutating func add(_ isOne: Bool) { (count, of) = (count + (isOne ? 1 : 0), of + 1) }
        mutating func add(_ other: Count) { (count, of) = (count + other.count, of + other.of) }

        func without(_ part: Count) -> Count {
            var rest = self
            (rest.count, rest.of) = (count - part.count, of - part.of)
            return rest
        }

        func interval(_ confidence: Double) -> Interval? {
            .clopperPearson(successes: count, of: of, confidence: confidence)
        }
    }

    init(_ name: String) { self.name = name }

    var title: String { name == Self.unnamed ? "requests without a client" : "client '\(Excerpt.line(name))'" }

    mutating func add(_ entry: ServingLog.Entry, isNear: Bool?, isOutside: Bool?) {
        requests += 1
        if let time = entry.time { times.append(time) }
        if let isNear { counts[.near, default: Count()].add(isNear) }
        if let isOutside { counts[.outside, default: Count()].add(isOutside) }
        // Where there is but one feature, every other request changes just that.
        if entry.features.count > 1 {
            if !last.isEmpty { counts[.step, default: Count()].add(Self.differ(last, entry.features) == 1) }
            last = entry.features
        }
        if let answer = entry.prediction.map(RunTable.text), answers.count < 1000 || answers[answer] != nil {
            answers[answer, default: 0] += 1
        }
    }

    /// In how many features two requests differ, counted up to two.
    private static func differ(_ one: [JSON.Member], _ other: [JSON.Member]) -> Int {
        guard one.count == other.count else { return 2 }
        var count = 0
        for (index, member) in one.enumerated() {
            let value =
                other[index].key == member.key ? other[index].value : other.first { $0.key == member.key }?.value
            if value != member.value { count += 1 }
            if count == 2 { break }
        }
        return count
    }

    /// The most requests within a minute; `nil` without times.
    var peak: Int? {
        let sorted = times.sorted()
        var start = 0, most = 0
        for (index, time) in sorted.enumerated() {
            while time - sorted[start] >= .seconds(60) { start += 1 }
            most = max(most, index - start + 1)
        }
        return most > 0 ? most : nil
    }

    /// Of its answers, in bits (Shannon 1948): who copies a model is served best by answers of which each is as frequent.
    private var entropy: Double? {
        let total = Double(answers.values.reduce(0, +))
        guard total > 0 else { return nil }
        return answers.values.sorted().reduce(0) { $0 - Double($1) / total * log2(Double($1) / total) }
    }

    func json(of all: Int) -> JSON {
        let shares = Habit.allCases.map { ($0.rawValue, JSON(counts[$0]?.share)) }
        let volume: [(String, JSON)] = [
            ("requests", .int(requests)), ("share", .double(Double(requests) / Double(all))),
            ("peak_per_minute", peak.map(JSON.int) ?? .null), ("answer_entropy", JSON(entropy)),
        ]
        return .object(volume + shares)
    }
}
