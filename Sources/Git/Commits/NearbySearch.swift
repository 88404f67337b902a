import Domain

/// Looks for a commit among the ancestors of another, the nearest first, one at a time.
struct NearbySearch {
    /// How many commits are near.
    static let near = 200

    private let wanted: ObjectID
    private var waiting: [ObjectID]
    private var next = 0
    private var known: Set<ObjectID>

    init(for wanted: ObjectID, from start: ObjectID) {
        self.wanted = wanted
        waiting = [start]
        known = [start]
    }

    /// Whether it is there, once that is known.
    mutating func step(_ parents: (ObjectID) throws -> [ObjectID]) throws -> Bool? {
        guard next < waiting.count else { return false }
        for parent in try parents(waiting[next]) where known.insert(parent).inserted {
            if parent == wanted { return true }
            waiting.append(parent)
        }
        next += 1
        return nil
    }
}
