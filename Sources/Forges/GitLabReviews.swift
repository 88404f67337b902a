import Domain

/// Who approved a merge request, and as far as GitLab lets it be known, which commit.
struct GitLabReviews {
    let place: String
    let api: ForgeAPI

    func reviews(of record: ForgeRecord, head: ObjectID) async throws -> [PullRequest.Review] {
        let path = "\(place)/merge_requests/\(try record.number("iid"))"
        let approvals = try await api.get("\(path)/approvals").records("approved_by")
        let objections = try await api.list("\(path)/reviewers").filter {
            $0["state"]?.string == "requested_changes"
        }
        var reviews = objections.compactMap { record in
            record["user.username"]?.string.map { PullRequest.Review($0, .objects, of: nil) }
        }
        guard !approvals.isEmpty else { return reviews }
        let pushed = try await timeOfHead(head, path)
        var isReset: Bool?
        for approval in approvals {
            guard let person = approval["user.username"]?.string else { continue }
            let time = approval.time("approved_at")
            var counts = false
            if let time {
                counts = pushed.map { time > $0 } ?? false
            } else {
                if isReset == nil { isReset = try await resetsApprovals(record) }
                counts = isReset == true
            }
            reviews.append(PullRequest.Review(person, .approves, of: counts ? head : nil, at: time))
        }
        return reviews
    }

    /// When GitLab saw the head come; `nil` where the newest version that it knows is another commit.
    private func timeOfHead(_ head: ObjectID, _ path: String) async throws -> Timestamp? {
        let versions = try await api.list("\(path)/versions", [("per_page", "100")])
        guard let newest = versions.max(by: { ($0["id"]?.int ?? 0) < ($1["id"]?.int ?? 0) }),
            newest["head_commit_sha"]?.string == head.description
        else { return nil }
        return newest.time("created_at")
    }

    /// Whether every approval that is there now can only be of the head. The setting is known to paid editions alone.
    private func resetsApprovals(_ record: ForgeRecord) async throws -> Bool {
        guard let word = record["detailed_merge_status"]?.string, !GitLab.undecided.contains(word) else { return false }
        return try await api.find("\(place)/approvals", or: [403])?["reset_approvals_on_push"]?.bool == true
    }
}
