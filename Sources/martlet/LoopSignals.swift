import ControlLoop
import Dispatch
import Glibc

/// SIGTERM and SIGINT stop the loop, SIGHUP wakes it.
final class LoopSignals {
    private let sources: [any DispatchSourceSignal]

    init(_ loop: WakeSignal) {
        func source(_ number: Int32, _ react: @escaping @Sendable () async -> Void) -> any DispatchSourceSignal {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { Task { await react() } }
            source.resume()
            return source
        }
        sources = [
            source(SIGTERM) { await loop.stop() }, source(SIGINT) { await loop.stop() },
            source(SIGHUP) { await loop.wake() },
        ]
    }

    func close() { sources.forEach { $0.cancel() } }
}
