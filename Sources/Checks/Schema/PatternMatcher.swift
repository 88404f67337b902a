/// Holds one text after another against a pattern.
///
/// To which states a byte leads is worked out once and looked up from then on: the pattern's deterministic automaton, made as far as texts
/// need it (Thompson, CACM 11(6), 1968). What it does not hold is worked out anew: characters outside of ASCII, and states beyond a limit.
struct PatternMatcher {
    private let pattern: TextPattern
    /// Each of them the states of the pattern in which a text can be, and whether it may end there.
    private var places: [(states: [Int], accepts: Bool)] = []
    private var numbers: [[Int]: Int16] = [:]
    /// For each place and each byte below 128 the place that follows.
    private var next: [Int16] = []

    private static let unknown: Int16 = -1, nowhere: Int16 = -2
    private static let mostPlaces = 256

    init(_ pattern: TextPattern) {
        self.pattern = pattern
        _ = add(pattern.beginning)
    }

    /// Whether the whole text matches.
    mutating func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var place = 0
        for byte in text {
            guard byte < 0x80 else { return pattern.matches(String(decoding: text, as: UTF8.self)) }
            var found = next[place << 7 | Int(byte)]
            if found == Self.unknown {
                let states = pattern.states(after: Unicode.Scalar(byte), from: places[place].states)
                guard let number = add(states) else { return pattern.matches(String(decoding: text, as: UTF8.self)) }
                found = number
                next[place << 7 | Int(byte)] = number
            }
            if found == Self.nowhere { return false }
            place = Int(found)
        }
        return places[place].accepts
    }

    /// The number of a place, a new one where it was not there; `nil` where there is no room for it.
    private mutating func add(_ states: [Int]) -> Int16? {
        if states.isEmpty { return Self.nowhere }
        let states = states.sorted()
        if let known = numbers[states] { return known }
        guard places.count < Self.mostPlaces else { return nil }
        let number = Int16(places.count)
        places.append((states, pattern.accepts(states)))
        numbers[states] = number
        next.append(contentsOf: repeatElement(Self.unknown, count: 128))
        return number
    }
}
