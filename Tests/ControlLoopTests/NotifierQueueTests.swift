import Domain
import Testing

@testable import ControlLoop

struct NotifierQueueTests {
    private let start = Timestamp(seconds: 1000)

    private func items(_ numbers: ClosedRange<Int>) -> [PendingNotice] {
        numbers.map {
            PendingNotice(Notice(.promoted, from: "\($0)", environments: ["dev"], "number \($0)", at: start))
        }
    }

    private func queue() -> NotifierQueue {
        let position = NoticePosition(json: nil)
        return NotifierQueue(NotifierRecord(position: position, began: start, time: start))
    }

    @Test func `what is on its way is not told again with what came meanwhile`() {
        var one = queue()
        let now = ContinuousClock.now
        one.post(items(1...4))
        let first = one.handOut(at: now)
        #expect(first.count == 4)
        one.post(items(5...20))
        _ = one.accept(DeliveryResult(taken: first), at: now, start)
        let second = one.handOut(at: now)
        #expect(second.map(\.notice.headline) == ["16 times promoted in dev"])
        #expect(Set(second.flatMap(\.ids)).isDisjoint(with: first.flatMap(\.ids)))
        _ = one.accept(DeliveryResult(taken: second), at: now, start)
        #expect(one.waiting.isEmpty)
    }

    @Test func `what may have arrived is told again under its own id`() {
        var one = queue()
        let now = ContinuousClock.now
        one.post(items(1...4))
        let first = one.handOut(at: now)
        _ = one.accept(DeliveryResult(taken: [first[0]], failure: "no answer"), at: now, start)
        one.post(items(5...20))
        let second = one.handOut(at: now + .seconds(600))
        #expect(second.map(\.ids) == first.dropFirst().map(\.ids) + [items(5...20).flatMap(\.ids)])
    }
}
