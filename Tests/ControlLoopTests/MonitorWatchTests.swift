import ControlLoop
import Domain
import Testing

struct MonitorWatchTests {
    let now = Timestamp(seconds: 10_000)

    func monitor(threshold: Int = 3, for duration: Duration = .zero) -> Environment.Monitor {
        var monitor = Environment.Monitor.placeholder
        (monitor.name, monitor.interval, monitor.failureThreshold, monitor.duration) = (
            "errors", .seconds(10), threshold, duration
        )
        return monitor
    }

    func watch(_ verdicts: [Verdict], of monitor: Environment.Monitor) -> MonitorWatch {
        var watch = MonitorWatch()
        for (index, verdict) in verdicts.enumerated() {
            let result = ProbeResult(verdict, "look \(index)", value: 0.2, threshold: 0.05)
            watch.note(result, of: monitor, now: now + monitor.interval * index)
        }
        return watch
    }

    @Test func `so many failures in a row raise the alarm, with name, value and threshold`() {
        #expect(watch([.fail, .fail], of: monitor()).alarm == nil)
        #expect(
            watch([.fail, .fail, .fail, .fail], of: monitor()).alarm
                == "monitor errors (value 0.2, threshold 0.05): look 2")
    }

    @Test(arguments: [Verdict.pass, .warn, .error, .inconclusive, .skipped])
    func `anything else in between starts the count again`(_ verdict: Verdict) {
        #expect(watch([.fail, .fail, verdict, .fail, .fail], of: monitor()).alarm == nil)
    }

    @Test(arguments: [Verdict.error, .inconclusive, .skipped])
    func `what cannot be told neither raises an alarm nor ends one`(_ verdict: Verdict) {
        #expect(watch([verdict, verdict, verdict, verdict], of: monitor()).alarm == nil)
        #expect(watch([.fail, .fail, .fail, verdict], of: monitor()).alarm != nil)
        #expect(watch([.fail, .fail, .fail, verdict, .pass], of: monitor()).alarm == nil)
    }

    @Test func `it must be ill for long enough, too`() {
        let slow = monitor(threshold: 1, for: .seconds(25))
        #expect(watch([.fail, .fail, .fail], of: slow).alarm == nil)
        #expect(watch([.fail, .fail, .fail, .fail], of: slow).alarm != nil)
        #expect(watch([.fail, .fail, .fail, .fail], of: slow).failingSince == now)
    }
}
