/// A sum in blocks: plain within a block, compensated between blocks.
///
/// Several times as fast as `CompensatedSum`, with an error of at most some dozens of units in the last place.
struct BlockSum {
    static let block = 64

    private var total = CompensatedSum()

    /// Adds `term(index)` for every index of `range`.
    @inline(__always)
    static func of(_ range: Range<Int>, _ term: (Int) -> Double) -> Double {
        var sum = BlockSum()
        var index = range.lowerBound
        while index < range.upperBound {
            let end = min(index &+ block, range.upperBound)
            var part = 0.0
            while index < end {
                part += term(index)
                index &+= 1
            }
            sum.total.add(part)
        }
        return sum.total.value
    }
}
