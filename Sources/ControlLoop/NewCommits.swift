import Domain

extension ObjectReader {
    /// The newest commit on the first-parent line of `tip` that `start` already holds: above it, all is new since `start`.
    ///
    /// `nil` where the line never meets the history of `start`. Nearly always it is `start` itself, a few commits away;
    /// else, as after a merge that took `start` in from the side, the history below `start` is read.
    func base(of tip: ObjectID, over start: ObjectID) throws -> ObjectID? {
        var left = 1000
        if let near = try newest(
            on: tip,
            where: { id in
                left -= 1
                return id == start ? true : left > 0 ? false : nil
            })
        {
            return near
        }
        let held = try ancestors(of: start)
        return try newest(on: tip) { held.contains($0) }
    }

    /// - Parameter isIt: Gives up where it returns `nil`.
    private func newest(on tip: ObjectID, where isIt: (ObjectID) -> Bool?) throws -> ObjectID? {
        var found: ObjectID?
        try firstParents(from: tip) { commit in
            guard let answer = isIt(commit.id) else { return false }
            if answer { found = commit.id }
            return !answer
        }
        return found
    }

    private func ancestors(of start: ObjectID) throws -> Set<ObjectID> {
        var held: Set<ObjectID> = [start], waiting = [start]
        while let next = waiting.popLast() {
            for parent in try commit(next).parents where held.insert(parent).inserted { waiting.append(parent) }
        }
        return held
    }
}
