import Domain

/// Finds the pipeline that GitLab waits for before it merges a request: the newest that runs for the merge request itself, else of its
/// branch, on its head or on what merging that head would give (GitLab, `Ci::PipelinesForMergeRequestFinder`).
struct GitLabPipelines {
    let place: String
    let api: ForgeAPI
    /// The newest of the project.
    private var records: [ForgeRecord] = []

    init(place: String, api: ForgeAPI) { (self.place, self.api) = (place, api) }

    /// With the newest of the project: one question for all requests. None where CI is switched off, or the token may not see it.
    static func newest(at place: String, _ api: ForgeAPI) async throws -> GitLabPipelines {
        var pipelines = GitLabPipelines(place: place, api: api)
        do {
            pipelines.records = try await api.list("\(place)/pipelines", [("per_page", "100")], pages: 1)
        } catch let failure as ForgeFailure where [.forbidden, .missing].contains(failure.reason) {}
        return pipelines
    }

    /// Among the newest ones.
    func pipeline(of request: PullRequest) async throws -> PullRequest.Pipeline? {
        let own = "refs/merge-requests/\(request.number)/"
        let found = records.compactMap { record -> (record: ForgeRecord, isOwn: Bool, id: Int)? in
            guard let id = record["id"]?.int, let reference = record["ref"]?.string else { return nil }
            let isOwn = reference.hasPrefix(own) || record["source"]?.string == "merge_request_event"
            guard reference.hasPrefix(own) || (reference == request.branch && !request.isFork) else { return nil }
            return (record, isOwn, id)
        }.sorted { $0.isOwn == $1.isOwn ? $0.id > $1.id : $0.isOwn }
        for one in found {
            if let pipeline = try await pipeline(one.record, on: request.head) { return pipeline }
        }
        return nil
    }

    /// The one that a merge request names, which comes a little later than the pipeline itself.
    func pipeline(awaitedBy request: PullRequest, at head: ObjectID) async throws -> PullRequest.Pipeline? {
        guard request.state == .open else { return nil }
        let record = try await api.get("\(place)/merge_requests/\(request.number)")
        guard let pipeline = record["head_pipeline"] else { return nil }
        return try await self.pipeline(ForgeRecord(json: pipeline, request: record.request), on: head)
    }

    /// `nil` where it runs on something else than `head`, or for a merge train, which merges several: those look at jobs.
    private func pipeline(_ record: ForgeRecord, on head: ObjectID) async throws -> PullRequest.Pipeline? {
        guard let number = record["id"]?.int, let commit = record["sha"]?.string.flatMap({ ObjectID($0) }) else {
            return nil
        }
        let reference = record["ref"]?.string
        if commit != head {
            guard reference?.hasSuffix("/merge") == true, try await parents(of: commit).contains(head) else {
                return nil
            }
        }
        return PullRequest.Pipeline(number: number, commit: commit, reference: reference)
    }

    private func parents(of commit: ObjectID) async throws -> [ObjectID] {
        let text = try await api.memory.fact("parents of \(commit)") {
            let found = try await api.find("\(place)/repository/commits/\(commit)")
            return (found?["parent_ids"]?.array ?? []).compactMap(\.string).joined(separator: " ")
        }
        return text.split(separator: " ").compactMap { ObjectID(String($0)) }
    }
}
