/// The entries of the greatest counts: falling, and by bytes where counts are equal.
struct Heaviest {
    let indices: [Int]

    /// Keeps a few times `limit` candidates, so that a million texts are looked at once and not sorted.
    init(of counts: TextCounts, among indices: some Sequence<Int>, limit: Int) {
        func precedes(_ one: Int, _ other: Int) -> Bool {
            let (a, b) = (counts.count(at: one), counts.count(at: other))
            return a == b ? counts.precedes(one, other) : a > b
        }
        var candidates: [Int] = []
        var worst: Int?
        for index in indices {
            if let worst, !precedes(index, worst) { continue }
            candidates.append(index)
            guard candidates.count >= 4 * limit else { continue }
            candidates.sort(by: precedes)
            candidates.removeLast(candidates.count - limit)
            worst = candidates.last
        }
        self.indices = Array(candidates.sorted(by: precedes).prefix(limit))
    }
}
