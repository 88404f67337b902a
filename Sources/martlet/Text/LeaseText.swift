import ControlLoop
import Domain
import Git
import Glibc

/// Tells people which controller acts, and whether it still does, as far as this machine can know.
enum LeaseText {
    static func line(_ lease: Lease, at reference: String, in store: GitStore) -> String {
        let now = Timestamp.now(), moved = lastMove(of: reference, store)
        let renewed = max(lease.renewed, moved ?? lease.renewed)
        let isHere = lease.space == ProcessFacts.processSpace && !lease.space.isEmpty
        let isDead = isHere && !ProcessFacts.isRunning(lease.process)
        let isOver = store.isBare && moved != nil && now - renewed > lease.duration
        guard isDead || isOver else { return "\(lease.title) acts as the controller since \(lease.since)." }
        let fate = isDead ? "and is no longer running" : "but its lease of \(lease.duration.text) is over"
        return "\(lease.title) was the controller since \(lease.since), \(fate): "
            + "last renewed \(ago(now - renewed)) ago."
    }

    private static func ago(_ time: Duration) -> String { time < .seconds(1) ? "less than a second" : time.text }

    /// A controller that goes on moves the reference and writes nothing else: its file knows when. In a clone it knows the last fetch.
    private static func lastMove(of reference: String, _ store: GitStore) -> Timestamp? {
        var facts = stat()
        guard stat("\(store.commonPath)/\(reference)", &facts) == 0 else { return nil }
        return Timestamp(seconds: Int64(facts.st_mtim.tv_sec))
    }
}
