import Domain

/// What became of the notices of one round.
struct DeliveryResult: Sendable {
    var taken: [PendingNotice] = []
    /// What would not be taken, and why: it waits, and those behind it go on.
    var refused: [(item: PendingNotice, why: String)] = []
    /// Why nothing more can be told there for now.
    var failure: String?

    /// Hands notices over, one after the other.
    static func of(_ items: [PendingNotice], through settings: NotificationSettings, _ surroundings: Surroundings) async
        -> DeliveryResult
    {
        var delivery = DeliveryResult()
        let notifier: any Notifier
        do throws(FieldErrors) {
            notifier = try surroundings.notifiers.make(settings.plugin, as: (any Notifier).self)
        } catch {
            delivery.failure = error.problems.map(\.message).joined(separator: "; ") + " (martlet validate says where)"
            return delivery
        }
        for item in items {
            do {
                try await notifier.notify(settings.addressed(item.notice), using: surroundings.tools)
                delivery.taken.append(item)
            } catch let failure as any Failure where failure.remedy == .askHuman {
                delivery.refused.append((item, failure.description))
            } catch {
                delivery.failure = "\(error)"
                return delivery
            }
        }
        return delivery
    }
}
