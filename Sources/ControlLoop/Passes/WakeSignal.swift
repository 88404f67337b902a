public import Domain

/// Lets a loop sleep until it is woken, told to stop, or its time is over. Waking twice is the same as once.
public actor WakeSignal {
    public private(set) var isStopped = false
    public nonisolated let now: @Sendable () -> Timestamp
    private var isAwake = false
    private var isNudged = false
    private var sleeper: CheckedContinuation<Void, Never>?
    private var watching: [CheckedContinuation<Void, Never>] = []
    private var round = 0

    public init(now: @escaping @Sendable () -> Timestamp) { self.now = now }

    public func wake() {
        isAwake = true
        resume()
    }

    /// Wakes it for something of its own, for which nobody from outside woke it.
    public func nudge() {
        isNudged = true
        resume()
    }

    public func stop() {
        isStopped = true
        resume()
        for one in watching { one.resume() }
        watching = []
    }

    /// Returns once it is stopped.
    func untilStopped() async {
        if !isStopped { await withCheckedContinuation { watching.append($0) } }
    }

    /// Returns whether somebody woke it from outside.
    @discardableResult
    public func wait(for duration: Duration) async -> Bool {
        round += 1
        let mine = round
        let timer = Task {
            try await Task.sleep(for: duration)
            self.timeIsOver(mine)
        }
        if !isAwake, !isNudged, !isStopped { await withCheckedContinuation { sleeper = $0 } }
        timer.cancel()
        defer { (isAwake, isNudged) = (false, false) }
        return isAwake
    }

    private func timeIsOver(_ asked: Int) {
        if asked == round { resume() }
    }

    private func resume() {
        sleeper?.resume()
        sleeper = nil
    }
}
