import Domain

/// Why GitHub does not merge what it says could be merged, as far as the repository's own settings tell: its refusal has only words.
struct GitHubMergeRules {
    let place: String
    let api: ForgeAPI

    /// What a person has to change; `nil` where the settings say nothing of it, or are not to be seen.
    func obstacle(to method: GitHub.Method, _ request: PullRequest) async -> String? {
        // Whatever goes wrong here, the refusal is told.
        let rules = try? await api.list(
            "\(place)/rules/branches/\(Paging.segment(request.base))", [("per_page", "100")])
        let repository = try? await api.find(place, or: [403])
        return Self.obstacle(
            to: method, into: request.base, rules: Set((rules ?? []).compactMap { $0["type"]?.string }), repository)
    }

    static func obstacle(
        to method: GitHub.Method, into base: String, rules: Set<String>, _ repository: ForgeRecord?
    ) -> String? {
        if rules.contains("merge_queue") {
            return
                "\(base) has a merge queue: add the request to the queue on its page, or let whom the token is of pass that rule"
        }
        let allowed = GitHub.Method.allCases.filter { repository?[$0.setting]?.bool != false }
        let fitting = allowed.filter { $0 != .merge || !rules.contains("required_linear_history") }
        guard !fitting.contains(method) else { return nil }
        let why = allowed.contains(method) ? "\(base) must have a linear history" : "the repository does not allow it"
        let other =
            fitting.isEmpty
            ? "" : "; in martlet.yaml, forge.method can be \(fitting.map(\.rawValue).joined(separator: " or "))"
        return "GitHub cannot merge it by the method '\(method.rawValue)': \(why)\(other)"
    }
}

extension GitHub.Method {
    /// Where the repository says whether it allows this.
    fileprivate var setting: String {
        switch self {
        case .merge: "allow_merge_commit"
        case .squash: "allow_squash_merge"
        case .rebase: "allow_rebase_merge"
        }
    }
}
