import ArgumentParser
import ControlLoop
import Domain
import Git

struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show two versions of a model side by side: metrics, parameters, data, files",
        discussion: """
            Metrics are those of each version's own predictions; where these are of other rows, or of other labels, that is said.

            A version is MODEL@WHAT, where WHAT is a commit, a tag's version (v1.4.0), or an environment that runs it.

                martlet diff credit-risk@production credit-risk@main
            """)

    @OptionGroup var common: RepositoryOptions

    @Argument(help: "One version")
    var first: String

    @Argument(help: "The other version")
    var second: String

    func run() async throws {
        let workspace = try await Workspace.local(common)
        let finder = VersionFinder(workspace)
        let surroundings = try Wiring.surroundings(workspace)
        let pair = (try await finder.find(first), try await finder.find(second))
        let evaluator = Evaluator(surroundings)
        let (branch, remote) = (workspace.branch, workspace.trackedRemote)
        // Whose commands run here, the branch says, and no version of itself.
        guard let tip = try await workspace.store.read({ try CheckContext.tip(of: branch, seenAt: remote, $0) }) else {
            throw LoopError.noBranch(branch)
        }
        let diff = try await VersionDiff(pair.0, pair.1, surroundings.materials) { known in
            evaluator.subject(known, environment: nil, deployed: nil, tip: tip, of: branch)
        }
        switch common.output {
        case .json: Terminal.say(diff.json.text(pretty: true))
        case .text: Terminal.say(diff.text)
        }
    }
}
