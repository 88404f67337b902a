import ControlLoop
import Domain
import Foundation
import TestSupport
import Testing

/// What tests of requests do and see.
extension Stage {
    static let requested = EnvironmentText(name: "production", from: ["dev"]).with("promotion: {mode: pull-request}")

    /// Commits on the branch's tip and pushes that as a request, as a person does.
    @discardableResult
    func propose(
        _ files: [String: String], removing gone: [String] = [], message: String = "please",
        as branch: String = "promote/production/tumor", _ more: (TemporaryRepository) throws -> Void = { _ in }
    ) throws -> ObjectID {
        try pull()
        return try onSide {
            try more(repository)
            let head = try id(repository.commit(files, removing: gone, message: message, push: false))
            try repository.git("push", "--quiet", "--force", "origin", "HEAD:refs/heads/\(branch)")
            return head
        }
    }

    /// Does something on a detached head of the clone and comes back to the branch.
    func onSide<Result>(_ body: () throws -> Result) throws -> Result {
        try repository.git("checkout", "--quiet", "--detach")
        let result = try body()
        try repository.git("checkout", "--quiet", "--force", "main")
        try repository.git("clean", "--quiet", "-d", "-x", "--force")
        return result
    }

    /// The deployment with a pin, as a person writes it.
    func pinned(_ revision: ObjectID, _ model: String = "tumor") -> String {
        deployment(model, pin: "  revision: \"\(revision)\"")
    }

    @discardableResult
    func proposePin(_ revision: ObjectID, of model: String = "tumor", in environment: String = "production") throws
        -> ObjectID
    {
        try propose(
            ["environments/\(environment)/\(model).yaml": pinned(revision, model)],
            as: "promote/\(environment)/\(model)")
    }

    /// What the record says of a request.
    func request(_ environment: String = "production", _ model: String = "tumor") throws -> RequestStatus {
        let text = try git("show", "refs/martlet/requests:\(environment)/\(model).json", in: repository.origin)
        return try #require(RequestStatus(json: JSON(parsing: Array(text.utf8))))
    }

    /// Where the branch of a request is.
    func head(_ environment: String = "production", _ model: String = "tumor") -> ObjectID? {
        let name = "refs/heads/promote/\(environment)/\(model)"
        return (try? git("rev-parse", "--verify", "--quiet", name, in: repository.origin)).flatMap { ObjectID($0) }
    }

    func note(on commit: ObjectID) throws -> String {
        try git("notes", "--ref=martlet", "show", "\(commit)", in: repository.origin)
    }

    func parents(_ revision: String = "main") throws -> [ObjectID] {
        try git("log", "-1", "--format=%P", revision, in: repository.origin).split(separator: " ").map {
            try id(String($0))
        }
    }
}

/// A house with a gate that wants an hour upstream, so that requests wait.
func withRequests(
    models: [String] = ["tumor"], gate: String = "  soakFor: 1h", way: Stage.Way = .sameStore,
    hooks: (inout Surroundings) -> Void = { _ in }, isolation: isolated (any Actor)? = #isolation,
    _ body: (Stage) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        try await body(
            Stage(in: folder, [.dev, Stage.requested], models: models, gate: gate, way: way, hooks: hooks))
    }
}
