import Domain
import Testing

@testable import ControlLoop

struct LedgerTests {
    let unit = Unit(environment: "dev", model: "m")
    let start = Timestamp(seconds: 1000)

    func commit(_ number: Int) -> ObjectID { ObjectID(high: UInt64(number), middle: 7, low: 7) }

    func move(_ number: Int, from old: Int?, to new: Int?, back: Bool = false) -> BranchHistory.Event {
        .transition(
            Transition(
                unit: unit, commit: commit(number), time: start + .seconds(Int64(number)), old: old.map(pin),
                new: new.map(pin), isRemoval: false, movesBack: back,
                oldTree: old.map { ObjectID(high: UInt64($0), middle: 9, low: 9) }, cause: "move \(number)"))
    }

    func hold(_ number: Int, _ revision: Int, lift: Bool = false) -> BranchHistory.Event {
        .hold(
            HoldEvent(
                unit: unit, revision: pin(revision).revision, tree: nil, isLift: lift, commit: commit(number),
                time: start, cause: "hold \(number)"))
    }

    func rejected(_ ledger: Ledger) -> [ObjectID] { ledger[unit]?.rejected.map(\.revision) ?? [] }

    @Test func `a promotion is pending until the target runs it`() {
        var ledger = Ledger()
        ledger.apply([move(1, from: nil, to: 1)], upTo: commit(1))
        #expect(ledger[unit]?.state == .pending)
        #expect(ledger[unit]?.pin == pin(1))
        #expect(ledger.observed == commit(1))
        #expect(ledger.unsaved == [unit])
    }

    @Test func `a move back rejects what it leaves, a move to it forgives`() {
        var ledger = Ledger()
        ledger.apply([move(1, from: nil, to: 1), move(2, from: 1, to: 2)], upTo: commit(2))
        #expect(rejected(ledger) == [])
        ledger.apply([move(3, from: 2, to: 1, back: true)], upTo: commit(3))
        #expect(rejected(ledger) == [pin(2).revision])
        #expect(ledger[unit]?.isRollback == true)
        #expect(ledger[unit]?.rejected.first?.cause == "move 3")
        ledger.apply([move(4, from: 1, to: 2)], upTo: commit(4))
        #expect(rejected(ledger) == [])
        #expect(ledger[unit]?.isRollback == false)
    }

    @Test func `the same history twice is the same as once`() {
        let events = [
            move(1, from: nil, to: 1), move(2, from: 1, to: 2), hold(3, 9), hold(4, 2, lift: true),
            move(5, from: 2, to: 1, back: true),
        ]
        var once = Ledger()
        once.apply(events, upTo: commit(5))
        var twice = once
        twice.apply(events, upTo: commit(5))
        #expect(twice.statuses == once.statuses)
        #expect(rejected(twice) == [pin(2).revision, pin(9).revision])
    }

    @Test func `what another controller has read further is not applied again`() {
        var mine = Ledger()
        mine.apply([move(1, from: nil, to: 1)], upTo: commit(1))
        mine.markSaved([unit])
        var theirs = mine
        theirs.apply([move(2, from: 1, to: 2)], upTo: commit(2))
        theirs.set(theirs[unit]!.entering(.verified, at: start, "healthy"), of: unit)
        mine.merge(theirs, leadsToTip: true)
        mine.apply([move(2, from: 1, to: 2)], upTo: commit(2))
        #expect(mine[unit]?.state == .verified)
        mine.apply([move(3, from: 2, to: 3)], upTo: commit(3))
        #expect(mine[unit]?.state == .pending)
        #expect(mine[unit]?.pin == pin(3))
    }

    @Test func `what is not written yet stands against what another controller wrote`() {
        var mine = Ledger()
        mine.apply([move(1, from: nil, to: 1)], upTo: commit(1))
        let theirs = Ledger(statuses: [unit: DeploymentStatus(since: start)], observed: nil)
        mine.merge(theirs, leadsToTip: false)
        #expect(mine[unit]?.pin == pin(1))
    }

    @Test func `a record counts more than what history lets one guess`() {
        var mine = Ledger()
        mine.apply([move(1, from: nil, to: 1)], upTo: commit(1))
        var theirs = mine
        theirs.set(verified(theirs[unit]!, 1), of: unit)
        mine.merge(theirs, leadsToTip: true)
        #expect(mine[unit] == theirs[unit])
        #expect(mine.unsaved.isEmpty)
    }

    @Test func `what a record does not know yet is read again on top of it`() {
        var theirs = Ledger()
        theirs.apply([move(1, from: nil, to: 1)], upTo: commit(1))
        var mine = theirs
        mine.markSaved([unit])
        mine.apply([move(2, from: 1, to: 2), hold(3, 9)], upTo: commit(3))
        theirs.set(verified(theirs[unit]!, 1), of: unit)
        mine.merge(theirs, leadsToTip: true)
        #expect(mine.recorded == commit(1))
        mine.apply([move(2, from: 1, to: 2), hold(3, 9)], upTo: commit(3))
        #expect(mine[unit]?.pin == pin(2))
        #expect(mine[unit]?.verified.map(\.pin) == [pin(1)])
        #expect(rejected(mine) == [pin(9).revision])
        #expect(mine.unsaved == [unit])
        #expect(mine.recorded == nil)
    }

    @Test func `what this one found out stays, with the versions that another verified`() {
        var mine = Ledger()
        mine.apply([move(1, from: nil, to: 1), move(2, from: 1, to: 2)], upTo: commit(2))
        var theirs = mine
        mine.set(mine[unit]!.entering(.failed, at: start, "ill"), of: unit)
        theirs.set(verified(verified(theirs[unit]!, 1), 2), of: unit)
        mine.merge(theirs, leadsToTip: true)
        #expect(mine[unit]?.state == .failed)
        // Of the version that fails here nobody may say that it ran well.
        #expect(mine[unit]?.verified.map(\.pin) == [pin(1)])
    }

    private func verified(_ status: DeploymentStatus, _ number: Int) -> DeploymentStatus {
        var status = status.entering(.verified, at: start, "healthy")
        status.verified.insert(
            .init(pin: pin(number), commit: commit(number), at: start + .seconds(Int64(number))), at: 0)
        return status
    }

    @Test func `holds come and go with their commits`() {
        var ledger = Ledger()
        ledger.apply([hold(1, 5)], upTo: commit(1))
        #expect(rejected(ledger) == [pin(5).revision])
        ledger.apply([hold(2, 5)], upTo: commit(2))
        #expect(rejected(ledger).count == 1)
        ledger.apply([hold(3, 5, lift: true)], upTo: commit(3))
        #expect(rejected(ledger) == [])
    }

    @Test func `after a rewrite only what the branch names runs on`() {
        var ledger = Ledger()
        let other = Unit(environment: "dev", model: "other")
        ledger.apply([move(1, from: nil, to: 1)], upTo: commit(1))
        ledger.set(DeploymentStatus(pin: pin(4), state: .verified, since: start), of: other)
        ledger.restart(with: [move(8, from: nil, to: 6)], upTo: commit(8), start)
        #expect(ledger[unit]?.pin == pin(6))
        #expect(ledger[other]?.pin == nil)
        #expect(ledger[other]?.state == .pending)
        #expect(ledger.unsaved == [unit, other])
    }
}
