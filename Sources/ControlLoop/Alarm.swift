public import Domain

/// Lets a loop sleep until it is woken, told to stop, or its time is over. Waking twice is the same as once.
public actor Alarm {
    public private(set) var isStopped = false
    public nonisolated let now: @Sendable () -> Timestamp
    private var isRung = false
    private var isNudged = false
    private var sleeper: CheckedContinuation<Void, Never>?
    private var watching: [CheckedContinuation<Void, Never>] = []
    private var round = 0

    public init(now: @escaping @Sendable () -> Timestamp) { self.now = now }

    public func ring() {
        isRung = true
        wake()
    }

    /// Wakes it for something of its own, which nobody from outside rang for.
    public func nudge() {
        isNudged = true
        wake()
    }

    public func stop() {
        isStopped = true
        wake()
        for one in watching { one.resume() }
        watching = []
    }

    /// Returns once it is stopped.
    func untilStopped() async {
        if !isStopped { await withCheckedContinuation { watching.append($0) } }
    }

    /// Returns whether somebody rang.
    @discardableResult
    public func wait(for duration: Duration) async -> Bool {
        round += 1
        let mine = round
        let timer = Task {
            try await Task.sleep(for: duration)
            self.timeIsOver(mine)
        }
        if !isRung, !isNudged, !isStopped { await withCheckedContinuation { sleeper = $0 } }
        timer.cancel()
        defer { (isRung, isNudged) = (false, false) }
        return isRung
    }

    private func timeIsOver(_ asked: Int) {
        if asked == round { wake() }
    }

    private func wake() {
        sleeper?.resume()
        sleeper = nil
    }
}
