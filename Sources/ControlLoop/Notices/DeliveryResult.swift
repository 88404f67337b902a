import Domain

/// What became of the letters of one round.
struct DeliveryResult: Sendable {
    var taken: [Letter] = []
    /// What would not be taken, and why: it waits, and those behind it go on.
    var refused: [(letter: Letter, why: String)] = []
    /// Why nothing more can be told there for now.
    var failure: String?

    /// Hands letters over, one after the other.
    static func of(_ letters: [Letter], through settings: NotificationSettings, _ surroundings: Surroundings) async
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
        for letter in letters {
            do {
                try await notifier.notify(settings.addressed(letter.notice), using: surroundings.tools)
                delivery.taken.append(letter)
            } catch let failure as any Failure where failure.remedy == .askHuman {
                delivery.refused.append((letter, failure.description))
            } catch {
                delivery.failure = "\(error)"
                return delivery
            }
        }
        return delivery
    }
}
