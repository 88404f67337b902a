import ControlLoop
import Domain
import Testing

struct VerifierTests {
    let start = Timestamp(seconds: 1000)

    func policy(_ change: (inout Environment.Verify) -> Void = { _ in }) -> Verifier {
        var policy = Environment.Verify()
        policy.duration = .seconds(60)
        policy.timeout = .seconds(300)
        change(&policy)
        return Verifier(policy)
    }

    func verifying() -> DeploymentStatus { DeploymentStatus(pin: pin(1), state: .verifying, since: start) }

    @Test func `health must last for the whole time`() {
        var health = Health()
        let verifier = policy()
        var status = verifier.status(after: ProbeResult(.pass, ""), verifying(), &health, now: start)
        #expect(status.state == .verifying)
        for wait in [Duration.seconds(20), .seconds(40), .milliseconds(59_999)] {
            status = verifier.status(after: ProbeResult(.pass, ""), status, &health, now: start + wait)
            #expect(status.state == .verifying)
        }
        status = verifier.status(after: ProbeResult(.pass, ""), status, &health, now: start + .seconds(60))
        #expect(status.state == .verified)
        #expect(status.verified.map(\.pin) == [pin(1)])
    }

    @Test func `since when it was well first is kept through a failure that passes`() {
        var health = Health()
        let verifier = policy { $0.failureThreshold = 1 }
        var status = verifying()
        let looks: [(Verdict, [Int64])] = [
            (.pass, [10, 30, 50, 70]), (.fail, [5000]), (.pass, [6000, 6020, 6040, 6060]),
        ]
        for (verdict, times) in looks {
            for time in times {
                status = verifier.status(after: ProbeResult(verdict, ""), status, &health, now: start + .seconds(time))
            }
        }
        #expect(status.state == .verified && status.verified.map(\.at) == [start + .seconds(6060)])
        #expect(status.verified.map(\.ready) == [start + .seconds(10)])
    }

    @Test func `what an older Martlet wrote was well when it was verified, not when it is looked at again`() throws {
        var status = verifying()
        status.commit = pin(1).revision
        (status.state, status.verified) = (.verified, [.init(pin: pin(1), commit: status.commit, at: start)])
        let written = JSON.object((status.json.members ?? []).filter { $0.key != "ready" }.map { ($0.key, $0.value) })
        #expect(DeploymentStatus(json: written)?.ready == start)
        #expect(DeploymentStatus(json: status.json)?.ready == nil)
    }

    @Test func `a warning is health`() {
        var health = Health()
        let status = policy { $0.duration = .zero }.status(
            after: ProbeResult(.warn, ""), verifying(), &health, now: start)
        #expect(status.state == .verified)
    }

    @Test func `time in which nobody looked is no health, but for what looks may come late`() {
        let verifier = Verifier(minute, goesOnFromRecord: false)
        var health = Health()
        var status = verifier.status(after: ProbeResult(.pass, ""), verifying(), &health, now: start)
        for (second, state) in [
            (60, DeploymentStatus.State.verifying), (89, .verifying), (90, .verified),
        ] {
            let now = start + .seconds(Int64(second))
            status = verifier.status(after: ProbeResult(.pass, ""), status, &health, now: now)
            #expect(status.state == state, "after \(second) seconds")
        }
    }

    @Test func `what an earlier process wrote counts on for one that goes around once, and else while it is young`() {
        var status = verifying()
        status.healthySince = start
        for (wait, goesOn, since) in [(3600, true, 0), (60, false, 30), (30, false, 0)] as [(Int64, Bool, Int64)] {
            var health = Health()
            let verifier = Verifier(minute, goesOnFromRecord: goesOn)
            _ = verifier.status(after: ProbeResult(.pass, ""), status, &health, now: start + .seconds(wait))
            #expect(health.healthySince == start + .seconds(since))
        }
    }

