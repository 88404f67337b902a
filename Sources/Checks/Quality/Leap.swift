/// Where a row of numbers first leaps: to more than so many times the median of the twenty before it.
struct Leap {
    let index: Int
    let times: Double

    /// `nil` where none does. What comes before the fourth number, or after a median of 0 or less, is let be.
    init?(in values: [Double], above limit: Double) {
        for index in values.indices.dropFirst(3) {
            let usual = values[max(0, index - 20)..<index].median
            guard usual > 0, values[index] > usual * limit else { continue }
            self.index = index
            times = values[index] / usual
            return
        }
        return nil
    }
}
