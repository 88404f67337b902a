import Domain
import Synchronization

/// The last deliveries, so that one that comes again wakes nobody. What is forgotten costs a look, no more.
final class DeliveryMemory: Sendable {
    private struct Seen {
        var keys: Set<String> = []
        var order: [String] = []
        var oldest = 0
    }

    private let limit: Int
    private let seen = Mutex(Seen())

    init(limit: Int = 10_000) { self.limit = limit }

    /// Whether none of these was there before; remembers them.
    func isNew(_ keys: [String]) -> Bool {
        seen.withLock { seen in
            let isNew = seen.keys.isDisjoint(with: keys)
            for key in keys where seen.keys.insert(key).inserted {
                if seen.order.count < limit {
                    seen.order.append(key)
                } else {
                    seen.keys.remove(seen.order[seen.oldest])
                    seen.order[seen.oldest] = key
                    seen.oldest = (seen.oldest + 1) % limit
                }
            }
            return isNew
        }
    }

    /// Takes these as never seen.
    func forget(_ keys: [String]) { seen.withLock { $0.keys.subtract(keys) } }
}
