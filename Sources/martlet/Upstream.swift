import Domain
import Git
import Glibc

/// The repository that a clone pushes to, as its configuration has it.
struct Upstream: Sendable {
    /// What the clone calls it.
    let name: String
    let url: String
    /// Where pushes go, if that is elsewhere.
    var pushURL: String?

    /// `origin`, or in a work clone the only other one; `nil` where there is none. A bare repository's further remotes may be its copies.
    static func of(_ store: GitStore) async throws -> Upstream? {
        if let origin = try await named("origin", in: store) { return origin }
        guard !store.isBare else { return nil }
        var others: [Upstream] = []
        for name in try await store.remotes() {
            if let other = try await named(name, in: store) { others.append(other) }
        }
        guard others.count < 2 else {
            throw WrongUse(
                "\(store.workTree ?? store.path) has no remote 'origin', but \(others.map(\.name).joined(separator: ", ")); "
                    + "say which one people share: git remote rename NAME origin")
        }
        return others.first
    }

    private static func named(_ name: String, in store: GitStore) async throws -> Upstream? {
        guard let url = try await store.configuration("remote.\(name).url"), !url.isEmpty else { return nil }
        let push = try await store.configuration("remote.\(name).pushurl").flatMap { $0.isEmpty ? nil : $0 }
        return Upstream(name: name, url: absolute(url, in: store), pushURL: push.map { absolute($0, in: store) })
    }

    /// Git takes a relative path from the top of the work tree, or from the bare repository, wherever it is called.
    private static func absolute(_ url: String, in store: GitStore) -> String {
        let colon = url.firstIndex(of: ":") ?? url.endIndex, slash = url.firstIndex(of: "/") ?? url.endIndex
        guard !url.hasPrefix("/"), colon == url.endIndex || slash < colon else { return url }
        let path = (store.workTree ?? store.path) + "/" + url
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}

extension GitStore {
    /// Whether Git refuses pushes to a branch because its files lie there, checked out.
    func refusesPushes(to branch: String) async throws -> Bool {
        guard !isBare, headBranch == branch else { return false }
        let setting = try await configuration("receive.denyCurrentBranch")?.lowercased() ?? "refuse"
        return !["false", "no", "off", "0", "ignore", "warn", "updateinstead"].contains(setting)
    }
}
