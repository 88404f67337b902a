import Domain

/// Finds the comment that is Martlet's own among all, so that there is one and it is changed in place.
enum OneComment {
    struct Comment {
        let id: Int
        let author: String
        let body: String

        /// - Parameter author: Where its author's login is.
        init(_ record: ForgeRecord, author: String) throws(ForgeFailure) {
            id = try record.number("id")
            self.author = record[author]?.string ?? ""
            body = record["body"]?.string ?? ""
        }

        init(id: Int, author: String, body: String) {
            (self.id, self.author, self.body) = (id, author, body)
        }
    }

    enum Step: Hashable {
        case nothing
        case add
        case replace(Int)
    }

    /// Invisible where Markdown is shown.
    static func marker(for branch: String) -> String {
        "<!-- martlet:\(SHA256.digest(of: branch.utf8).digits.prefix(24)) -->"
    }

    /// What makes `text` the comment. One that only looks like ours, by somebody else, is left alone.
    static func step(to text: String, marked marker: String, among comments: [Comment], by me: String) -> Step {
        guard let first = own(marked: marker, among: comments, by: me) else { return .add }
        return first.body.replacing("\r\n", with: "\n") == text ? .nothing : .replace(first.id)
    }

    static func own(marked marker: String, among comments: [Comment], by me: String) -> Comment? {
        comments.filter { $0.author.lowercased() == me.lowercased() && $0.body.hasPrefix(marker) }
            .min { $0.id < $1.id }
    }
}