    @Test func `slow probes of a long wait do not begin it anew`() {
        let verifier = Verifier(minute.lasting(.seconds(600)), goesOnFromRecord: false)
        var health = Health()
        var status = verifying()
        for look in 0...12 {
            let now = start + .seconds(Int64(50 * look))
            status = verifier.status(after: ProbeResult(.pass, ""), status, &health, now: now)
        }
        #expect(status.state == .verified)
    }

    private var minute: Environment.Verify { Environment.Verify().lasting(.seconds(60)) }

    @Test(arguments: [1, 2, 5])
    func `it fails after as many failures in a row as the threshold says`(_ threshold: Int) {
        var health = Health()
        let verifier = policy { $0.failureThreshold = threshold }
        var status = verifying()
        for number in 1...threshold {
            #expect(status.state == .verifying)
            status = verifier.status(
                after: ProbeResult(.fail, "ill"), status, &health, now: start + .seconds(Int64(number)))
        }
        #expect(status.state == .failed)
        #expect(status.failingSince == start + .seconds(1))
    }

    @Test func `one good answer in between counts from the start again`() {
        var health = Health()
        let verifier = policy { $0.failureThreshold = 2 }
        var status = verifying()
        for (second, verdict) in [Verdict.fail, .pass, .fail, .pass].enumerated() {
            status = verifier.status(
                after: ProbeResult(verdict, ""), status, &health, now: start + .seconds(Int64(second)))
        }
        #expect(status.state == .verifying)
        #expect(status.failingSince == nil)
    }

    @Test(arguments: [Verdict.error, .inconclusive, .skipped])
    func `what cannot be told fails nothing, and stalls in the end`(_ verdict: Verdict) {
        var health = Health()
        let verifier = policy()
        var status = verifying()
        status = verifier.status(after: ProbeResult(verdict, "?"), status, &health, now: start + .seconds(299))
        #expect(status.state == .verifying && status.since == verifying().since)
        #expect(status.reason == "its health cannot be told: ?")
        let first = status
        status = verifier.status(after: ProbeResult(verdict, "what?"), status, &health, now: start + .seconds(299))
        #expect(status == first)
        status = verifier.status(after: ProbeResult(verdict, "?"), status, &health, now: start + .seconds(301))
        #expect(status.state == .stalled)
        var verified = verifying()
        verified.state = .verified
        #expect(
            verifier.status(after: ProbeResult(verdict, "?"), verified, &health, now: start + .seconds(9999)).state
                == .verified)
    }

    @Test func `a version that is verified stays so while nothing can be told, and that is said after the threshold`() {
        var health = Health()
        let verifier = policy { $0.failureThreshold = 3 }
        var status = verifying()
        status = status.entering(.verified, at: start, "healthy for 1m")
        for reason in [
            "healthy for 1m", "healthy for 1m", "its health cannot be told: 2", "its health cannot be told: 2",
        ] {
            let result = ProbeResult(.error, "\(health.unclear)")
            status = verifier.status(after: result, status, &health, now: start)
            #expect(status.state == .verified && status.reason == reason)
        }
        status = verifier.status(after: ProbeResult(.pass, ""), status, &health, now: start)
        #expect(status.reason == "well again" && status.since == start)
    }

    @Test func `twenty verified versions are remembered, the newest first, each once`() {
        var status = verifying()
        let verifier = policy { $0.duration = .zero }
        for number in (1...30).map({ $0 % 25 }) {
            var health = Health()
            status.pin = pin(number)
            status.state = .verifying
            status = verifier.status(after: ProbeResult(.pass, ""), status, &health, now: start)
        }
        #expect(status.verified.count == 20)
        #expect(status.verified.first?.pin == pin(5))
        #expect(Set(status.verified.map(\.pin.revision)).count == 20)
    }
}

func pin(_ number: Int) -> Pin {
    Pin(revision: ObjectID(high: UInt64(number), middle: 0, low: 1))
}

extension Environment.Verify {
    fileprivate func lasting(_ duration: Duration) -> Environment.Verify {
        var policy = self
        policy.duration = duration
        return policy
    }
}
