import Dispatch
public import Domain
import Glibc

/// Runs programs on this machine.
///
/// Each gets a session of its own, only the descriptors 0 to 2, and only the environment that its command lists. Nothing of its process
/// group outlives it. Started by hand with `posix_spawn`: the process packages bring Foundation or a thread pool to the start of every
/// `martlet` command, and leave what grandchildren do with open pipes to the caller.
public enum LocalProcess {
    /// Runs `command` to its end. Of its output the beginning is kept, of its errors the end.
    ///
    /// After `timeout`, or when the task is cancelled, its group gets SIGTERM, and SIGKILL two seconds later.
    public static func run(_ command: Command) async -> CommandResult {
        let interrupt = Interrupt()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // A queue of its own is a thread of its own: watching blocks, and must not hold the concurrency pool.
                DispatchQueue(label: "martlet.process").async {
                    guard Underway.begin(interrupt) else { return Underway.hold(continuation) }
                    let result = runBlocking(command, interrupt)
                    guard Underway.end(interrupt) else { return Underway.hold(continuation) }
                    continuation.resume(returning: result)
                }
            }
        } onCancel: {
            interrupt.fire()
        }
    }

    /// Ends every program that runs, as a cancelled task does, and removes the folders of ``Sandbox``. Blocks until that is done.
    ///
    /// For a process that is told to stop: no program starts any more, and whoever waits for one waits until the process has gone, since
    /// what was interrupted is no answer.
    public static func endAll() {
        let (programs, folders) = Underway.close()
        for program in programs { program.fire() }
        let clock = ContinuousClock()
        let end = clock.now + ProcessWatch.grace + ProcessWatch.patience + .seconds(1)
        while Underway.isBusy, clock.now < end { usleep(2000) }
        for folder in folders {
            SandboxProcesses.end(in: folder)
            _ = runBlocking(Sandbox.removal(of: folder), Interrupt())
        }
    }

    static func runBlocking(_ command: Command, _ interrupt: Interrupt) -> CommandResult {
        do throws(StartFailure) {
            let watch = ProcessWatch(try SpawnedProcess(command), of: command, interrupt: interrupt.descriptor)
            return watch.result()
        } catch {
            return CommandResult(ending: error.ending)
        }
    }
}
