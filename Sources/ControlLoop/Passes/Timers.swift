public import Domain

/// When to look at which deployment again though nothing has moved.
public struct Timers: Sendable {
    private var times: [Unit: Timestamp] = [:]
    /// The earliest time, or one before it; made exact when it has passed.
    private var earliest: Timestamp?

    public init() {}

    public var next: Timestamp? { earliest }

    /// Asks for a look at `time`; an earlier one stands.
    public mutating func set(_ unit: Unit, at time: Timestamp) {
        times[unit] = times[unit].map { min($0, time) } ?? time
        earliest = earliest.map { min($0, time) } ?? time
    }

    /// The deployments whose time has come. They are forgotten.
    public mutating func due(at now: Timestamp) -> Set<Unit> {
        guard let first = earliest, first <= now else { return [] }
        var due: Set<Unit> = []
        for (unit, time) in times where time <= now { due.insert(unit) }
        for unit in due { times[unit] = nil }
        earliest = times.values.min()
        return due
    }
}
