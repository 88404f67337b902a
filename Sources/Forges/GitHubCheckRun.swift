import Domain

/// Statuses as check runs, which only a GitHub App may make: they say more, and nobody else can set them.
enum GitHubCheckRun {
    struct Change {
        let method: String
        /// Behind `…/check-runs`.
        let path: String
        let body: JSON
    }

    /// What makes the newest runs say what is wanted. Runs of other apps are not ours to change.
    static func changes(_ presentation: RequestPresentation, among runs: [ForgeRecord], app: String) throws -> [Change]
    {
        let ours = runs.filter { $0["app.id"]?.int.map(String.init) == app || $0["app.client_id"]?.string == app }
            .sorted { ($0["id"]?.int ?? 0) > ($1["id"]?.int ?? 0) }
        return try presentation.statuses.compactMap { status in
            let body = body(status)
            let newest = ours.first { $0["name"]?.string == status.name }
            if let newest, says(newest, body) { return nil }
            // A run that has ended may not be begun again; the newest of a name is what GitHub looks at.
            guard let run = newest, status.state != .pending || run["status"]?.string != "completed" else {
                let new: [JSON.Member] = [
                    .init("name", .string(status.name)), .init("head_sha", .string("\(presentation.head)")),
                ]
                return Change(method: "POST", path: "", body: .object(new + (body.members ?? [])))
            }
            return Change(method: "PATCH", path: "/\(try run.number("id"))", body: body)
        }
    }

    private static func says(_ run: ForgeRecord, _ body: JSON) -> Bool {
        run["status"] == body["status"] && run["conclusion"] == body["conclusion"]
            && run["output.title"] == body["output"]?["title"] && run["output.summary"] == body["output"]?["summary"]
    }

    private static func body(_ status: RequestPresentation.Status) -> JSON {
        var members: [(String, JSON)] = [("status", status.state == .pending ? "in_progress" : "completed")]
        if status.state != .pending { members.append(("conclusion", status.state == .success ? "success" : "failure")) }
        if let url = status.url { members.append(("details_url", .string(url))) }
        let output: JSON = [
            "title": .string(StatusLine.text(status.summary)), "summary": .string(Markup.code(status.summary)),
        ]
        return .object(members + [("output", output)])
    }
}
