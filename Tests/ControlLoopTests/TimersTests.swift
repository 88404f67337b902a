import ControlLoop
import Domain
import Testing

struct TimersTests {
    let one = Unit(environment: "dev", model: "a"), other = Unit(environment: "dev", model: "b")

    func at(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }

    @Test func `the earlier time stands`() {
        var timers = Timers()
        timers.set(one, at: at(20))
        timers.set(one, at: at(10))
        timers.set(one, at: at(30))
        #expect(timers.next == at(10))
        #expect(timers.due(at: at(9)) == [])
        #expect(timers.due(at: at(10)) == [one])
        #expect(timers.next == nil)
    }

    @Test func `each comes in its time and once`() {
        var timers = Timers()
        timers.set(other, at: at(7))
        timers.set(one, at: at(5))
        #expect(timers.due(at: at(6)) == [one])
        #expect(timers.next == at(7))
        #expect(timers.due(at: at(100)) == [other])
        #expect(timers.due(at: at(1000)) == [])
    }
}
