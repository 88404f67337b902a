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
    static func changes(_ picture: RequestPicture, among runs: [ForgeRecord], app: String) throws -> [Change] {
        let ours = runs.filter { $0["app.id"]?.int.map(String.init) == app || $0["app.client_id"]?.string == app }
        return try picture.statuses.compactMap { status in
            let body = body(status)
            guard let run = ours.first(where: { $0["name"]?.string == status.name }) else {
                let new: [JSON.Member] = [
                    .init("name", .string(status.name)), .init("head_sha", .string("\(picture.head)")),
                ]
                return Change(method: "POST", path: "", body: .object(new + (body.members ?? [])))
            }
            guard !says(run, body) else { return nil }
            return Change(method: "PATCH", path: "/\(try run.number("id"))", body: body)
        }
    }

    private static func says(_ run: ForgeRecord, _ body: JSON) -> Bool {
        run["status"] == body["status"] && run["conclusion"] == body["conclusion"]
            && run["output.title"] == body["output"]?["title"] && run["output.summary"] == body["output"]?["summary"]
    }

    private static func body(_ status: RequestPicture.Status) -> JSON {
        var members: [(String, JSON)] = [("status", status.state == .pending ? "in_progress" : "completed")]
        if status.state != .pending { members.append(("conclusion", status.state == .success ? "success" : "failure")) }
        if let url = status.url { members.append(("details_url", .string(url))) }
        let output: JSON = [
            "title": .string(StatusLine.text(status.summary)), "summary": .string(Markup.code(status.summary)),
        ]
        return .object(members + [("output", output)])
    }
}
