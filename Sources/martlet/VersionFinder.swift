import ControlLoop
import Domain
import Git

/// Finds the model version that a person names as `MODEL@WHAT`.
struct VersionFinder: Sendable {
    private let workspace: Workspace
    private let catalog: VersionCatalog

    init(_ workspace: Workspace) {
        self.workspace = workspace
        catalog = VersionCatalog(store: workspace.store, language: Workspace.language)
    }

    func find(_ text: String) async throws -> KnownVersion {
        guard let at = text.lastIndex(of: "@"), at != text.startIndex else {
            throw WrongUse("'\(text)' names no version; write MODEL@COMMIT, MODEL@v1.4.0 or MODEL@ENVIRONMENT")
        }
        let model = String(text[..<at]), what = String(text[text.index(after: at)...])
        guard let revision = try await revision(of: model, what),
            let known = try await catalog.version(of: model, at: revision)
        else {
            throw WrongUse(
                "There is no version '\(text)': '\(what)' is no environment that runs \(model), no tag \(model)@\(what) and no commit with that model."
            )
        }
        return known
    }

    /// The version that the branch has now, at the commit that made it.
    func newest(of model: String) async throws -> KnownVersion {
        guard let tip = try await workspace.store.revision(workspace.branch),
            let known = try await catalog.newest(of: model, at: tip, of: workspace.branch)
        else { throw WrongUse("There is no version of \(model) on \(workspace.branch) that can be read.") }
        return known
    }

    private func revision(of model: String, _ what: String) async throws -> ObjectID? {
        let report = try await StatusReport.read(
            workspace.store, Workspace.language, branch: workspace.branch, environment: what, model: model)
        if let pin = report.lines.first(where: { $0.unit == Unit(environment: what, model: model) })?.pin {
            return pin.revision
        }
        let tagged = try await workspace.store.read { reader -> ObjectID? in
            guard let object = try reader.resolve("refs/tags/\(model)@\(what)") else { return nil }
            return try reader.tag(object)?.target ?? object
        }
        if let tagged { return tagged }
        return try await workspace.store.revision(what)
    }
}
