/// How far an empirical distribution that few numbers stand for may be from that of all values.
struct SketchError: Hashable, Sendable {
    /// The greatest difference of the two distribution functions, as a share.
    let rank: Double

    /// The first Wasserstein distance of the two, in the unit of the values. `nil` where it is not known: then `rank` is exceeded in one
    /// case of a hundred, otherwise never.
    let distance: Double?

    /// Of the first of two steps, each of which adds its own.
    func plus(_ other: SketchError) -> SketchError {
        SketchError(
            rank: min(1, rank + other.rank),
            distance: distance.flatMap { first in other.distance.map { first + $0 } })
    }

    /// Of the values of both together, where one side stands for `count` values and the other for `others`: distribution functions, and
    /// distances with them, are means by those counts, and so are their errors at most.
    func mixed(with other: SketchError, count: Int, others: Int) -> SketchError {
        let share = count + others > 0 ? Double(count) / Double(count + others) : 0
        return SketchError(
            rank: rank * share + other.rank * (1 - share),
            distance: distance.flatMap { mine in other.distance.map { mine * share + $0 * (1 - share) } })
    }

    static let none = SketchError(rank: 0, distance: 0)
}
