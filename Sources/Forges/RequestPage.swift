import Domain

/// Keeps a pull request and the one comment on it as they are wanted: forges differ in their words for it, not in the steps.
struct RequestPage {
    /// What a forge calls things.
    struct Words: Sendable {
        /// Where the repository's pull requests are.
        let requests: String
        /// Where the comments of the request of that number are, and the one of that number and id.
        let comments: @Sendable (Int) -> String
        let comment: @Sendable (Int, Int) -> String
        let number: String
        let branch: String
        let base: String
        let body: String
        let author: String
        /// The commit that it proposes, as an answer has it.
        let head: String
        let commentAuthor: String
        let change: String
        let closing: JSON
        /// The status that also says that such a request is there already.
        let taken: Int
        let pages: [(String, String)]
        /// How a title begins that makes a draft of it, in lower case.
        var draft: [String] = []
    }

    let words: Words
    let api: ForgeAPI
    let presentation: RequestPresentation
    let me: String
    /// The open pull request.
    let find: () async throws -> ForgeRecord?
    /// Those of the branch that were merged or closed, the newest first; the first few are enough.
    let findEnded: () async throws -> [ForgeRecord]

    /// The pull request, made where there is none; `nil` where there is none and none is wanted.
    ///
    /// One that ended at this very head is given as it is: a merge by squash or rebase leaves the branch with commits that nothing else
    /// has, and whoever makes another page for it makes it twice.
    func show(_ page: RequestPresentation.Page) async throws -> ForgeRecord? {
        let body = RequestText.body(page.about)
        let known = try await find()
        if let ending = page.ending, let number = try known?.number(words.number) ?? page.number {
            try await end(ending, on: number)
        }
        if known == nil {
            if page.wish == .close { return nil }
            let ended = try await findEnded().first { $0[words.head]?.string == presentation.head.description }
            if let ended { return ended }
        }
        var record = if let known { known } else { try await make(page, body) }
        let path = "\(words.requests)/\(try record.number(words.number))"
        if page.wish == .close { return try await api.send(words.change, path, words.closing).record() }
        let said = record[words.body]?.string?.replacing("\r\n", with: "\n")
        // What a person wrote stays.
        let title = self.title(page, of: record)
        if isOurs(record), record["title"]?.string != title || said != body {
            let change: [(String, JSON)] = [("title", .string(title)), (words.body, .string(body))]
            record = try await api.send(words.change, path, .object(change)).record()
        }
        if let report = page.report { try await comment(report, on: try record.number(words.number)) }
        return record
    }

    /// Where a title makes a draft of the request, the person who did that is not overruled.
    private func title(_ page: RequestPresentation.Page, of record: ForgeRecord) -> String {
        let said = record["title"]?.string ?? ""
        let mark = words.draft.first { said.lowercased().hasPrefix($0) }
        return Self.cut(mark.map { "\(said.prefix($0.count)) \(page.title)" } ?? page.title)
    }

    /// GitHub takes 256 characters, GitLab and Gitea 255.
    private static func cut(_ title: String) -> String { StatusLine.text(title, limit: 255) }

    private func make(_ page: RequestPresentation.Page, _ body: String) async throws -> ForgeRecord {
        let wanted: [(String, JSON)] = [
            ("title", .string(Self.cut(page.title))), (words.branch, .string(presentation.branch)),
            (words.base, .string(presentation.base)),
            (words.body, .string(body)),
        ]
        let answer = try await api.send("POST", words.requests, .object(wanted), again: false)
        if answer.status == words.taken, let known = try await find() { return known }
        return try answer.record()
    }

    private func comment(_ report: RequestReport, on number: Int) async throws {
        let text = RequestComment(report).markdown(after: marker)
        switch OneComment.step(to: text, marked: marker, among: try await comments(on: number), by: me) {
        case .nothing: return
        // Not repeated where no answer came: the next look finds whether it is there.
        case .add:
            try await api.send("POST", words.comments(number), ["body": .string(text)], again: false).check()
        case .replace(let id): try await replace(id, by: text, on: number)
        }
    }

    /// What was found stays readable; what was missing is missing no more.
    private func end(_ ending: RequestPresentation.Ending, on number: Int) async throws {
        guard let last = OneComment.own(marked: marker, among: try await comments(on: number), by: me) else { return }
        let said = last.body.replacing("\r\n", with: "\n"), text = RequestComment.ended(said, ending)
        if text != said { try await replace(last.id, by: text, on: number) }
    }

    private var marker: String { OneComment.marker(for: presentation.branch) }

    private func comments(on number: Int) async throws -> [OneComment.Comment] {
        // Gitea gives all comments at once, whatever page is asked for.
        let pages = words.pages.isEmpty ? 1 : nil
        return try await api.list(words.comments(number), words.pages, pages: pages).map {
            try OneComment.Comment($0, author: words.commentAuthor)
        }
    }

    private func replace(_ id: Int, by text: String, on number: Int) async throws {
        try await api.send(words.change, words.comment(number, id), ["body": .string(text)]).check()
    }

    private func isOurs(_ record: ForgeRecord) -> Bool { record[words.author]?.string?.lowercased() == me.lowercased() }
}
