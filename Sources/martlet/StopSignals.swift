import Dispatch
import Engines
import Glibc
import Synchronization

/// SIGINT, SIGTERM and SIGHUP end a command as they end any program, and with it the programs that it has started: these have sessions of
/// their own, so that no terminal tells them.
final class StopSignals: Sendable {
    private let received = Mutex(false)

    /// Whoever started this process may have it ignore some of them, as `nohup` does.
    func listen() -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM, SIGHUP].filter { !Self.isIgnored($0) }.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [self] in stop(number) }
            source.resume()
            return source
        }
    }

    /// Waits for the end, where it has begun: what the command says of programs that were ended is not its answer.
    func giveWay() async {
        if received.withLock({ $0 }) { try? await Task.sleep(for: .seconds(60)) }
    }

    private func stop(_ number: Int32) {
        let isFirst = received.withLock { received in
            defer { received = true }
            return !received
        }
        guard isFirst else { return }
        LocalProcess.endAll()
        signal(number, SIG_DFL)
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, number)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        raise(number)
        // The first process of a container does not die of its own signals.
        _exit(128 + number)
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var old = sigaction()
        guard sigaction(number, nil, &old) == 0 else { return false }
        return old.__sigaction_handler.sa_handler.map { unsafeBitCast($0, to: Int.self) } == 1
    }
}

/// A command that heeds signals itself.
protocol StopsByItself: SendableMetatype {}
