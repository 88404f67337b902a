import ArgumentParser
import ControlLoop
import Domain
import Glibc

struct ControllerCommand: AsyncParsableCommand, StopsByItself {
    static let configuration = CommandConfiguration(
        commandName: "controller", abstract: "Run the loop until told to stop",
        discussion: """
            Looks at the repository every --poll, and at once when woken: by SIGHUP, or by the post-receive hook through a socket. \
            SIGTERM and SIGINT end it after the present step, but within half a minute. Of several controllers one acts, and the \
            others stand by.
            MARTLET_FILES names the folders, with colons between them, that file:// artifacts and files of monitors may come from: without it, only \
            files whose own mode lets everybody read them.
            MARTLET_SIGNING_KEY is the SSH key, or openpgp:FINGERPRINT, that commits, records and tags are signed with.
            MARTLET_CACHE_SIZE is how much fetched artifacts may take on this machine: 20GiB where it says nothing.

                martlet controller -C /srv/git/models.git --log json
            """)

    @OptionGroup var common: RepositoryOptions
    @OptionGroup var log: LogOptions

    @Option(help: "How often to look when nobody wakes it, such as 15s; a fifth more or less by chance")
    var poll: String = "15s"

    @Option(help: "How long after its last sign of life another controller takes this one's place, such as 60s")
    var lease: String = "60s"

    func run() async throws {
        guard let ttl = Duration(text: lease), ttl >= .seconds(1), ttl <= .seconds(600) else {
            throw WrongUse("--lease must be a duration from 1s to 10m, such as 60s")
        }
        guard let interval = Duration(text: poll), interval >= .milliseconds(100) else {
            throw WrongUse("--poll must be a duration of at least 100ms, such as 15s")
        }
        let workspace = try await Workspace.looping(common)
        let surroundings = try Wiring.surroundings(workspace, log: log)
        let keeper = LeaseKeeper(
            surroundings, host: ProcessFacts.host, process: Int(getpid()), duration: ttl,
            space: ProcessFacts.processSpace, isAlive: ProcessFacts.isRunning)
        let controller = Controller(surroundings, branch: workspace.branch, lease: keeper)
        let signal = WakeSignal(now: Timestamp.now)
        let listener = WakeListener(socket: WakeListener.path(workspace), signal)
        let signals = LoopSignals(signal)
        defer {
            listener?.close()
            signals.close()
        }
        surroundings.tell(Event(.info, "watching \(workspace.branch) of \(common.path)", [("poll", poll)]))
        await LoopRunner(
            controller: controller, noticeSender: NoticeSender(surroundings, controller), signal: signal,
            poll: interval,
            tell: surroundings.tell
        ).run()
        surroundings.tell(Event(.info, "stopped"))
    }
}
