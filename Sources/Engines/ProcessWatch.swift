import Domain
import Glibc

/// Watches one program until it has ended: reads its streams, ends it when it is time, and reaps it.
///
/// One `poll` for everything, so one thread a program; that thread does nothing else.
struct ProcessWatch: ~Copyable {
    /// How long a program has between SIGTERM and SIGKILL.
    static let grace = Duration.seconds(2)
    /// How long streams are read on after the program has ended, where somebody else still holds them open.
    static let patience = Duration.milliseconds(100)
    /// A program that may run longer may run for ever; the clock cannot add more.
    private static let longest = Duration.seconds(86_400 * 3650)

    private let process: SpawnedProcess
    /// Readable when the program has ended. Where the system has none, `nil`: then it is looked at every few milliseconds.
    private let exit: Descriptor?
    private let interrupt: Int32
    private let clock = ContinuousClock()
    private var output: CapturedOutput
    private var errors: CapturedOutput
    private var open = (output: true, errors: true)
    private var stopAt: ContinuousClock.Instant
    private var killAt: ContinuousClock.Instant?
    private var doneAt: ContinuousClock.Instant?
    private var interrupted = false
    private var timedOut = false

    init(_ process: consuming SpawnedProcess, of command: Command, interrupt: Int32) {
        exit = GlibcFunctions.processDescriptor.flatMap { Descriptor(owning: $0(process.id, 0)) }
        self.process = process
        self.interrupt = interrupt
        output = CapturedOutput(.beginning, atMost: command.outputLimit)
        // A traceback stands at the end of what a program says.
        errors = CapturedOutput(.end, atMost: command.outputLimit)
        stopAt = clock.now + min(max(command.timeout, .zero), Self.longest)
    }

    /// Blocks until the program has ended and says how.
    consuming func result() -> CommandResult {
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
            while !isDone {
                step(buffer)
                stopIfItIsTime()
            }
        }
        return CommandResult(ending: reaped(), output: output.kept, errors: errors.kept)
    }

    private var isDone: Bool {
        guard let doneAt else { return false }
        return !open.output && !open.errors || clock.now >= doneAt
    }

    private mutating func step(_ buffer: UnsafeMutableRawBufferPointer) {
        let ended = doneAt != nil
        var polled = [
            Self.entry(open.output ? process.output.number : -1),
            Self.entry(open.errors ? process.errors.number : -1),
            Self.entry(interrupted ? -1 : interrupt),
            Self.entry(ended ? -1 : exitNumber),
        ]
        guard poll(&polled, nfds_t(polled.count), pause) >= 0 || errno == EINTR else { return }
        if polled[0].revents != 0 { open.output = Self.read(process.output.number, buffer, into: &output) }
        if polled[1].revents != 0 { open.errors = Self.read(process.errors.number, buffer, into: &errors) }
        if polled[2].revents != 0 {
            interrupted = true
            terminate()
        }
        if !ended, polled[3].revents != 0 || exitNumber < 0 && hasEnded { clearUp() }
    }

    private var exitNumber: Int32 {
        switch exit {
        case .some(let exit): exit.number
        case .none: -1
        }
    }

    /// Milliseconds until something has to be done at the latest.
    private var pause: Int32 {
        let next = doneAt ?? killAt ?? stopAt
        let left = max(0, (next - clock.now).milliseconds + 1)
        return Int32(clamping: exitNumber < 0 && doneAt == nil ? min(left, 10) : left)
    }

    private var hasEnded: Bool {
        var information = siginfo_t()
        return waitid(P_PID, id_t(process.id), &information, WEXITED | WNOHANG | WNOWAIT) == 0
            && information._sifields._kill.si_pid == process.id
    }

    private mutating func stopIfItIsTime() {
        guard doneAt == nil else { return }
        if let killAt, clock.now >= killAt {
            kill(-process.id, SIGKILL)
            self.killAt = clock.now + Self.longest
        } else if killAt == nil, clock.now >= stopAt {
            timedOut = true
            terminate()
        }
    }

    private mutating func terminate() {
        guard killAt == nil, doneAt == nil else { return }
        kill(-process.id, SIGTERM)
        kill(-process.id, SIGCONT)
        killAt = clock.now + Self.grace
    }

    /// Ends what the program left running in its group. Its id cannot have gone to another yet, since it is not reaped.
    private mutating func clearUp() {
        kill(-process.id, SIGKILL)
        doneAt = clock.now + Self.patience
    }

    private func reaped() -> CommandResult.Ending {
        var status: Int32 = 0, ended = waitpid(process.id, &status, 0)
        while ended < 0, errno == EINTR { ended = waitpid(process.id, &status, 0) }
        if timedOut { return .timedOut }
        // Where our parent had us ignore SIGCHLD, the system throws the status away; that must not look like success.
        if ended < 0 { return .notStarted("it ran, but how it ended is lost, because SIGCHLD is ignored") }
        let signal = status & 0x7F
        return signal == 0 ? .exited(Int(status >> 8 & 0xFF)) : .signalled(Int(signal))
    }

    private static func entry(_ descriptor: Int32) -> pollfd {
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    }

    /// Reads what is there. Says whether more may come.
    private static func read(
        _ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer, into output: inout CapturedOutput
    ) -> Bool {
        let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        if count < 0 { return errno == EAGAIN || errno == EINTR }
        output.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count > 0
    }
}
