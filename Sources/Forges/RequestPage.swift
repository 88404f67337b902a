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
        let commentAuthor: String
        let change: String
        let closing: JSON
        /// The status that also says that such a request is there already.
        let taken: Int
        let pages: [(String, String)]
    }

    let words: Words
    let api: ForgeAPI
    let picture: RequestPicture
    let me: String
    let find: () async throws -> ForgeRecord?

    /// The pull request, made where there is none; `nil` where there is none and none is wanted.
    func show(_ page: RequestPicture.Page) async throws -> ForgeRecord? {
        let body = RequestText.body(page.about)
        guard var record = try await open(page, body) else { return nil }
        let path = "\(words.requests)/\(try record.number(words.number))"
        if page.wish == .close { return try await api.send(words.change, path, words.closing).record() }
        let said = record[words.body]?.string?.replacing("\r\n", with: "\n")
        // What a person wrote stays.
        if isOurs(record), record["title"]?.string != page.title || said != body {
            let change: [(String, JSON)] = [("title", .string(page.title)), (words.body, .string(body))]
            record = try await api.send(words.change, path, .object(change)).record()
        }
        if let report = page.report { try await comment(report, on: try record.number(words.number)) }
        return record
    }

    private func open(_ page: RequestPicture.Page, _ body: String) async throws -> ForgeRecord? {
        if let known = try await find() { return known }
        if page.wish == .close { return nil }
        let wanted: [(String, JSON)] = [
            ("title", .string(page.title)), (words.branch, .string(picture.branch)),
            (words.base, .string(picture.base)),
            (words.body, .string(body)),
        ]
        let answer = try await api.send("POST", words.requests, .object(wanted), again: false)
        if answer.status == words.taken, let known = try await find() { return known }
        return try answer.record()
    }

    private func comment(_ report: RequestReport, on number: Int) async throws {
        let marker = OneComment.marker(for: picture.branch)
        let text = RequestComment(report).markdown(after: marker)
        let comments = try await api.list(words.comments(number), words.pages).map {
            OneComment.Comment(
                id: try $0.number("id"), author: $0[words.commentAuthor]?.string ?? "", body: $0["body"]?.string ?? "")
        }
        let body: JSON = ["body": .string(text)]
        switch OneComment.step(to: text, marked: marker, among: comments, by: me) {
        case .nothing: return
        // Not repeated where no answer came: the next look finds whether it is there.
        case .add: try await api.send("POST", words.comments(number), body, again: false).check()
        case .replace(let id): try await api.send(words.change, words.comment(number, id), body).check()
        }
    }

    private func isOurs(_ record: ForgeRecord) -> Bool { record[words.author]?.string?.lowercased() == me.lowercased() }
}
