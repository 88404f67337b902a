import ControlLoop
import Domain
import Testing

struct RollbackRuleTests {
    let now = Timestamp(seconds: 10_000)

    func failed(_ change: (inout DeploymentStatus) -> Void = { _ in }) -> DeploymentStatus {
        var status = DeploymentStatus(pin: pin(3), state: .failed, since: now)
        status.failingSince = now
        status.verified = [verified(2), verified(1)]
        change(&status)
        return status
    }

    func verified(_ number: Int) -> DeploymentStatus.Verified { .init(pin: pin(number), commit: nil, at: now) }

    func rejected(_ number: Int) -> DeploymentStatus.Rejected {
        .init(revision: pin(number).revision, tree: nil, by: .zero, at: now, cause: "")
    }

    @Test func `back to the newest verified version`() {
        #expect(RollbackRule.decide(failed(), .init(), now: now) == .revert(to: verified(2)))
    }

    @Test func `a rejected version is passed over`() {
        let status = failed { $0.rejected = [rejected(2)] }
        #expect(RollbackRule.decide(status, .init(), now: now) == .revert(to: verified(1)))
    }

    @Test func `the present version is no place to go back to`() {
        let status = failed { $0.verified = [verified(3), verified(2)] }
        #expect(RollbackRule.decide(status, .init(), now: now) == .revert(to: verified(2)))
    }

    @Test(arguments: [DeploymentStatus.State.empty, .pending, .verifying, .verified, .stalled])
    func `only a failure goes back`(_ state: DeploymentStatus.State) {
        #expect(RollbackRule.decide(failed { $0.state = state }, .init(), now: now) == .nothing)
    }

    @Test func `a rollback, manual reaction, age and the lack of a verified version call a person`() {
        var manual = Environment.Rollback()
        manual.onFailure = .manual
        let cases: [(DeploymentStatus, Environment.Rollback, Timestamp)] = [
            (failed { $0.isRollback = true }, .init(), now), (failed(), manual, now),
            (failed(), .init(), now + .seconds(1201)), (failed { $0.verified = [] }, .init(), now),
            (failed { $0.rejected = [rejected(1), rejected(2)] }, .init(), now),
        ]
        for (status, policy, time) in cases {
            guard case .askPerson(let reason) = RollbackRule.decide(status, policy, now: time) else {
                Issue.record("no person was asked")
                continue
            }
            #expect(!reason.isEmpty)
        }
        #expect(RollbackRule.decide(failed(), .init(), now: now + .seconds(1200)) == .revert(to: verified(2)))
    }
}
