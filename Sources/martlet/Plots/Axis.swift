/// A line of characters that stands for a range of numbers.
struct Axis {
    let low: Double
    let high: Double
    /// In characters, at least 1.
    let width: Int

    init(from low: Double, to high: Double, width: Int) {
        self.low = low
        self.high = high
        self.width = max(1, width)
    }

    /// The cell of a number; of one that lies outside, the nearest. `nil` where it is not finite.
    func cell(_ value: Double) -> Int? {
        guard value.isFinite, low.isFinite, high.isFinite else { return nil }
        // Halved, so that the range of the largest numbers does not overflow.
        let (range, distance) = (high / 2 - low / 2, value / 2 - low / 2)
        guard range > 0 else { return (width - 1) / 2 }
        return min(width - 1, max(0, Int((min(1, max(0, distance / range)) * Double(width - 1)).rounded())))
    }

    /// An interval with its point: `├──●──┤`. A `mark` is drawn as `│`, and point and mark in one cell as `◆`.
    func line(point: Double, low: Double? = nil, high: Double? = nil, mark: Double? = nil, origin: Double? = nil)
        -> String
    {
        var cells = Array(repeating: Character(" "), count: width)
        func put(_ character: Character, at value: Double?) {
            if let cell = value.flatMap(cell) { cells[cell] = character }
        }
        put("┊", at: origin)
        if let start = low.flatMap(cell), let end = high.flatMap(cell), start < end {
            for index in start...end { cells[index] = "─" }
            cells[start] = "├"
            cells[end] = "┤"
        }
        put("│", at: mark)
        let isOne = mark.flatMap(cell).map { $0 == cell(point) } ?? false
        put(isOne ? "◆" : "●", at: point)
        while cells.last == " " { cells.removeLast() }
        return String(cells)
    }
}
