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
}
