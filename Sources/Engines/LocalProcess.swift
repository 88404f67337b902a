import Dispatch
public import Domain

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
                    continuation.resume(returning: runBlocking(command, interrupt))
                }
            }
        } onCancel: {
            interrupt.fire()
        }
    }

    private static func runBlocking(_ command: Command, _ interrupt: Interrupt) -> CommandResult {
        do throws(StartFailure) {
            let watch = ProcessWatch(try SpawnedProcess(command), of: command, interrupt: interrupt.descriptor)
            return watch.result()
        } catch {
            return CommandResult(ending: error.ending)
        }
    }
}
