import Domain

extension Controller {
    /// From now on, what takes long goes on beside the passes; `wake` is called when there is something to decide.
    func workBeside(wake: @escaping @Sendable () async -> Void) { side.wake = wake }

    /// Ends what goes on beside the passes: what is brought to a target just now has ten seconds to come to its end, all else is made anew
    /// next time.
    func stopBeside() async {
        side.dropWaiting()
        side.patience = .seconds(10)
        _ = await wait(for: side.keys.filter { if case .visit = $0 { true } else { false } })
        side.cancel()
        wakeWaiter()
        // That a training was ended is written down, or nobody knows what became of it.
        let end = ContinuousClock.now + .seconds(10)
        while !trainings.isEmpty, ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(50)) }
    }

    /// Has a job done beside what else goes on, unless it is already being done.
    func begin(_ kind: SideWork.Kind, _ job: SideWork.Job, group: String) {
        guard let number = side.add(job, to: kind, group: group) else { return }
        let worker = Task {
            await workOff(kind)
            side.forget(number, for: kind)
        }
        side.remember(worker, number, for: kind)
    }

    private func workOff(_ kind: SideWork.Kind) async {
        while let group = side.takeGroup(of: kind) {
            while let job = side.takeJob(of: kind, in: group) {
                await job.run()
                if Task.isCancelled { return }
                side.end(job)
                // In a loop, a later pass than the one that began it may have to go on from there.
                if side.wake != nil, kind != .visits { touched.models.insert(job.unit.model) }
                wakeWaiter()
                await side.wake?()
            }
        }
    }

    /// Waits for jobs, in a loop no longer than this pass may. Returns whether all are done.
    func wait(for keys: Set<SideWork.Key>) async -> Bool {
        while !side.isDone(keys) {
            guard side.wake != nil else {
                await withCheckedContinuation { side.waiters.append($0) }
                continue
            }
            guard side.patience > .zero else { return false }
            let start = ContinuousClock.now
            let timer = Task { [left = side.patience] in
                try await Task.sleep(for: left)
                wakeWaiter()
            }
            await withCheckedContinuation { side.waiters.append($0) }
            timer.cancel()
            side.patience -= ContinuousClock.now - start
        }
        return true
    }

    private func wakeWaiter() {
        let waiters = side.waiters
        side.waiters = []
        for waiter in waiters { waiter.resume() }
    }
}
