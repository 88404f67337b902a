import ArgumentParser
import ControlLoop
import Domain

/// What the commands about requests share.
enum Requests {
    static func read(
        _ options: RepositoryOptions, environment: String? = nil
    ) async throws -> (list: RequestList, workspace: Workspace) {
        let workspace = try await Workspace.local(options)
        try await workspace.tellWhereRecordsAre()
        let list = try await RequestList.read(
            workspace.store, Workspace.language, branch: workspace.branch, remote: workspace.remoteName,
            environment: environment, verify: Wiring.verify(workspace))
        for problem in list.problems { Terminal.complain(problem.description) }
        return (list, workspace)
    }

    /// Reads `ENV/MODEL` or `promote/ENV/MODEL`.
    static func unit(_ text: String) throws -> Unit {
        let rest = text.hasPrefix("promote/") ? text.dropFirst("promote/".utf8.count) : text[...]
        let parts = rest.pathParts(most: 2).map(String.init)
        guard parts.count == 2 else {
            throw WrongUse("'\(text)' names no request; write ENV/MODEL, such as production/credit-risk")
        }
        return Unit(environment: parts[0], model: parts[1])
    }

    static func colour(of state: RequestStatus.State) -> Terminal.Colour? {
        switch state {
        case .ready, .merged: .green
        case .refused, .conflicting: .red
        case .open, .stale, .superseded: .yellow
        case .closed: .dim
        }
    }
}
