import ArgumentParser
import ControlLoop
import Domain

struct ControllerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "controller", abstract: "Run the loop until told to stop",
        discussion: """
            Looks at the repository every --poll, and at once when woken: by SIGHUP, or by the post-receive hook through a socket.
            SIGTERM and SIGINT end it after the present step.

                martlet controller -C /srv/git/models.git --log json
            """)

    @OptionGroup var common: RepositoryOptions
    @OptionGroup var log: LogOptions

    @Option(help: "How often to look when nobody wakes it, such as 15s; a fifth more or less by chance")
    var poll: String = "15s"

    func run() async throws {
        guard let interval = Duration(text: poll), interval >= .milliseconds(100) else {
            throw WrongUse("--poll must be a duration of at least 100ms, such as 15s")
        }
        let workspace = try await Workspace.acting(common)
        let surroundings = try Wiring.surroundings(workspace, log: log)
        let controller = Controller(surroundings, branch: workspace.branch)
        let alarm = Alarm(now: Timestamp.now)
        let doorbell = Doorbell(socket: Doorbell.path(for: common.path, workspace), alarm)
        let signals = Signals(alarm)
        defer {
            doorbell?.close()
            signals.close()
        }
        surroundings.tell(Event(.info, "watching \(workspace.branch) of \(common.path)", [("poll", poll)]))
        try await LoopRunner(controller: controller, alarm: alarm, poll: interval, tell: surroundings.tell).run()
        surroundings.tell(Event(.info, "stopped"))
    }
}
