import Domain

/// Runs passes for as long as it is allowed to: at once when woken, else when a timer or the poll says so.
public struct LoopRunner: Sendable {
    private static let tidyPause: Duration = .seconds(3600)

    private let controller: Controller
    private let noticeSender: NoticeSender?
    /// Wakes the sender.
    private let messengerSignal: WakeSignal
    private let signal: WakeSignal
    private let poll: Duration
    private let grace: Duration
    /// From 0 up to 1, evenly.
    private let random: @Sendable () -> Double
    private let tell: @Sendable (Event) -> Void

    /// - Parameters:
    ///   - grace: How long a pass that is under way may still take once the loop is to stop.
    ///   - random: By which the pauses between looks differ.
    public init(
        controller: Controller, noticeSender: NoticeSender? = nil, signal: WakeSignal, poll: Duration,
        grace: Duration = .seconds(20), random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
        tell: @escaping @Sendable (Event) -> Void
    ) {
        self.controller = controller
        self.noticeSender = noticeSender
        messengerSignal = WakeSignal(now: signal.now)
        self.signal = signal
        self.poll = poll
        self.grace = grace
        self.random = random
        self.tell = tell
    }

    /// Returns when the signal says stop. Failures are told and tried again, ever more slowly, up to five minutes.
    public func run() async {
        // Beside the passes: one that brings a large model to its target must not lose the lease.
        let prolonging = Task { try await prolongLease() }
        let forgeSync = controller.surroundings.forge
        let showing = Task { [signal] in await forgeSync?.run { await signal.wake() } }
        let telling = Task { await tellPeople() }
        await controller.workBeside { [signal] in await signal.nudge() }
        await goAroundUntilStopped()
        await controller.stopBeside()
        await noteHealth()
        await messengerSignal.wake()
        await forgeSync?.stop()
        showing.cancel()
        await showing.value
        await telling.value
        prolonging.cancel()
        _ = await prolonging.result
        await controller.lease?.giveBack()
    }

    /// A pass that is under way comes to its end, but not at any price: whoever stops a loop may be waiting for a remote that hangs.
    private func goAroundUntilStopped() async {
        let going = Task { await goAround() }
        let limit = Task { [signal, grace] in
            await signal.untilStopped()
            try await Task.sleep(for: grace)
            going.cancel()
        }
        await going.value
        limit.cancel()
    }

    /// Whoever stops a loop does not wait for a remote that hangs.
    private func noteHealth() async {
        let noting = Task { [controller] in await controller.noteHealth() }
        let limit = Task {
            try await Task.sleep(for: .seconds(5))
            noting.cancel()
        }
        await noting.value
        limit.cancel()
    }

    private func goAround() async {
        var failures = 0
        var tidying: (task: Task<Void, Never>, since: Timestamp)?
        defer { tidying?.task.cancel() }
        while await !signal.isStopped {
            var wait = Self.pause(poll, random())
            do {
                let pass = try await controller.pass()
                failures = 0
                await messengerSignal.wake()
                if pass.changedSomething { continue }
                // Beside the loop, and only when there is nothing better to do.
                if tidying.map({ signal.now() - $0.since >= Self.tidyPause }) ?? true {
                    tidying = (
                        Task { [surroundings = controller.surroundings] in await surroundings.tidy() }, signal.now()
                    )
                }
                if let next = pass.nextLook { wait = max(.zero, min(wait, next - signal.now())) }
            } catch {
                failures += 1
                let pause = Duration.seconds(1).doubled(after: failures, upTo: .seconds(300))
                let remedy = (error as? any Failure)?.remedy ?? .retry
                tell(Event(remedy == .askHuman ? .error : .warning, "\(error); looking again in \(pause.text)"))
                if await bridge(pause) { await controller.surroundings.forge?.lookNow() }
                continue
            }
            // Whoever woke it may mean the forge: a webhook says no more than that something happened.
            if await signal.wait(for: wait) { await controller.surroundings.forge?.lookNow() }
        }
    }

    /// Waits until it is time to try again, and tends meanwhile what runs. Returns whether somebody woke it from outside.
    private func bridge(_ pause: Duration) async -> Bool {
        let end = ContinuousClock.now + pause
        while await !signal.isStopped {
            let next = await controller.tendMeanwhile()
            let left = end - .now
            guard left > .zero else { break }
            let untilNext = next.map { max(.milliseconds(100), $0 - signal.now()) } ?? left
            if await signal.wait(for: min(left, untilNext)) { return true }
        }
        return false
    }

    /// Beside the passes: who is slow to take a notice must not hold up what the notice is about.
    private func tellPeople() async {
        guard let noticeSender else { return }
        await noticeSender.sendBeside { [messengerSignal] in await messengerSignal.wake() }
        while await !signal.isStopped {
            let round = await noticeSender.round()
            if round.mayOpenGates { await signal.wake() }
            let wait = round.wait ?? .seconds(3600)
            if wait > .zero { await messengerSignal.wait(for: wait) }
        }
        await noticeSender.stop()
    }

    private func prolongLease() async throws {
        guard let lease = controller.lease else { return }
        while true {
            try await Task.sleep(for: lease.pace)
            // What fails is tried again: the lease outlasts three of these.
            try? await lease.prolong()
        }
    }

    /// A fifth more or less, so that many controllers do not knock at the same moment.
    static func pause(_ poll: Duration, _ random: Double) -> Duration { poll * (0.8 + 0.4 * random) }
}
